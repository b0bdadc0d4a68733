package io.logitstream.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.config.JobFile;
import io.logitstream.local.SharedLocal;
import io.logitstream.operator.InputWatermarks;
import io.logitstream.operator.OperatorIds;
import io.logitstream.operator.OutputLimit;
import io.logitstream.operator.TestJobs;
import io.logitstream.record.Header;
import io.logitstream.record.Keep;
import io.logitstream.record.LabelInput;
import io.logitstream.record.LabelRecord;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import io.logitstream.record.ScoreRecord;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One model with nine rows of ten does not overload the worker that has its windows. */
@Timeout(120)
class HotModelIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    private static final int PARALLELISM = 4;
    private static final long ROWS = 200_000;
    private static final long START = 1_732_000_000_000L;

    private static final int ROWS_PER_MILLI = 10;

    private static final JobFile JOB =
            TestJobs.withLabels(
                    new JobFile.Labels("labels", TestJobs.LATENESS, Keep.FLOAT32, 1_000, 60_000),
                    null,
                    TestJobs.model("hot", 4),
                    TestJobs.model("cold", 4));

    private static String modelOf(long row) {
        return row % 10 == 0 ? "cold" : "hot";
    }

    /** 10,000 rows a second of event time. */
    private static long timeOf(long row) {
        return START + row / ROWS_PER_MILLI;
    }

    private static RawRecord raw(String topic, long row) {
        return new RawRecord(topic, 0, row, timeOf(row), null, null, Header.NONE);
    }

    private static ScoreInput score(long row) {
        float[] scores = {row % 7, row % 5, row % 3, 1};
        return ScoreInput.of(
                raw("scores", row),
                new ScoreRecord(
                        "r" + row,
                        modelOf(row),
                        timeOf(row),
                        scores,
                        ScoreRecord.NO_LABEL,
                        null,
                        null,
                        1));
    }

    private static LabelInput label(long row) {
        return LabelInput.of(
                raw("labels", row),
                new LabelRecord(
                        "r" + row, modelOf(row), timeOf(row) + row % 4_000, (int) (row % 4), null));
    }

    @Test
    void atMostOneInAHundredRecordsReachesTheWindows() throws Exception {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(
                        Configuration.fromMap(
                                Map.of(
                                        "parallelism.default", "" + PARALLELISM,
                                        "pipeline.max-parallelism", "512",
                                        "pipeline.auto-generate-uids", "false",
                                        "pipeline.generic-types", "false",
                                        "pipeline.object-reuse", "true",
                                        "restart-strategy.type", "none")));
        ScoringTopology.build(
                source(
                        env,
                        HotModelIT::score,
                        InputWatermarks.of(JOB.scores()),
                        "scores",
                        ScoreInput.class),
                source(
                        env,
                        HotModelIT::label,
                        InputWatermarks.of(JOB.labels()),
                        "labels",
                        LabelInput.class),
                JOB,
                new OutputLimit(1 << 20),
                new ScoringTopology.Sinks(
                        new DiscardingSink<>(),
                        null,
                        null,
                        new DiscardingSink<>(),
                        new DiscardingSink<>(),
                        null,
                        null,
                        null,
                        null),
                null);
        JobID job = LOCAL.flink().submit(env.getStreamGraph());
        LOCAL.flink().result(job).get(100, TimeUnit.SECONDS);

        long classified = LOCAL.metrics().count(job, OperatorIds.CLASSIFY, "numRecordsIn");
        long resolved = LOCAL.metrics().count(job, OperatorIds.RESOLVE_LABELS, "numRecordsIn");
        assertThat(classified + resolved).isEqualTo(2 * ROWS);
        long partials = LOCAL.metrics().count(job, OperatorIds.LOSS_WINDOW, "numRecordsIn");
        assertThat(partials)
                .as("of %d scores and labels", classified + resolved)
                .isPositive()
                .isLessThanOrEqualTo((classified + resolved) / 100);
        List<Long> joined = LOCAL.metrics().counts(job, OperatorIds.JOIN_LABELS, "numRecordsIn");
        assertThat(joined)
                .as("rows and labels of the hot model on each worker")
                .hasSize(PARALLELISM)
                .allSatisfy(
                        count ->
                                assertThat(count)
                                        .isBetween(
                                                2 * ROWS / PARALLELISM * 9 / 10,
                                                2 * ROWS / PARALLELISM * 11 / 10));
    }

    private static <T> DataStream<T> source(
            StreamExecutionEnvironment env,
            GeneratorFunction<Long, T> rows,
            WatermarkStrategy<T> watermarks,
            String name,
            Class<T> type) {
        return env.fromSource(
                        new DataGeneratorSource<>(rows, ROWS, TypeInformation.of(type)),
                        watermarks,
                        name)
                .uid(name);
    }
}
