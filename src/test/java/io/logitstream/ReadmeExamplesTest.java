package io.logitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.codec.DeadLetterEncoder;
import io.logitstream.codec.DecoderLimits;
import io.logitstream.codec.JsonAlertEncoder;
import io.logitstream.codec.JsonCalibrationEncoder;
import io.logitstream.codec.JsonGradientEncoder;
import io.logitstream.codec.JsonLabelDecoder;
import io.logitstream.codec.JsonLedgerEncoder;
import io.logitstream.codec.JsonLossAggregateEncoder;
import io.logitstream.codec.JsonPredictionEncoder;
import io.logitstream.codec.ScoreDecoder;
import io.logitstream.codec.ScoreFormats;
import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileReader;
import io.logitstream.config.ModelRecords;
import io.logitstream.kernel.RowKernels;
import io.logitstream.operator.LabelResolver;
import io.logitstream.operator.RowClassifier;
import io.logitstream.operator.ScoringPlan;
import io.logitstream.record.AggregateFigure;
import io.logitstream.record.Alert;
import io.logitstream.record.AlertRule;
import io.logitstream.record.AppliedTemperature;
import io.logitstream.record.Calibration;
import io.logitstream.record.Certainty;
import io.logitstream.record.DeadLetter;
import io.logitstream.record.GivenLabel;
import io.logitstream.record.GradientClasses;
import io.logitstream.record.Header;
import io.logitstream.record.Label;
import io.logitstream.record.LabelInput;
import io.logitstream.record.LedgerEntry;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossState;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelCard;
import io.logitstream.record.ModelChange;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.ScoresAre;
import io.logitstream.record.Shard;
import io.logitstream.record.TemperatureFit;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples of the README's record contracts, as they stand there. */
class ReadmeExamplesTest {

    private static final ModelSpec PETS =
            new ModelSpec(
                    "pets", 2, List.of("cat", "dog"), ScoresAre.LOGITS, 1, Normalizer.SOFTMAX, 5);
    private static final DecoderLimits LIMITS = new DecoderLimits("pets", 2);
    private static final long MINUTE = 60_000;
    private static final long START = 1_732_000_000_000L;

    private final ObjectMapper json = new ObjectMapper();
    private final RowClassifier classifier =
            new RowClassifier(
                    new ScoringPlan(List.of(PETS), false, MINUTE, 128, null, false),
                    RowKernels.create());

    @Test
    void jsonScoreBecomesThePrediction() throws IOException {
        classify("json", raw("score", Header.NONE));
        assertThat(new JsonPredictionEncoder().encode(classifier.row().prediction(), PETS))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(example("prediction"));
    }

    @Test
    void float32ScoreBecomesTheSamePrediction() throws IOException {
        String[] lines = example("score-float32").split("\n");
        byte[] value =
                HexFormat.of().parseHex(lines[0].substring("value".length()).replace(" ", ""));
        Header[] headers =
                Arrays.stream(lines[1].substring("headers".length()).trim().split(" "))
                        .map(pair -> pair.split("=", 2))
                        .map(pair -> new Header(pair[0], pair[1].getBytes(StandardCharsets.UTF_8)))
                        .toArray(Header[]::new);
        classify(
                "float32",
                new RawRecord("scores", 0, 0, RawRecord.NO_TIMESTAMP, null, value, headers));
        assertThat(new JsonPredictionEncoder().encode(classifier.row().prediction(), PETS))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(example("prediction"));
    }

    @Test
    void jsonScoreBecomesTheGradient() throws IOException {
        for (GradientClasses classes : List.of(GradientClasses.FULL, new GradientClasses(1))) {
            RowClassifier differentiating =
                    new RowClassifier(
                            new ScoringPlan(List.of(PETS), false, 0, 0, null, false, 0, classes),
                            RowKernels.create());
            ScoreInput input =
                    ScoreFormats.decoder("json", LIMITS).decode(raw("score", Header.NONE));
            assertThat(differentiating.classify(input.score())).isNull();
            assertThat(new JsonGradientEncoder().encode(differentiating.row().gradient(), PETS))
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo(example(classes.isFull() ? "gradient" : "gradient-top"));
        }
    }

    @Test
    void batchIsTwoRows() throws IOException {
        ScoreDecoder decoder = ScoreFormats.decoder("json", LIMITS);
        ScoreRecord first = decoder.decode(raw("score-batch", Header.NONE)).score();
        assertThat(first.id()).isEqualTo("b7#0");
        assertThat(first.labelName()).isEqualTo("cat");
        ScoreRecord second = decoder.next().score();
        assertThat(second.scores()).containsExactly(0.5f, 2);
        assertThat(second.givesLabel()).isFalse();
        assertThat(decoder.next()).isNull();
    }

    @Test
    void arrayIsASetOfLabels() throws IOException {
        ModelSpec tags =
                new ModelSpec(
                        "tags",
                        3,
                        List.of("cat", "dog", "indoor"),
                        ScoresAre.LOGITS,
                        1,
                        Normalizer.SIGMOID,
                        5);
        ScoreRecord row =
                ScoreFormats.decoder("json", new DecoderLimits("tags", 3))
                        .decode(raw("score-labels", Header.NONE))
                        .score();
        assertThat(row.labelSet())
                .containsExactly(new GivenLabel(-1, "cat"), new GivenLabel(-1, "indoor"));
        RowClassifier ofTags =
                new RowClassifier(
                        new ScoringPlan(List.of(tags), false, MINUTE, 128, null, false),
                        RowKernels.create());
        assertThat(ofTags.classify(row)).isNull();
        double sum =
                Math.log1p(Math.exp(-3)) + Math.log1p(Math.exp(-1)) + Math.log1p(Math.exp(-0.5));
        assertThat(ofTags.row().lossTerm().label().lossNats()).isCloseTo(sum / 3, within(1e-12));
    }

    @Test
    void calibrationIsOfAWindowOfThreeRows() throws IOException {
        RowClassifier classifier =
                new RowClassifier(
                        new ScoringPlan(List.of(PETS), false, MINUTE, 128, null, false, 1, null),
                        RowKernels.create());
        LossState state = new LossState();
        float[][] scores = {{3, 1}, {2, 0}, {1.5f, -0.5f}};
        for (int i = 0; i < scores.length; i++) {
            ScoreRecord row =
                    new ScoreRecord("r" + i, "pets", START, scores[i], i / 2, null, null, 1);
            assertThat(classifier.classify(row)).isNull();
            state.add(classifier.row().lossTerm());
        }
        TemperatureFit.Fitted best = state.fit().best();
        Calibration calibration =
                new Calibration(
                        "pets",
                        0,
                        new LossAggregate.Window(START, START + MINUTE),
                        1,
                        state.fit(),
                        best,
                        new AppliedTemperature(0, 1, 1, 2, 1, START));
        assertThat(new JsonCalibrationEncoder().encode(calibration))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(example("calibration"));
        assertThat(best.temperature()).as("2 / T = ln 2").isCloseTo(2 / Math.log(2), within(1e-4));
    }

    @Test
    void shardIsAPartOfItsRow() throws IOException {
        ScoreRecord shard =
                ScoreFormats.decoder("json", new DecoderLimits("wide", 4))
                        .decode(raw("score-shard", Header.NONE))
                        .score();
        assertThat(shard.shard()).isEqualTo(new Shard(1, 2, 2, 4));
        assertThat(shard.labelIndex()).isEqualTo(2);
    }

    @Test
    void jsonScoreBecomesTheLoss() throws IOException {
        classify("json", raw("score", Header.NONE));
        LossTerm term = classifier.row().lossTerm();
        LossState state = new LossState();
        state.add(term);
        long start = term.windowStartMillis();
        LossAggregate aggregate =
                new LossAggregate(
                        "pets",
                        term.segment(),
                        new LossAggregate.Window(start, start + MINUTE),
                        1,
                        state);
        JsonNode written =
                json.readTree(new JsonLossAggregateEncoder().encode(aggregate, ModelCard.of(PETS)));
        assertThat(written).isEqualTo(json.readTree(example("loss")));
        assertThat(aggregate.key()).isEqualTo("pets|eu|1731999960000");
    }

    @Test
    void badScoreBecomesTheDeadLetter() throws IOException {
        String expected = example("dead-letter");
        byte[] value =
                json.readTree(expected).path("value").asText().getBytes(StandardCharsets.UTF_8);
        RawRecord raw =
                new RawRecord(
                        "scores",
                        3,
                        17,
                        1732000000000L,
                        "k".getBytes(StandardCharsets.UTF_8),
                        value,
                        new Header[] {new Header("trace", new byte[] {'7'})});
        ScoreInput input = ScoreFormats.decoder("json", LIMITS).decode(raw);
        assertThat(input.score()).isNotNull();
        DeadLetter letter = new DeadLetter(raw, classifier.classify(input.score()));
        assertThat(new DeadLetterEncoder().encode(letter, 10_000))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(expected);
    }

    @Test
    void labelBecomesItsClass() throws IOException {
        LabelInput input = new JsonLabelDecoder(LIMITS).decode(raw("label", Header.NONE));
        assertThat(new LabelResolver(List.of(PETS)).resolve(input.label()))
                .isEqualTo(new Label("pets", "r1", 0, 1732000060000L));
    }

    @Test
    void modelIsAChangeAndSoIsItsRetirement() throws Exception {
        JobFile job =
                JobFileReader.read(
                        Path.of("jobs/two-class.yaml"), List.of("control.topic=models"), Map.of());
        ModelRecords records = ModelRecords.of(job);
        byte[] key = "pets".getBytes(StandardCharsets.UTF_8);
        ModelSpec pets =
                new ModelSpec(
                        "pets",
                        2,
                        List.of("cat", "dog"),
                        ScoresAre.LOGITS,
                        1.5,
                        Normalizer.SOFTMAX,
                        2);
        assertThat(records.read(key, raw("model-put", Header.NONE).value()).change())
                .isEqualTo(new ModelChange.Put(pets.withVersion(3)));
        assertThat(records.read(key, raw("model-retire", Header.NONE).value()).change())
                .isEqualTo(new ModelChange.Retire("pets", 4));
    }

    @Test
    void ledgerEntryIsWritten() throws IOException {
        LedgerEntry entry =
                new LedgerEntry(
                        LossTerm.Kind.ORPHAN,
                        "pets",
                        "r9",
                        null,
                        RawRecord.NO_TIMESTAMP,
                        0,
                        1732000000000L);
        assertThat(new JsonLedgerEncoder().encode(entry, PETS))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(example("ledger"));
    }

    @Test
    void alertIsWritten() throws IOException {
        AlertRule rule =
                new AlertRule(
                        "accuracy-is-low", null, "*", AggregateFigure.TOP1, false, 0.8, 0.85, 2);
        LossAggregate.Window window = new LossAggregate.Window(1731999960000L, 1732000020000L);
        assertThat(
                        new JsonAlertEncoder()
                                .encode(new Alert(rule, true, "pets", "*", window, 3, 0.75)))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(example("alert"));
    }

    @Test
    void rowsThatWaitedAddTheLedgerToTheirWindow() throws IOException {
        LossState state = new LossState();
        for (int i = 0; i < 2; i++) {
            state.add(event(LossTerm.Kind.WAITING_ROW, 0));
        }
        state.add(event(LossTerm.Kind.CORRECTED, 60_000));
        state.add(event(LossTerm.Kind.EXPIRED, 0));
        LossAggregate aggregate = new LossAggregate("pets", null, null, 1, state);
        assertThat(new JsonLossAggregateEncoder().encode(aggregate, ModelCard.of(PETS)))
                .asString(StandardCharsets.UTF_8)
                .contains(example("ledger-of-window"));
    }

    private static LossTerm event(LossTerm.Kind kind, long delayMillis) {
        return new LossTerm(
                "pets",
                null,
                0,
                kind,
                1,
                1,
                0.5,
                0.5,
                0,
                false,
                null,
                delayMillis,
                0,
                Certainty.FULL,
                null,
                null,
                null,
                null);
    }

    private void classify(String format, RawRecord raw) {
        ScoreInput input = ScoreFormats.decoder(format, LIMITS).decode(raw);
        assertThat(input.fault()).isNull();
        assertThat(classifier.classify(input.score())).isNull();
    }

    @Test
    void theJobFileShownIsTheOneThatIsShipped() throws IOException {
        assertThat(Path.of("jobs/two-class.yaml")).hasContent(example("two-class.yaml"));
    }

    private static RawRecord raw(String name, Header[] headers) throws IOException {
        byte[] value = example(name).getBytes(StandardCharsets.UTF_8);
        return new RawRecord("scores", 0, 0, RawRecord.NO_TIMESTAMP, null, value, headers);
    }

    /** Returns the fenced block that follows {@code <!-- golden: name -->}. */
    private static String example(String name) throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        Matcher block =
                Pattern.compile(
                                "<!-- golden: " + name + " -->\n```[a-z]+\n(.*?)\n```",
                                Pattern.DOTALL)
                        .matcher(readme);
        assertThat(block.find()).as("README has an example '%s'", name).isTrue();
        return block.group(1);
    }
}
