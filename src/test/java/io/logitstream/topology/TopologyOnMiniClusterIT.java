package io.logitstream.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.codec.DeadLetterEncoder;
import io.logitstream.codec.JsonLossAggregateEncoder;
import io.logitstream.codec.JsonPredictionEncoder;
import io.logitstream.codec.ScoreDecoder;
import io.logitstream.codec.ScoreFormats;
import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileReader;
import io.logitstream.connector.KafkaJob;
import io.logitstream.kernel.RowKernels;
import io.logitstream.local.SharedLocal;
import io.logitstream.operator.InputWatermarks;
import io.logitstream.operator.OperatorIds;
import io.logitstream.operator.OutputLimit;
import io.logitstream.operator.RowClassifier;
import io.logitstream.operator.ScoringPlan;
import io.logitstream.record.DeadLetter;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossState;
import io.logitstream.record.LossStateFormat;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelCard;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The whole topology between a source of recorded rows and an exactly-once sink: whatever the
 * order, the parallelism and the failures, it writes what the classifier and the loss state give
 * without Flink.
 */
@Timeout(120)
class TopologyOnMiniClusterIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    private static final Pattern REVISION = Pattern.compile("\"revision\":(\\d+)");

    private static JobFile job;
    private static RecordedScores recorded;
    private static Expected expected;

    @TempDir Path directory;

    /** What must come out. A loss is there by its key, without its revision. */
    private record Expected(
            List<String> predictions, Map<String, Loss> losses, List<String> deadLetters) {}

    /**
     * What is published of a window: its JSON with the revision 1, and the bytes of its state in
     * hexadecimal.
     */
    private record Loss(String json, String state) {}

    @BeforeAll
    static void classifyWithoutFlink() throws Exception {
        job = JobFileReader.read(Path.of("jobs/image-classification.yaml"), List.of(), Map.of());
        recorded =
                RecordedScores.read(
                        Path.of("jobs/recorded/fashion-10.jsonl.gz"),
                        KafkaJob.limits(job.models()));
        expected = expected();
        assertThat(expected.predictions).hasSize(9_989);
        assertThat(expected.deadLetters).hasSize(11);
        // 70 s in windows of 10 s, begun in the middle of one; without segment and over all.
        assertThat(expected.losses).hasSize(2 * 8);
    }

    @ParameterizedTest(name = "parallelism {0}, order {1}, failing {2}")
    @CsvSource({
        "1, 0, false",
        "1, 1, true",
        "2, 2, false",
        "2, 0, true",
        "4, 3, false",
        "4, 4, true",
    })
    void writesTheSameAsWithoutFlink(int parallelism, long order, boolean failing)
            throws Exception {
        RecordedScores rows = order == 0 ? recorded : recorded.shuffled(order);
        Path marker = directory.resolve("failed");

        LOCAL.flink()
                .result(LOCAL.flink().submit(graph(rows, parallelism, failing, marker)))
                .get(100, TimeUnit.SECONDS);

        assertThat(Files.exists(marker)).isEqualTo(failing);
        assertThat(sortedRecords(OperatorIds.PREDICTIONS_SINK)).isEqualTo(expected.predictions);
        assertThat(sortedRecords(OperatorIds.DEAD_LETTERS_SINK)).isEqualTo(expected.deadLetters);
        assertThat(finalLosses()).isEqualTo(expected.losses);
    }

    private StreamGraph graph(RecordedScores rows, int parallelism, boolean failing, Path marker)
            throws IOException {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(settings(parallelism));
        // A checkpoint for every quarter, so that there is one to fail after.
        DataGeneratorSource<ScoreInput> source =
                new DataGeneratorSource<>(
                        rows,
                        rows.size(),
                        failing
                                ? RateLimiterStrategy.perCheckpoint(rows.size() / 4)
                                : RateLimiterStrategy.noOp(),
                        TypeInformation.of(ScoreInput.class));
        DataStream<ScoreInput> scores =
                env.fromSource(source, InputWatermarks.of(job.scores()), "source").uid("source");
        if (failing) {
            scores =
                    scores.map(new FailOnce(marker), TypeInformation.of(ScoreInput.class))
                            .uid("fail-once");
        }
        ScoringTopology.build(
                scores,
                null,
                job,
                new OutputLimit(1 << 20),
                new ScoringTopology.Sinks(
                        sink(OperatorIds.PREDICTIONS_SINK),
                        null,
                        null,
                        sink(OperatorIds.DEAD_LETTERS_SINK),
                        sink(OperatorIds.LOSSES_SINK),
                        null,
                        null,
                        null,
                        null),
                null);
        return env.getStreamGraph();
    }

    private static Configuration settings(int parallelism) {
        return Configuration.fromMap(
                Map.of(
                        "parallelism.default", "" + parallelism,
                        "pipeline.max-parallelism", "" + ScoringTopology.MAX_PARALLELISM,
                        "pipeline.auto-generate-uids", "false",
                        "pipeline.generic-types", "false",
                        "pipeline.object-reuse", "true",
                        "pipeline.auto-watermark-interval", "1 ms",
                        "execution.checkpointing.interval", "50 ms",
                        "restart-strategy.type", "fixed-delay",
                        "restart-strategy.fixed-delay.attempts", "1",
                        "restart-strategy.fixed-delay.delay", "0 ms"));
    }

    private CommittedFiles sink(String id) throws IOException {
        return new CommittedFiles(directory.resolve(id));
    }

    private List<String> sortedRecords(String sink) throws IOException {
        return CommittedFiles.read(directory.resolve(sink)).stream()
                .map(TopologyOnMiniClusterIT::text)
                .sorted()
                .toList();
    }

    /** Returns the highest revision of each window; there must be each one below it, once. */
    private Map<String, Loss> finalLosses() throws IOException {
        Map<String, TreeMap<Long, OutputRecord>> byKey = new TreeMap<>();
        List<OutputRecord> written =
                CommittedFiles.read(directory.resolve(OperatorIds.LOSSES_SINK));
        for (OutputRecord record : written) {
            Matcher revision = REVISION.matcher(utf8(record.value()));
            assertThat(revision.find()).isTrue();
            byKey.computeIfAbsent(utf8(record.key()), absent -> new TreeMap<>())
                    .put(Long.valueOf(revision.group(1)), record);
        }
        Map<String, Loss> losses = new TreeMap<>();
        long revisions = 0;
        for (Map.Entry<String, TreeMap<Long, OutputRecord>> entry : byKey.entrySet()) {
            assertThat(entry.getValue().firstKey()).isEqualTo(1);
            revisions += entry.getValue().lastKey();
            OutputRecord last = entry.getValue().lastEntry().getValue();
            losses.put(
                    entry.getKey(),
                    new Loss(
                            REVISION.matcher(utf8(last.value())).replaceFirst("\"revision\":1"),
                            HexFormat.of().formatHex(last.headers()[0].value())));
        }
        assertThat(written).as("revisions, without gaps or repeats").hasSize((int) revisions);
        return losses;
    }

    private static Expected expected() {
        RowClassifier classifier = new RowClassifier(ScoringPlan.of(job), RowKernels.create());
        ScoreDecoder decoder = ScoreFormats.decoder("json", KafkaJob.limits(job.models()));
        List<String> predictions = new ArrayList<>();
        List<String> deadLetters = new ArrayList<>();
        Map<Long, LossState> windows = new TreeMap<>();
        for (RawRecord raw : recorded.raws()) {
            ScoreInput input = decoder.decode(raw);
            if (input.score() == null) {
                byte[] letter =
                        new DeadLetterEncoder().encode(new DeadLetter(raw, input.fault()), 1 << 20);
                deadLetters.add(raw.coordinates() + " " + utf8(letter));
                continue;
            }
            assertThat(classifier.classify(input.score())).isNull();
            byte[] prediction =
                    new JsonPredictionEncoder()
                            .encode(classifier.row().prediction(), classifier.row().model());
            predictions.add(input.score().id() + " " + utf8(prediction));
            LossTerm term = classifier.row().lossTerm();
            windows.computeIfAbsent(term.windowStartMillis(), absent -> new LossState()).add(term);
        }
        return new Expected(
                List.copyOf(new TreeSet<>(predictions)),
                losses(windows),
                List.copyOf(new TreeSet<>(deadLetters)));
    }

    /** The recorded rows have no segments: two lines of the same figures for each window. */
    private static Map<String, Loss> losses(Map<Long, LossState> windows) {
        Map<String, Loss> losses = new TreeMap<>();
        windows.forEach(
                (start, state) -> {
                    for (String segment : new String[] {null, LossAggregate.ALL_SEGMENTS}) {
                        LossAggregate aggregate =
                                new LossAggregate(
                                        "fashion",
                                        segment,
                                        new LossAggregate.Window(
                                                start, start + job.losses().windowMillis()),
                                        1,
                                        state);
                        losses.put(
                                aggregate.key(),
                                new Loss(
                                        utf8(
                                                new JsonLossAggregateEncoder()
                                                        .encode(
                                                                aggregate,
                                                                ModelCard.of(
                                                                        job.model("fashion")))),
                                        HexFormat.of().formatHex(LossStateFormat.encode(state))));
                    }
                });
        return losses;
    }

    private static String text(OutputRecord record) {
        return utf8(record.key()) + " " + utf8(record.value());
    }

    private static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
