package io.logitstream.operator;

import io.logitstream.record.LossTerm;
import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;

/**
 * The label join's way out. Its watermark is sent ahead, since what it ends is in time for windows
 * whose end is long past. And before it says that it is idle, it says all that it has to say: where
 * timers give way, Flink 2.2.1 would have that come later, and windows would not wait for it.
 */
final class JoinOutput implements Output<StreamRecord<LossTerm>> {

    private final Output<StreamRecord<LossTerm>> out;
    private final Clock clock;
    private long passed = Long.MIN_VALUE;
    private long sent = Long.MIN_VALUE;

    /** What the join knows of time. */
    interface Clock {
        /** Returns the watermark to send for one of the join's. */
        long ahead(long millis);

        /** The join is about to be idle. */
        void pauses();
    }

    JoinOutput(Output<StreamRecord<LossTerm>> out, Clock clock) {
        this.out = out;
        this.clock = clock;
    }

    @Override
    public void collect(StreamRecord<LossTerm> term) {
        out.collect(term);
    }

    @Override
    public <X> void collect(OutputTag<X> tag, StreamRecord<X> record) {
        out.collect(tag, record);
    }

    @Override
    public void emitWatermark(Watermark mark) {
        passed = mark.getTimestamp();
        moved();
    }

    /** Sends a watermark if the clock says more for the last one than it did. */
    void moved() {
        long ahead = passed == Long.MIN_VALUE ? passed : clock.ahead(passed);
        if (ahead > sent) {
            sent = ahead;
            out.emitWatermark(new Watermark(ahead));
        }
    }

    @Override
    public void emitWatermarkStatus(WatermarkStatus status) {
        if (status.isIdle()) {
            clock.pauses();
        }
        out.emitWatermarkStatus(status);
    }

    @Override
    public void emitLatencyMarker(LatencyMarker marker) {
        out.emitLatencyMarker(marker);
    }

    @Override
    public void emitRecordAttributes(RecordAttributes attributes) {
        out.emitRecordAttributes(attributes);
    }

    @Override
    public void emitWatermark(WatermarkEvent event) {
        out.emitWatermark(event);
    }

    @Override
    public void close() {
        out.close();
    }
}
