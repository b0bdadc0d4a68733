package io.logitstream.operator;

import io.logitstream.config.JobFile;
import io.logitstream.record.LabelKey;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.ShardState;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * Runs the {@link MergeShardsFunction}, and sends watermarks on that are behind by what shards wait
 * for each other: no row that is complete at the last moment is late for what follows. The losses
 * catch up, see {@link PreAggregateLossOperator}; only the join with labels is behind.
 */
public final class MergeShardsOperator
        extends KeyedProcessOperator<LabelKey, ShardState, OutputRecord> {

    private static final long serialVersionUID = 1L;

    private final MergeShardsFunction function;
    private final long waitMillis;

    private transient SentWatermark sent;
    private transient boolean isIdle;

    /** Creates the operator of a job that takes shards. */
    public MergeShardsOperator(JobFile job, OutputLimit limit) {
        this(new MergeShardsFunction(job, limit), job.shards().waitMillis());
    }

    private MergeShardsOperator(MergeShardsFunction function, long waitMillis) {
        super(function);
        this.function = function;
        this.waitMillis = waitMillis;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        sent = new SentWatermark(context);
    }

    @Override
    public void open() throws Exception {
        super.open();
        function.passed(sent.millis());
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        sent.snapshot(isIdle);
    }

    @Override
    public void processWatermarkStatus(WatermarkStatus status) throws Exception {
        isIdle = status.isIdle();
        super.processWatermarkStatus(status);
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        getTimeServiceManager()
                .orElseThrow(() -> new IllegalStateException("no timers without keys"))
                .advanceWatermark(mark);
        long behind = mark.getTimestamp() - waitMillis;
        if (mark.getTimestamp() == Watermark.MAX_WATERMARK.getTimestamp()) {
            output.emitWatermark(mark);
        } else if (behind < mark.getTimestamp()) {
            output.emitWatermark(new Watermark(behind));
        }
        sent.advanceTo(mark.getTimestamp());
        function.passed(sent.millis());
    }
}
