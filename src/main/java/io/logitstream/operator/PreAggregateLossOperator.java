package io.logitstream.operator;

import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossPartial;
import io.logitstream.record.LossState;
import io.logitstream.record.LossStateFormat;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelCard;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.jspecify.annotations.Nullable;

/**
 * Merges the loss terms of a subtask, so that the network carries a state per window and segment
 * and not a term per row, and one hot model does not overload one worker. Sends each state twice:
 * for its segment, and merged over all segments.
 *
 * <p>Holds no terms across a checkpoint: what it has is sent before every watermark it sends (so
 * that nothing it sends is behind the watermark that follows), before every checkpoint barrier, at
 * the end of input, and when {@link #MAX_STATES} are held, which bounds its memory to about {@code
 * MAX_STATES x 260 KB} and 32 bytes a counted class. Rescales freely.
 *
 * <p>Keeps how far event time had come, and says so first after a restore: sources begin anew
 * without a watermark, and something far too late would open a window that is gone, whose line it
 * would then overwrite.
 */
public final class PreAggregateLossOperator extends AbstractStreamOperator<LossPartial>
        implements OneInputStreamOperator<LossTerm, LossPartial> {

    private static final long serialVersionUID = 1L;

    /** More (model, segment, window) states than this are not held. */
    static final int MAX_STATES = 512;

    private final long aheadMillis;
    private final long everyMillis;

    private transient Map<Slot, Held> states;
    private transient long sentStep;
    private transient long heldMillis;
    private transient SentWatermark sent;
    private transient boolean isIdle;

    private record Slot(String model, String segment, long windowStartMillis) {}

    /** What was measured, and what the model is known by if the job file does not have it. */
    private static final class Held {
        final LossState state = new LossState();
        @Nullable ModelCard card;

        void add(LossTerm term) {
            state.add(term);
            card = ModelCard.later(term.card(), card);
        }

        void mergeWith(Held other) {
            state.mergeWith(other.state);
            card = ModelCard.later(card, other.card);
        }
    }

    /**
     * Creates the operator.
     *
     * @param aheadMillis by how much the watermark it sends is ahead of the one it receives, which
     *     is how long its terms are in time after their windows ended
     * @param everyMillis sends only when the watermark it sends passes a multiple of this: the
     *     larger, the fewer states cross the network, and the later something late is published. A
     *     divisor of the window's length delays no window
     */
    public PreAggregateLossOperator(long aheadMillis, long everyMillis) {
        this.aheadMillis = aheadMillis;
        this.everyMillis = everyMillis;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        sent = new SentWatermark(context);
    }

    @Override
    public void open() throws Exception {
        super.open();
        states = new HashMap<>();
        sentStep = Long.MIN_VALUE;
        heldMillis = Long.MIN_VALUE;
        if (sent.millis() > Long.MIN_VALUE) {
            sentStep = Math.floorDiv(sent.millis() + 1, everyMillis);
            output.emitWatermark(new Watermark(sent.millis()));
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        sent.snapshot(isIdle);
    }

    @Override
    public void processElement(StreamRecord<LossTerm> element) {
        LossTerm term = element.getValue();
        String segment = term.segment() == null ? "" : term.segment();
        Slot slot = new Slot(term.model(), segment, term.windowStartMillis());
        Held held = states.get(slot);
        if (held == null) {
            if (states.size() == MAX_STATES) {
                flush();
            }
            held = new Held();
            states.put(slot, held);
        }
        held.add(term);
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        boolean isLast = mark.getTimestamp() == Watermark.MAX_WATERMARK.getTimestamp();
        long millis = isLast ? mark.getTimestamp() : mark.getTimestamp() + aheadMillis;
        // A window that ends at a multiple is over one millisecond before it.
        long step = isLast ? Long.MAX_VALUE : Math.floorDiv(millis + 1, everyMillis);
        heldMillis = millis;
        if (step > sentStep) {
            sentStep = step;
            sendUpTo(millis);
        }
    }

    private void sendUpTo(long millis) throws Exception {
        flush();
        heldMillis = Long.MIN_VALUE;
        sent.advanceTo(millis);
        super.processWatermark(new Watermark(millis));
    }

    /**
     * A subtask that goes idle no longer holds back the others' watermark, so what it has must go
     * before, and the watermark that was not sent yet with it.
     */
    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        if (heldMillis == Long.MIN_VALUE) {
            flush();
        } else {
            sendUpTo(heldMillis);
        }
        isIdle = status.isIdle();
        super.processWatermarkStatus(status);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpointId) throws Exception {
        flush();
        super.prepareSnapshotPreBarrier(checkpointId);
    }

    @Override
    public void finish() throws Exception {
        flush();
        super.finish();
    }

    private void flush() {
        Map<Slot, Held> overall = new HashMap<>();
        for (Map.Entry<Slot, Held> entry : states.entrySet()) {
            Slot slot = entry.getKey();
            send(slot, entry.getValue());
            Slot all = new Slot(slot.model, LossAggregate.ALL_SEGMENTS, slot.windowStartMillis);
            overall.computeIfAbsent(all, absent -> new Held()).mergeWith(entry.getValue());
        }
        overall.forEach(this::send);
        states.clear();
    }

    private void send(Slot slot, Held held) {
        LossPartial partial =
                new LossPartial(
                        slot.model,
                        slot.segment,
                        slot.windowStartMillis,
                        LossStateFormat.encode(held.state),
                        held.card == null ? ModelCard.NONE : held.card.toBytes());
        output.collect(new StreamRecord<>(partial, slot.windowStartMillis));
    }
}
