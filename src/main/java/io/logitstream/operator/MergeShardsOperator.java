package io.logitstream.operator;

import io.logitstream.config.JobFile;
import io.logitstream.record.LabelKey;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.ShardState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;

/**
 * Runs the {@link MergeShardsFunction}, and sends watermarks on that are behind by what shards wait
 * for each other: no row that is complete at the last moment is late for what follows. The losses
 * catch up, see {@link PreAggregateLossOperator}; only the join with labels is behind.
 */
public final class MergeShardsOperator
        extends KeyedProcessOperator<LabelKey, ShardState, OutputRecord> {

    private static final long serialVersionUID = 1L;

    private final long waitMillis;

    /** Creates the operator of a job that takes shards. */
    public MergeShardsOperator(JobFile job, OutputLimit limit) {
        super(new MergeShardsFunction(job, limit));
        this.waitMillis = job.shards().waitMillis();
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        long behind = mark.getTimestamp() - waitMillis;
        getTimeServiceManager()
                .orElseThrow(() -> new IllegalStateException("no timers without keys"))
                .advanceWatermark(mark);
        if (mark.getTimestamp() == Watermark.MAX_WATERMARK.getTimestamp()) {
            output.emitWatermark(mark);
        } else if (behind < mark.getTimestamp()) {
            output.emitWatermark(new Watermark(behind));
        }
    }
}
