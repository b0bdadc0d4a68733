package io.logitstream.operator;

import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.watermark.Watermark;

/**
 * How far event time has come at the subtasks of an operator, across restores: where it goes on
 * from is the least of those that were not idle, or the most of those that were, if all were. Not
 * thread-safe.
 */
final class SentWatermark {

    private final ListState<Long> ofActive;
    private final ListState<Long> ofIdle;

    private long millis;

    SentWatermark(StateInitializationContext context) throws Exception {
        ofActive = list(context, StateIds.SENT_WATERMARK);
        ofIdle = list(context, StateIds.IDLE_WATERMARK);
        long least = Long.MAX_VALUE;
        for (long one : ofActive.get()) {
            least = Math.min(least, one);
        }
        long most = Long.MIN_VALUE;
        for (long one : ofIdle.get()) {
            most = Math.max(most, one);
        }
        millis = least == Long.MAX_VALUE ? most : least;
    }

    private static ListState<Long> list(StateInitializationContext context, String name)
            throws Exception {
        return context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>(name, Types.LONG));
    }

    /** Returns how far it has come, {@link Long#MIN_VALUE} if nobody knows. */
    long millis() {
        return millis;
    }

    void advanceTo(long watermark) {
        millis = Math.max(millis, watermark);
    }

    /** Keeps it. At the end of input event time has no place to go on from. */
    void snapshot(boolean isIdle) throws Exception {
        boolean isOver = millis == Watermark.MAX_WATERMARK.getTimestamp();
        ofActive.update(isIdle || isOver ? List.of() : List.of(millis));
        ofIdle.update(isIdle && !isOver ? List.of(millis) : List.of());
    }
}
