package io.logitstream.operator;

import io.logitstream.config.JobFile;
import io.logitstream.record.LabelInput;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import java.io.Serializable;
import java.time.Duration;
import java.util.function.ToLongFunction;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.TimestampAssignerSupplier;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * Event time of an input, per partition: the largest timestamp seen minus the allowed
 * out-of-orderness, and idle after a while without a usable record. Faulty records say nothing
 * about time: they neither move the watermark nor keep a partition from becoming idle, so that a
 * stream of poison does not hold back the windows of the others.
 *
 * @param <T> a decoded record
 */
public final class InputWatermarks<T> implements WatermarkStrategy<T> {

    private static final long serialVersionUID = 1L;

    private final Times<T> times;
    private final long outOfOrdernessMillis;
    private final long idleAfterMillis;

    /** Gives a record's event time, {@link RawRecord#NO_TIMESTAMP} if it has none. */
    private interface Times<T> extends ToLongFunction<T>, Serializable {}

    private InputWatermarks(Times<T> times, long outOfOrdernessMillis, long idleAfterMillis) {
        this.times = times;
        this.outOfOrdernessMillis = outOfOrdernessMillis;
        this.idleAfterMillis = idleAfterMillis;
    }

    /** Returns the strategy a job file asks for. */
    public static WatermarkStrategy<ScoreInput> of(JobFile.Scores scores) {
        return new InputWatermarks<>(
                input ->
                        input.score() == null
                                ? RawRecord.NO_TIMESTAMP
                                : input.score().timestampMillis(),
                scores.outOfOrdernessMillis(),
                scores.idleAfterMillis());
    }

    /** Returns the strategy a job file asks for. */
    public static WatermarkStrategy<LabelInput> of(JobFile.Labels labels) {
        return new InputWatermarks<>(
                input ->
                        input.label() == null
                                ? RawRecord.NO_TIMESTAMP
                                : input.label().timestampMillis(),
                labels.outOfOrdernessMillis(),
                labels.idleAfterMillis());
    }

    @Override
    public TimestampAssigner<T> createTimestampAssigner(TimestampAssignerSupplier.Context context) {
        return (input, recordTimestamp) -> times.applyAsLong(input);
    }

    @Override
    public WatermarkGenerator<T> createWatermarkGenerator(
            WatermarkGeneratorSupplier.Context context) {
        WatermarkGenerator<T> ofUsable =
                WatermarkStrategy.<T>forBoundedOutOfOrderness(
                                Duration.ofMillis(outOfOrdernessMillis))
                        .withIdleness(Duration.ofMillis(idleAfterMillis))
                        .createWatermarkGenerator(context);
        return new UsableOnly<>(ofUsable);
    }

    /** Passes on the events that have a time. */
    private record UsableOnly<T>(WatermarkGenerator<T> delegate) implements WatermarkGenerator<T> {

        @Override
        public void onEvent(T event, long eventTimestamp, WatermarkOutput output) {
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
