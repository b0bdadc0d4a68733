package io.logitstream.operator;

import io.logitstream.config.JobFile;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * Event time of the scores, per partition: the largest timestamp seen minus the allowed
 * out-of-orderness, and idle after a while without a usable record. Faulty records say nothing
 * about time: they neither move the watermark nor keep a partition from becoming idle, so that a
 * stream of poison does not hold back the windows of the others.
 */
public final class ScoreWatermarks implements WatermarkStrategy<ScoreInput> {

    private static final long serialVersionUID = 1L;

    private final long outOfOrdernessMillis;
    private final long idleAfterMillis;

    private ScoreWatermarks(long outOfOrdernessMillis, long idleAfterMillis) {
        this.outOfOrdernessMillis = outOfOrdernessMillis;
        this.idleAfterMillis = idleAfterMillis;
    }

    /** Returns the strategy a job file asks for. */
    public static WatermarkStrategy<ScoreInput> of(JobFile.Scores scores) {
        return new ScoreWatermarks(scores.outOfOrdernessMillis(), scores.idleAfterMillis());
    }

    @Override
    public TimestampAssigner<ScoreInput> createTimestampAssigner(
            TimestampAssignerSupplier.Context context) {
        return (input, recordTimestamp) ->
                input.score() == null ? RawRecord.NO_TIMESTAMP : input.score().timestampMillis();
    }

    @Override
    public WatermarkGenerator<ScoreInput> createWatermarkGenerator(
            WatermarkGeneratorSupplier.Context context) {
        WatermarkGenerator<ScoreInput> ofUsable =
                WatermarkStrategy.<ScoreInput>forBoundedOutOfOrderness(
                                Duration.ofMillis(outOfOrdernessMillis))
                        .withIdleness(Duration.ofMillis(idleAfterMillis))
                        .createWatermarkGenerator(context);
        return new UsableOnly(ofUsable);
    }

    /** Passes on the events that have a time. */
    private record UsableOnly(WatermarkGenerator<ScoreInput> delegate)
            implements WatermarkGenerator<ScoreInput> {

        @Override
        public void onEvent(ScoreInput event, long eventTimestamp, WatermarkOutput output) {
            if (eventTimestamp != RawRecord.NO_TIMESTAMP) {
                delegate.onEvent(event, eventTimestamp, output);
            }
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            delegate.onPeriodicEmit(output);
        }
    }
}
