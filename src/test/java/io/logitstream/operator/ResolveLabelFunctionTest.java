package io.logitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.codec.DecoderLimits;
import io.logitstream.codec.JsonLabelDecoder;
import io.logitstream.config.JobFile;
import io.logitstream.record.Header;
import io.logitstream.record.Label;
import io.logitstream.record.LabelInput;
import io.logitstream.record.LabelRecord;
import io.logitstream.record.RawRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.operators.testutils.MockEnvironmentBuilder;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Labels as the source decodes them, good and bad. */
class ResolveLabelFunctionTest {

    private static final long TIME = 1_732_000_012_345L;

    private final JsonLabelDecoder decoder = new JsonLabelDecoder(new DecoderLimits("m", 3));
    private final RecordingMetrics metrics = new RecordingMetrics();
    private MockEnvironment environment;
    private OneInputStreamOperatorTestHarness<LabelInput, Label> harness;

    @BeforeEach
    void open() throws Exception {
        JobFile job = TestJobs.job(JobFile.Emit.TOP_K, TestJobs.LOSSES, TestJobs.model("m", 3));
        environment = new MockEnvironmentBuilder().setMetricGroup(metrics.taskGroup()).build();
        harness =
                new OneInputStreamOperatorTestHarness<>(
                        new ProcessOperator<>(
                                new ResolveLabelFunction(job, null, new OutputLimit(1 << 20))),
                        TypeInformation.of(LabelInput.class)
                                .createSerializer(
                                        environment.getExecutionConfig().getSerializerConfig()),
                        environment);
        harness.open();
    }

    @AfterEach
    void close() throws Exception {
        harness.close();
        environment.close();
    }

    private void process(byte @Nullable [] value, long kafkaMillis) throws Exception {
        Header[] headers = {new Header("trace", new byte[] {'7'})};
        byte[] key = "k1".getBytes(StandardCharsets.UTF_8);
        RawRecord raw = new RawRecord("labels", 2, 5, kafkaMillis, key, value, headers);
        harness.processElement(new StreamRecord<>(decoder.decode(raw), TIME));
    }

    private void process(String value) throws Exception {
        process(value.getBytes(StandardCharsets.UTF_8), TIME);
    }

    private List<JsonNode> deadLetters() throws Exception {
        List<JsonNode> letters = new ArrayList<>();
        var records = harness.getSideOutput(Outputs.DEAD_LETTERS);
        if (records != null) {
            for (var record : records) {
                letters.add(new ObjectMapper().readTree(record.getValue().value()));
            }
        }
        return letters;
    }

    @Test
    void findsTheClassOfALabel() throws Exception {
        process("{\"label\":\"2\"}");
        assertThat(harness.extractOutputValues()).containsExactly(new Label("m", "k1", 2, TIME));
        assertThat(deadLetters()).isEmpty();
        assertThat(metrics.counted()).isEqualTo(Map.of("m.records", 1L));
    }

    @Test
    void buriesEveryKindOfBadLabelWithBytesHeadersAndCoordinates() throws Exception {
        process(null, TIME);
        process(new byte[0], TIME);
        process(new byte[] {(byte) 0xff}, TIME);
        process("{\"label\":");
        process("{\"label\":NaN}");
        process("{\"id\":\"r\"}");
        process("{\"label\":3}");
        process("{\"label\":\"cat\"}");
        process("{\"label\":1,\"model\":\"other\"}");
        process("{\"label\":1}".getBytes(StandardCharsets.UTF_8), RawRecord.NO_TIMESTAMP);

        assertThat(harness.extractOutputValues()).isEmpty();
        List<JsonNode> letters = deadLetters();
        assertThat(letters)
                .extracting(letter -> letter.path("reason").asText())
                .containsExactly(
                        "malformed",
                        "malformed",
                        "malformed",
                        "malformed",
                        "invalid-field",
                        "invalid-field",
                        "unknown-label",
                        "unknown-label",
                        "unknown-model",
                        "invalid-timestamp");
        assertThat(letters.get(7).toString())
                .isEqualTo(
                        """
                        {"reason":"unknown-label",\
                        "detail":"label 'cat' is not a class of model 'm': an index from 0 to 2",\
                        "topic":"labels","partition":2,"offset":5,"timestamp":1732000012345,\
                        "key":"k1","value":"{\\"label\\":\\"cat\\"}",\
                        "headers":[{"name":"trace","value":"7"}]}""");
        assertThat(metrics.counted())
                .containsEntry("m.unknown-label.deadLetters", 2L)
                .containsEntry("unknown.unknown-model.deadLetters", 1L);
    }

    @Test
    void cutsALabelOfFiftyMegabytes() throws Exception {
        byte[] value = new byte[50 << 20];
        Arrays.fill(value, (byte) 'x');
        byte[] start = "{\"label\":\"".getBytes(StandardCharsets.UTF_8);
        System.arraycopy(start, 0, value, 0, start.length);

        process(value, TIME);

        assertThat(harness.extractOutputValues()).isEmpty();
        JsonNode letter = deadLetters().get(0);
        assertThat(letter.path("reason").asText()).isEqualTo("invalid-field");
        assertThat(letter.path("truncated").asBoolean()).isTrue();
        assertThat(letter.path("valueBytes").asInt()).isEqualTo(50 << 20);
    }

    @Test
    void resolvesLabelsOfAModelThatWasRetired() {
        LabelResolver resolver = new LabelResolver(List.of(TestJobs.model("m", 2)));
        resolver.retire("m", 3);
        assertThat(resolver.check(new LabelRecord("r", "m", TIME, 1, null)))
                .as("for the rows it had")
                .isNull();
        resolver.retire("n", 4);
        assertThat(resolver.check(new LabelRecord("r", "n", TIME, 1, null)).detail())
                .isEqualTo("model 'n' was retired with version 4; there are [m]");
    }
}
