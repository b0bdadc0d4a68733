package io.logitstream.operator;

import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.windowing.triggers.Trigger;
import org.apache.flink.streaming.api.windowing.triggers.TriggerResult;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;

/**
 * Fires a window when the watermark passes its end, and after that whenever the watermark moves on
 * and something late has changed the window since it fired: once for all that came between two
 * watermarks, from however many subtasks.
 */
public final class ChangedAtWatermark extends Trigger<Object, TimeWindow> {

    private static final long serialVersionUID = 1L;

    private static final ValueStateDescriptor<Boolean> CHANGED =
            new ValueStateDescriptor<>(StateIds.LOSS_CHANGED, Types.BOOLEAN);

    private final long keptMillis;

    /**
     * Creates the trigger.
     *
     * @param keptMillis how long windows are kept after their end, which may have been another time
     *     when they were opened, before a restart
     */
    public ChangedAtWatermark(long keptMillis) {
        this.keptMillis = keptMillis;
    }

    @Override
    public TriggerResult onElement(
            Object element, long timestamp, TimeWindow window, TriggerContext context)
            throws Exception {
        long watermark = context.getCurrentWatermark();
        if (watermark == Long.MAX_VALUE) {
            return TriggerResult.FIRE;
        }
        ValueState<Boolean> changed = context.getPartitionedState(CHANGED);
        if (changed.value() == null) {
            changed.update(true);
            context.registerEventTimeTimer(Math.max(window.maxTimestamp(), watermark + 1));
        }
        return TriggerResult.CONTINUE;
    }

    @Override
    public TriggerResult onEventTime(long time, TimeWindow window, TriggerContext context)
            throws Exception {
        // A window goes at this time and at no other; Flink's timer is from when it was opened.
        long last = window.maxTimestamp() + keptMillis;
        ValueState<Boolean> changed = context.getPartitionedState(CHANGED);
        if (time != last) {
            context.registerEventTimeTimer(last);
        }
        if (changed.value() == null) {
            return TriggerResult.CONTINUE;
        }
        changed.clear();
        return TriggerResult.FIRE;
    }

    @Override
    public TriggerResult onProcessingTime(long time, TimeWindow window, TriggerContext context) {
        return TriggerResult.CONTINUE;
    }

    /** A timer that was registered for the window is dropped with the window, or does nothing. */
    @Override
    public void clear(TimeWindow window, TriggerContext context) {
        context.getPartitionedState(CHANGED).clear();
    }
}
