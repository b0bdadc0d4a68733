package io.logitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.config.JobFile;
import io.logitstream.record.FaultReason;
import io.logitstream.record.Header;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import io.logitstream.record.ScoreRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.TimestampAssigner;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.clock.ManualClock;
import org.apache.flink.util.clock.RelativeClock;
import org.junit.jupiter.api.Test;

class InputWatermarksTest {

    private static final long TIME = 1_732_000_000_000L;
    private static final long KAFKA_TIME = TIME + 77;

    private final ManualClock clock = new ManualClock(1);
    private final Recorder recorder = new Recorder();
    private final WatermarkStrategy<ScoreInput> strategy =
            InputWatermarks.of(new JobFile.Scores("scores", "json", 1_000, 10_000));
    private final TimestampAssigner<ScoreInput> assigner =
            strategy.createTimestampAssigner(UnregisteredMetricsGroup::new);
    private final WatermarkGenerator<ScoreInput> generator =
            strategy.createWatermarkGenerator(new ClockContext(clock));

    @Test
    void assignsTheTimeOfTheRecordAndNotThatOfKafka() {
        assertThat(assigner.extractTimestamp(row(TIME), KAFKA_TIME)).isEqualTo(TIME);
        assertThat(assigner.extractTimestamp(row(RawRecord.NO_TIMESTAMP), KAFKA_TIME))
                .isEqualTo(RawRecord.NO_TIMESTAMP);
    }

    @Test
    void assignsNoTimeToAFault() {
        assertThat(assigner.extractTimestamp(fault(), KAFKA_TIME))
                .isEqualTo(RawRecord.NO_TIMESTAMP);
    }

    @Test
    void staysBehindTheNewestRecordByTheOutOfOrderness() {
        see(row(TIME));
        // A watermark of t says that t is complete, hence the millisecond.
        assertThat(emitted()).containsExactly(new Watermark(TIME - 1_001));

        see(row(TIME - 900));
        assertThat(emitted()).containsExactly(new Watermark(TIME - 1_001));

        see(row(TIME + 5));
        assertThat(emitted()).containsExactly(new Watermark(TIME - 996));
    }

    @Test
    void isNotMovedByFaultsOrByRowsWithoutTime() {
        see(row(TIME));
        see(fault());
        see(row(RawRecord.NO_TIMESTAMP));

        assertThat(emitted()).containsExactly(new Watermark(TIME - 1_001));
    }

    @Test
    void saysNothingOfTimeWhileThereAreOnlyFaults() {
        see(fault());

        assertThat(emitted()).containsExactly(new Watermark(Long.MIN_VALUE));
    }

    @Test
    void becomesIdleAfterTheTimeWithoutRecords() {
        see(row(TIME));
        emitted();
        // The first look without a new record starts the clock.
        emitted();
        clock.advanceTime(Duration.ofMillis(10_000));
        emitted();
        assertThat(recorder.idle).isFalse();

        clock.advanceTime(Duration.ofMillis(1));
        emitted();

        assertThat(recorder.idle).isTrue();
    }

    @Test
    void becomesIdleThoughFaultsGoOn() {
        see(row(TIME));
        for (int second = 0; second < 12; second++) {
            see(fault());
            emitted();
            assertThat(recorder.idle).as("after %d s", second).isFalse();
            clock.advanceTime(Duration.ofSeconds(1));
        }

        see(fault());
        emitted();

        assertThat(recorder.idle).isTrue();
    }

    @Test
    void staysActiveWhileThereAreRows() {
        for (int second = 0; second < 30; second++) {
            see(row(TIME + second));
            emitted();
            clock.advanceTime(Duration.ofSeconds(1));
        }

        assertThat(recorder.idle).isFalse();
    }

    @Test
    void isActiveAgainWithTheNextRow() {
        see(row(TIME));
        emitted();
        clock.advanceTime(Duration.ofMinutes(1));
        emitted();
        clock.advanceTime(Duration.ofMinutes(1));
        emitted();
        assertThat(recorder.idle).isTrue();

        see(row(TIME + 1));

        assertThat(emitted()).containsExactly(new Watermark(TIME - 1_000));
        assertThat(recorder.idle).isFalse();
    }

    private void see(ScoreInput input) {
        generator.onEvent(input, assigner.extractTimestamp(input, KAFKA_TIME), recorder);
    }

    private List<Watermark> emitted() {
        recorder.watermarks.clear();
        generator.onPeriodicEmit(recorder);
        return recorder.watermarks;
    }

    private static ScoreInput row(long timestamp) {
        return ScoreInput.of(
                raw(),
                new ScoreRecord(
                        "r1", "m", timestamp, new float[2], ScoreRecord.NO_LABEL, null, null, 1));
    }

    private static ScoreInput fault() {
        return ScoreInput.fault(raw(), FaultReason.MALFORMED, "broken");
    }

    private static RawRecord raw() {
        return new RawRecord("scores", 0, 1, KAFKA_TIME, null, null, Header.NONE);
    }

    /** Remembers what a generator says, as the source does. */
    private static final class Recorder implements WatermarkOutput {
        final List<Watermark> watermarks = new ArrayList<>();
        boolean idle;

        @Override
        public void emitWatermark(Watermark watermark) {
            watermarks.add(watermark);
            idle = false;
        }

        @Override
        public void markIdle() {
            idle = true;
        }

        @Override
        public void markActive() {
            idle = false;
        }
    }

    private record ClockContext(RelativeClock clock) implements WatermarkGeneratorSupplier.Context {

        @Override
        public MetricGroup getMetricGroup() {
            return new UnregisteredMetricsGroup();
        }

        @Override
        public RelativeClock getInputActivityClock() {
            return clock;
        }
    }
}
