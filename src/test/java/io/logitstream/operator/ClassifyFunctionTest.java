package io.logitstream.operator;

import static io.logitstream.operator.TestJobs.LATENESS;
import static io.logitstream.operator.TestJobs.LOSSES;
import static io.logitstream.operator.TestJobs.NO_LOSSES;
import static io.logitstream.operator.TestJobs.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.config.JobFile;
import io.logitstream.record.Certainty;
import io.logitstream.record.FaultReason;
import io.logitstream.record.GradientClasses;
import io.logitstream.record.Header;
import io.logitstream.record.LabelFigures;
import io.logitstream.record.LossTerm;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.RawRecord;
import io.logitstream.record.RowSaturation;
import io.logitstream.record.ScoreInput;
import io.logitstream.record.ScoreRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClassifyFunctionTest {

    private static final long START = 1_732_000_010_000L;
    private static final long TIME = START + 2_345;
    private static final OutputLimit ROOMY = new OutputLimit(1 << 20);
    private static final byte[] VALUE = bytes("as it was sent");

    private final RecordingMetrics metrics = new RecordingMetrics();
    private OneInputStreamOperatorTestHarness<ScoreInput, OutputRecord> harness;
    private MockEnvironment environment;

    @AfterEach
    void closeHarness() throws Exception {
        harness.close();
        environment.close();
    }

    @Test
    void writesThePredictionAndTheLossTermOfARow() throws Exception {
        open(TestJobs.job(JobFile.Emit.FULL, LOSSES, TestJobs.model("m", 2)), ROOMY);

        process(input(new ScoreRecord("r1", "m", TIME, new float[2], 1, null, "eu", 3)));

        // Two equal scores: 1/2 each; log-sum-exp and entropy are ln 2.
        assertThat(harness.extractOutputValues())
                .containsExactly(
                        new OutputRecord(
                                bytes("r1"),
                                bytes(
                                        """
                                        {"id":"r1","model":"m","timestamp":1732000012345,"classes":2,\
                                        "topK":[{"class":0,"probability":0.5,"score":0.0},\
                                        {"class":1,"probability":0.5,"score":0.0}],\
                                        "logSumExp":0.6931471805599453,"entropy":0.6931471805599453,\
                                        "temperature":1.0,"normalizer":"softmax","probabilities":[0.5,0.5]}"""),
                                Header.NONE));
        double ln2 = 0.6931471805599453;
        assertThat(terms())
                .containsExactly(
                        new LossTerm(
                                "m",
                                "eu",
                                START,
                                LossTerm.Kind.ROW,
                                1,
                                3,
                                0.5,
                                ln2,
                                0,
                                true,
                                new LabelFigures(1, 1, ln2, ln2, 1, 0.5, Math.sqrt(0.5), false),
                                0,
                                0,
                                Certainty.FULL,
                                new RowSaturation(0, 1),
                                null,
                                null,
                                null));
        assertThat(deadLetters()).isEmpty();
        assertThat(metrics.counted())
                .isEqualTo(Map.of("m.records", 1L, "m.predictions", 1L, "m.labelled", 1L));
    }

    @Test
    void givesEveryRowToTheLossAndCountsTheLabelledOnes() throws Exception {
        open(job(), ROOMY);

        process(row("m", TIME));

        assertThat(terms()).hasSize(1);
        assertThat(terms().get(0).label()).isNull();
        assertThat(metrics.counted()).isEqualTo(Map.of("m.records", 1L, "m.predictions", 1L));
    }

    @Test
    void buriesTheBytesOfARecordWithTheFirstOfItsRows() throws Exception {
        open(job(), ROOMY);
        Header[] headers = {new Header("trace", bytes("t-1"))};
        RawRecord raw = new RawRecord("scores", 3, 77, TIME, bytes("k1"), VALUE, headers);
        float[][] rows = {{1, 2, 3}, {1, 2}, {4, 5, 6}};
        for (int row = 0; row < rows.length; row++) {
            ScoreRecord score =
                    new ScoreRecord(
                            "b#" + row, "m", TIME, rows[row], -1, null, null, 1, null, null, row);
            process(ScoreInput.of(raw, score));
        }

        assertThat(harness.extractOutputValues()).as("the others pass").hasSize(1);
        assertThat(deadLetters())
                .hasSize(2)
                .allSatisfy(letter -> assertThat(letter.key()).isEqualTo(bytes("k1")));
        assertThat(new String(deadLetters().get(0).value(), StandardCharsets.UTF_8))
                .contains("row 0: 3 scores", "as it was sent", "t-1", "k1");
        assertThat(new String(deadLetters().get(1).value(), StandardCharsets.UTF_8))
                .contains("row 2: 3 scores", "\"offset\":77")
                .doesNotContain("as it was sent", "t-1", "k1");
    }

    @Test
    void buriesWhatCouldNotBeDecodedWithItsBytesAndCoordinates() throws Exception {
        open(job(), ROOMY);
        byte[] value = {'{', (byte) 0xff, 0};
        Header[] headers = {new Header("trace", bytes("t-1"))};
        RawRecord raw = new RawRecord("scores", 3, 77, TIME, bytes("k1"), value, headers);

        process(ScoreInput.fault(raw, FaultReason.MALFORMED, "not valid UTF-8 at byte 1"));

        assertThat(harness.extractOutputValues()).isEmpty();
        assertThat(terms()).isEmpty();
        assertThat(deadLetters()).hasSize(1);
        assertThat(deadLetters().get(0).key()).isEqualTo(bytes("k1"));
        // "e/8A" is {, 0xff, 0 in base64.
        assertThat(text(deadLetters().get(0)))
                .isEqualTo(
                        """
                        {"reason":"malformed","detail":"not valid UTF-8 at byte 1","topic":"scores",\
                        "partition":3,"offset":77,"timestamp":1732000012345,"key":"k1",\
                        "valueBase64":"e/8A","headers":[{"name":"trace","value":"t-1"}]}""");
        assertThat(metrics.counted())
                .isEqualTo(Map.of("unknown.records", 1L, "unknown.malformed.deadLetters", 1L));
    }

    @Test
    void buriesWhatTheClassifierRefuses() throws Exception {
        open(job(), ROOMY);

        process(input(unlabelled("m", TIME, Float.NaN, 0)));
        process(input(unlabelled("m", TIME, 1, 2, 3)));
        process(row("m", RawRecord.NO_TIMESTAMP));

        assertThat(harness.extractOutputValues()).isEmpty();
        assertThat(terms())
                .as("what has a time and a model counts in its window")
                .extracting(LossTerm::kind)
                .containsExactly(LossTerm.Kind.REFUSED_ROW, LossTerm.Kind.REFUSED_ROW);
        assertThat(deadLetters().stream().map(letter -> json(letter).get("reason").asText()))
                .containsExactly("invalid-score", "wrong-class-count", "invalid-timestamp");
        assertThat(json(deadLetters().get(0)).get("value").asText()).isEqualTo("as it was sent");
        assertThat(metrics.counted())
                .isEqualTo(
                        Map.of(
                                "m.records",
                                3L,
                                "m.invalid-score.deadLetters",
                                1L,
                                "m.wrong-class-count.deadLetters",
                                1L,
                                "m.invalid-timestamp.deadLetters",
                                1L));
    }

    @Test
    void countsPerModelAndUnknownModelsTogether() throws Exception {
        open(
                TestJobs.job(
                        JobFile.Emit.TOP_K, LOSSES, TestJobs.model("m", 2), TestJobs.model("n", 2)),
                ROOMY);
        int registered = metrics.size();

        process(row("m", TIME));
        process(row("n", TIME));
        process(row("n", TIME));
        process(row("evil-1", TIME));
        process(row("evil-2", TIME));

        assertThat(metrics.counted())
                .isEqualTo(
                        Map.of(
                                "m.records",
                                1L,
                                "m.predictions",
                                1L,
                                "n.records",
                                2L,
                                "n.predictions",
                                2L,
                                "unknown.records",
                                2L,
                                "unknown.unknown-model.deadLetters",
                                2L));
        assertThat(metrics.size()).as("no name from outside is a metric").isEqualTo(registered);
    }

    @Test
    void countsALossUntilTheWatermarkReachesTheEndOfItsLateness() throws Exception {
        open(job(), ROOMY);

        harness.processWatermark(START + WINDOW - 1 + LATENESS - 1);
        process(row("m", TIME));
        process(row("m", START));

        assertThat(terms()).hasSize(2);
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void writesThePredictionButBuriesTheLossOfARowThatIsTooLate() throws Exception {
        open(job(), ROOMY);

        harness.processWatermark(START + WINDOW - 1 + LATENESS);
        process(row("m", START + WINDOW - 1));
        process(row("m", START + WINDOW));

        assertThat(harness.extractOutputValues()).hasSize(2);
        assertThat(terms()).extracting(LossTerm::windowStartMillis).containsExactly(START + WINDOW);
        assertThat(deadLetters()).hasSize(1);
        JsonNode letter = json(deadLetters().get(0));
        assertThat(letter.get("reason").asText()).isEqualTo("too-late");
        assertThat(letter.get("detail").asText())
                .isEqualTo(
                        "its window starting at 1732000010000 closed for good at 1732000025000, the watermark is at 1732000024999; its loss is not counted");
        assertThat(letter.get("value").asText()).isEqualTo("as it was sent");
        assertThat(metrics.counted())
                .isEqualTo(
                        Map.of(
                                "m.records",
                                2L,
                                "m.predictions",
                                2L,
                                "m.late",
                                1L,
                                "m.too-late.deadLetters",
                                1L));
    }

    @Test
    void givesNoLossTermsWithoutLosses() throws Exception {
        open(TestJobs.job(JobFile.Emit.TOP_K, NO_LOSSES, TestJobs.model("m", 2)), ROOMY);

        harness.processWatermark(Long.MAX_VALUE);
        process(row("m", RawRecord.NO_TIMESTAMP));
        process(row("m", 0));

        assertThat(harness.extractOutputValues()).hasSize(2);
        assertThat(text(harness.extractOutputValues().get(0))).doesNotContain("timestamp");
        assertThat(terms()).isEmpty();
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void buriesAPredictionOneByteTooLargeButNotTheLoss() throws Exception {
        JobFile wide = TestJobs.job(JobFile.Emit.FULL, LOSSES, TestJobs.model("m", 5_000));
        ScoreInput input = input(unlabelled("m", TIME, new float[5_000]));
        open(wide, ROOMY);
        process(input);
        int valueBytes = harness.extractOutputValues().get(0).value().length;
        int needed = valueBytes + "r1".length() + 512;
        closeHarness();

        open(wide, new OutputLimit(needed));
        process(input);
        assertThat(harness.extractOutputValues()).hasSize(1);
        assertThat(deadLetters()).isEmpty();
        closeHarness();

        open(wide, new OutputLimit(needed - 1));
        process(input);
        assertThat(harness.extractOutputValues()).isEmpty();
        assertThat(terms()).hasSize(1);
        assertThat(deadLetters()).hasSize(1);
        assertThat(json(deadLetters().get(0)).get("reason").asText()).isEqualTo("output-too-large");
        assertThat(json(deadLetters().get(0)).get("detail").asText())
                .isEqualTo(
                        "the prediction has %d bytes, but kafka.max.request.size leaves room for %d"
                                .formatted(valueBytes, valueBytes - 1));
        assertThat(metrics.counted()).containsEntry("m.output-too-large.deadLetters", 1L);
    }

    @Test
    void writesTheGradientOfALabelledRow() throws Exception {
        open(
                TestJobs.withGradients(GradientClasses.FULL, NO_LOSSES, TestJobs.model("m", 2)),
                ROOMY);

        process(input(new ScoreRecord("r1", "m", TIME, new float[2], 1, null, "eu", 3)));
        process(row("m", TIME));

        assertThat(harness.extractOutputValues()).hasSize(2);
        // 3 ln 2, and 3 (1/2 - y).
        assertThat(side(Outputs.GRADIENTS))
                .containsExactly(
                        new OutputRecord(
                                bytes("r1"),
                                bytes(
                                        """
                                        {"id":"r1","model":"m","timestamp":1732000012345,"classes":2,\
                                        "class":1,"temperature":1.0,"weight":3.0,"loss":2.0794415416798357,\
                                        "gradient":[1.5,-1.5]}"""),
                                Header.NONE));
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void writesTheGradientOfARowThatIsTooLate() throws Exception {
        GradientClasses best = new GradientClasses(1);
        open(TestJobs.withGradients(best, LOSSES, TestJobs.model("m", 2)), ROOMY);

        harness.processWatermark(START + WINDOW - 1 + LATENESS);
        process(input(new ScoreRecord("r1", "m", START, new float[2], 1, null, null, 1)));

        assertThat(deadLetters()).hasSize(1);
        assertThat(side(Outputs.GRADIENTS))
                .map(gradient -> json(gradient).path("gradients").toString())
                .containsExactly(
                        "[{\"class\":0,\"gradient\":0.5},{\"class\":1,\"gradient\":-0.5}]");
    }

    @Test
    void buriesAGradientOneByteTooLargeButNotThePredictionAndTheLoss() throws Exception {
        JobFile wide =
                TestJobs.withGradients(GradientClasses.FULL, LOSSES, TestJobs.model("m", 5_000));
        ScoreInput input =
                input(new ScoreRecord("r1", "m", TIME, new float[5_000], 1, null, null, 1));
        open(wide, ROOMY);
        process(input);
        int valueBytes = side(Outputs.GRADIENTS).get(0).value().length;
        int needed = valueBytes + "r1".length() + 512;
        closeHarness();

        open(wide, new OutputLimit(needed));
        process(input);
        assertThat(side(Outputs.GRADIENTS)).hasSize(1);
        closeHarness();

        open(wide, new OutputLimit(needed - 1));
        process(input);
        assertThat(side(Outputs.GRADIENTS)).isEmpty();
        assertThat(harness.extractOutputValues()).hasSize(1);
        assertThat(terms()).hasSize(1);
        assertThat(json(deadLetters().get(0)).get("reason").asText()).isEqualTo("output-too-large");
        assertThat(json(deadLetters().get(0)).get("detail").asText())
                .isEqualTo(
                        "the gradient has %d bytes, but kafka.max.request.size leaves room for %d"
                                .formatted(valueBytes, valueBytes - 1));
    }

    @Test
    void cutsADeadLetterThatWouldNotFit() throws Exception {
        OutputLimit limit = new OutputLimit(16_384);
        open(job(), limit);
        byte[] value = new byte[20_000];
        Arrays.fill(value, (byte) 'x');

        process(fault(bytes("k1"), value));

        OutputRecord letter = deadLetters().get(0);
        assertThat(letter.value().length).isEqualTo(limit.maxValueBytes(letter.key()));
        assertThat(json(letter).get("truncated").asBoolean()).isTrue();
        assertThat(json(letter).get("valueBytes").asInt()).isEqualTo(20_000);
        assertThat(json(letter).get("value").asText()).startsWith("xxx").hasSizeGreaterThan(15_000);
    }

    @Test
    void keysADeadLetterByItsCoordinatesIfItsKeyIsAbsentOrTooLong() throws Exception {
        open(job(), ROOMY);

        process(fault(null, VALUE));
        process(fault(new byte[4_096], VALUE));
        process(fault(new byte[4_097], VALUE));

        assertThat(deadLetters())
                .extracting(OutputRecord::key)
                .containsExactly(bytes("scores-0-42"), new byte[4_096], bytes("scores-0-42"));
        assertThat(json(deadLetters().get(2)).get("key").asText()).hasSize(4_097);
    }

    @Test
    void keepsNoState() throws Exception {
        open(job(), ROOMY);
        process(row("m", TIME));

        assertThat(harness.snapshot(1, 1).hasState()).isFalse();
    }

    private static JobFile job() {
        return TestJobs.job(JobFile.Emit.TOP_K, LOSSES, TestJobs.model("m", 2));
    }

    private void open(JobFile job, OutputLimit limit) throws Exception {
        environment = new MockEnvironmentBuilder().setMetricGroup(metrics.taskGroup()).build();
        harness =
                new OneInputStreamOperatorTestHarness<>(
                        new ProcessOperator<>(new ClassifyFunction(job, null, limit)),
                        TypeInformation.of(ScoreInput.class)
                                .createSerializer(
                                        environment.getExecutionConfig().getSerializerConfig()),
                        environment);
        harness.open();
    }

    private void process(ScoreInput input) throws Exception {
        harness.processElement(new StreamRecord<>(input, TIME));
    }

    private static ScoreInput row(String model, long timestamp) {
        return input(unlabelled(model, timestamp, 3, 1));
    }

    private static ScoreRecord unlabelled(String model, long timestamp, float... scores) {
        return new ScoreRecord("r1", model, timestamp, scores, ScoreRecord.NO_LABEL, null, null, 1);
    }

    private static ScoreInput input(ScoreRecord score) {
        return ScoreInput.of(raw(bytes("k1"), VALUE), score);
    }

    private static ScoreInput fault(byte[] key, byte[] value) {
        return ScoreInput.fault(raw(key, value), FaultReason.MALFORMED, "broken");
    }

    private static RawRecord raw(byte[] key, byte[] value) {
        return new RawRecord("scores", 0, 42, TIME, key, value, Header.NONE);
    }

    private List<LossTerm> terms() {
        return side(Outputs.LOSS_TERMS);
    }

    private List<OutputRecord> deadLetters() {
        return side(Outputs.DEAD_LETTERS);
    }

    private <T> List<T> side(OutputTag<T> tag) {
        var records = harness.getSideOutput(tag);
        return records == null ? List.of() : records.stream().map(StreamRecord::getValue).toList();
    }

    private static JsonNode json(OutputRecord record) {
        try {
            return new ObjectMapper().readTree(record.value());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(OutputRecord record) {
        return new String(record.value(), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
