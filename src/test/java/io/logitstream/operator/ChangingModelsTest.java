package io.logitstream.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.config.JobFile;
import io.logitstream.config.ModelRecords;
import io.logitstream.record.ControlRecord;
import io.logitstream.record.Header;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import io.logitstream.record.ScoreRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.storage.JobManagerCheckpointStorage;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a subtask of classify does when its models change. */
class ChangingModelsTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final OutputLimit ROOMY = new OutputLimit(1 << 20);
    private static final JobFile JOB =
            TestJobs.job(JobFile.Emit.TOP_K, TestJobs.NO_LOSSES, TestJobs.model("m", 2));
    private static final long WAIT = 1_000;
    private static final int MOST = 3;

    /** What the feed says is said by the test; there is one feed, like one topic. */
    private static ControlFeed.@Nullable Listener listener;

    private final List<OneInputStreamOperatorTestHarness<ScoreInput, OutputRecord>> harnesses =
            new ArrayList<>();
    private OneInputStreamOperatorTestHarness<ScoreInput, OutputRecord> harness;
    private long nowMillis;

    @AfterEach
    void close() throws Exception {
        for (var each : harnesses) {
            each.close();
        }
    }

    private static AutoCloseable listen(ControlFeed.Listener to) {
        listener = to;
        return () -> listener = null;
    }

    private static ControlPlan plan(long waitMillis, ControlRecord... atStart) {
        return new ControlPlan(
                ModelRecords.of(JOB),
                JOB.models(),
                List.of(atStart),
                ChangingModelsTest::listen,
                EnumSet.allOf(ControlRecord.Kind.class),
                waitMillis,
                MOST);
    }

    private void open(ControlPlan plan, @Nullable OperatorSubtaskState from) throws Exception {
        harness =
                new OneInputStreamOperatorTestHarness<>(
                        new ControlledOperator<>(new ClassifyFunction(JOB, plan, ROOMY)),
                        TypeInformation.of(ScoreInput.class)
                                .createSerializer(new ExecutionConfig().getSerializerConfig()));
        harnesses.add(harness);
        harness.setCheckpointStorage(new JobManagerCheckpointStorage(1 << 28));
        harness.setProcessingTime(nowMillis);
        if (from != null) {
            harness.initializeState(from);
        }
        harness.open();
    }

    private static ControlRecord model(String json) throws Exception {
        String name = JSON.readTree(json).path("name").asText();
        return new ControlRecord(
                ControlRecord.Kind.MODEL, name.getBytes(UTF_8), json.getBytes(UTF_8));
    }

    private static ControlRecord temperature(
            String model, long of, long version, double value, double specified) {
        return new ControlRecord(
                ControlRecord.Kind.TEMPERATURE,
                model.getBytes(UTF_8),
                "{\"modelVersion\":%d,\"applied\":{\"temperature\":%s,\"version\":%d,\"specified\":%s}}"
                        .formatted(of, value, version, specified)
                        .getBytes(UTF_8));
    }

    private void say(ControlRecord... records) throws Exception {
        for (ControlRecord record : records) {
            listener.record(record);
        }
        pass(100);
    }

    private void pass(long millis) throws Exception {
        nowMillis += millis;
        harness.setProcessingTime(nowMillis);
    }

    private void row(String id, String model) throws Exception {
        rows(rawOf(id), scoresOf(id, model));
    }

    /** The rows of a record. */
    private void rows(RawRecord raw, ScoreRecord... rows) throws Exception {
        for (ScoreRecord row : rows) {
            harness.processElement(new StreamRecord<>(ScoreInput.of(raw, row)));
        }
    }

    private static RawRecord rawOf(String value) {
        return new RawRecord("scores", 0, 1, 5, null, value.getBytes(UTF_8), Header.NONE);
    }

    private static ScoreRecord scoresOf(String id, String model) {
        return new ScoreRecord(
                id, model, 5, new float[] {3, 1}, ScoreRecord.NO_LABEL, null, null, 1);
    }

    private List<String> predictions() throws Exception {
        List<String> predictions = new ArrayList<>();
        for (OutputRecord record : harness.extractOutputValues()) {
            JsonNode json = JSON.readTree(record.value());
            predictions.add(
                    "%s %s/%s %s"
                            .formatted(
                                    json.path("id").asText(),
                                    json.path("modelVersion").asLong(),
                                    json.path("temperatureVersion").asLong(),
                                    json.path("temperature").asDouble()));
        }
        harness.getOutput().clear();
        return predictions;
    }

    private List<String> deadLetters() throws Exception {
        List<String> details = new ArrayList<>();
        var records = harness.getSideOutput(Outputs.DEAD_LETTERS);
        if (records != null) {
            for (StreamRecord<OutputRecord> record : records) {
                details.add(JSON.readTree(record.getValue().value()).path("detail").asText());
            }
        }
        return details;
    }

    @Test
    void dividesNothingByATemperatureThatWasFittedToASoftmax() throws Exception {
        open(plan(0), null);
        say(model("{\"name\":\"n\",\"version\":2,\"classes\":2,\"normalizer\":\"sparsemax\"}"));
        say(temperature("n", 2, 7, 0.325, 1));
        row("a", "n");
        assertThat(predictions()).containsExactly("a 2/0 1.0");
    }

    @Test
    void scoresEachRowUnderTheVersionThatHolds() throws Exception {
        open(plan(0), null);
        row("a", "m");
        say(model("{\"name\":\"m\",\"version\":2,\"classes\":2,\"temperature\":3}"));
        row("b", "m");
        say(temperature("m", 2, 1, 0.5, 3), temperature("m", 2, 1, 0.7, 3));
        row("c", "m");
        say(model("{\"name\":\"m\",\"version\":5,\"classes\":2}"));
        row("d", "m");
        say(temperature("m", 5, 2, 8, 3));
        say(
                model("{\"name\":\"m\",\"version\":5,\"classes\":2,\"temperature\":9}"),
                model("{\"name\":\"m\",\"version\":6,\"classes\":3}"),
                model("{\"name\":\"m\",\"version\":6,\"classes\":2,\"loss\":{\"focal-gamma\":2}}"));
        row("e", "m");
        assertThat(predictions())
                .containsExactly("a 0/0 1.0", "b 2/0 3.0", "c 2/1 0.5", "d 5/0 1.0", "e 5/0 1.0");
        say(model("{\"name\":\"m\",\"version\":6,\"retired\":true}"));
        row("f", "m");
        assertThat(predictions()).isEmpty();
        assertThat(deadLetters())
                .containsExactly("model 'm' was retired with version 6; there are []");
        say(model("{\"name\":\"m\",\"version\":7,\"classes\":2}"));
        row("g", "m");
        assertThat(predictions()).containsExactly("g 7/0 1.0");
    }

    @Test
    void keepsRowsUntilTheirModelComes() throws Exception {
        open(plan(WAIT), null);
        row("a", "n");
        row("b", "m");
        row("c", "n");
        assertThat(predictions()).containsExactly("b 0/0 1.0");
        say(model("{\"name\":\"n\",\"version\":1,\"classes\":2,\"temperature\":2}"));
        assertThat(predictions()).containsExactly("a 1/0 2.0", "c 1/0 2.0");
        pass(2 * WAIT);
        assertThat(deadLetters()).isEmpty();
    }

    @Test
    void keepsSoManyRowsAndSoLong() throws Exception {
        open(plan(WAIT), null);
        for (String id : List.of("a", "b", "c", "d")) {
            row(id, "n");
        }
        assertThat(deadLetters()).as("one too many").hasSize(1);
        pass(WAIT - 100);
        assertThat(deadLetters()).hasSize(1);
        pass(200);
        assertThat(deadLetters())
                .hasSize(1 + MOST)
                .allMatch(detail -> detail.equals("model 'n' is none of the job, which has [m]"));
        row("e", "n");
        harness.getOperator().finish();
        assertThat(deadLetters()).as("nobody waits after the end").hasSize(2 + MOST);
    }

    @Test
    void remembersModelsAndRowsThatWait() throws Exception {
        open(plan(WAIT), null);
        say(
                model("{\"name\":\"m\",\"version\":4,\"classes\":2,\"temperature\":3}"),
                temperature("m", 4, 2, 0.25, 3));
        row("a", "n");
        OperatorSubtaskState state = harness.snapshot(1, 1);

        open(plan(WAIT, model("{\"name\":\"m\",\"version\":3,\"classes\":2}")), state);
        row("b", "m");
        assertThat(predictions())
                .as("the state is later than the start")
                .containsExactly("b 4/2 0.25");
        pass(WAIT - 1);
        assertThat(deadLetters()).isEmpty();
        say(model("{\"name\":\"n\",\"version\":1,\"classes\":2}"));
        assertThat(predictions()).containsExactly("a 1/0 1.0");
    }

    /** A megabyte of rows would else be in each checkpoint as often as it has rows. */
    @Test
    void remembersTheBytesOfARecordOnceHoweverManyOfItsRowsWait() throws Exception {
        open(plan(WAIT), null);
        RawRecord large = rawOf("x".repeat(100_000));
        rows(large, scoresOf("a", "n"), scoresOf("b", "o"), scoresOf("c", "o"));
        OperatorSubtaskState state = harness.snapshot(1, 1);
        assertThat(state.getStateSize()).isBetween(100_000L, 110_000L);

        open(plan(WAIT), state);
        say(model("{\"name\":\"n\",\"version\":1,\"classes\":2}"));
        assertThat(predictions()).as("the first is gone").containsExactly("a 1/0 1.0");
        state = harness.snapshot(2, 2);
        assertThat(state.getStateSize()).isBetween(100_000L, 110_000L);

        open(plan(0), state);
        pass(100);
        assertThat(harness.getSideOutput(Outputs.DEAD_LETTERS))
                .extracting(letter -> letter.getValue().value().length > 100_000)
                .as("those with its bytes")
                .containsExactly(true, false);
    }

    @Test
    void keepsSoManyBytes() throws Exception {
        open(plan(WAIT), null);
        int half = (int) (WaitingInputs.MOST_BYTES / 2);
        RawRecord large = new RawRecord("scores", 0, 1, 5, null, new byte[half], Header.NONE);
        rows(large, scoresOf("a", "n"), scoresOf("b", "n"), scoresOf("b", "n"));
        assertThat(deadLetters()).as("bytes of one record count once").isEmpty();
        pass(2 * WAIT);
        assertThat(deadLetters()).as("and as long as it waits").hasSize(MOST);
        for (String id : List.of("c", "d", "e")) {
            rows(
                    new RawRecord("scores", 0, 1, 5, null, new byte[half], Header.NONE),
                    scoresOf(id, "n"));
        }
        assertThat(deadLetters()).as("one too many").hasSize(MOST + 1);

        OperatorSubtaskState state = harness.snapshot(1, 1);
        open(plan(WAIT), state);
        row("f", "n");
        assertThat(deadLetters()).as("full from the start").hasSize(1);
        Header[] many = new Header[(int) (WaitingInputs.MOST_BYTES / 60)];
        Arrays.fill(many, new Header("", null));
        pass(2 * WAIT);
        rows(new RawRecord("scores", 0, 1, 5, null, null, many), scoresOf("g", "n"));
        row("h", "n");
        assertThat(deadLetters()).as("headers count, too").hasSize(1 + 2 + 1);
    }

    @Test
    void saysAFewOfManyModels() throws Exception {
        open(plan(0), null);
        for (int i = 0; i < 30; i++) {
            say(model("{\"name\":\"n%d\",\"version\":1,\"classes\":2}".formatted(i)));
        }
        row("a", "o");
        pass(100);
        assertThat(deadLetters())
                .singleElement(STRING)
                .startsWith("model 'o' is none of the job, which has [")
                .endsWith("] and 21 more");
    }

    @Test
    void forgetsWhatNothingWouldChangeAgain() throws Exception {
        open(plan(0), null);
        say(
                model("{\"name\":\"m\",\"version\":4,\"classes\":2,\"temperature\":3}"),
                temperature("m", 4, 2, 0.25, 3));
        OperatorSubtaskState state = harness.snapshot(1, 1);
        for (ControlRecord.Kind kind : ControlRecord.Kind.values()) {
            ControlPlan all = plan(0);
            open(
                    new ControlPlan(
                            all.records(),
                            all.ofJobFile(),
                            all.atStart(),
                            all.feed(),
                            EnumSet.of(kind),
                            0,
                            MOST),
                    state);
            row("a", "m");
            assertThat(predictions())
                    .as("control without live, then live without control")
                    .containsExactly(kind == ControlRecord.Kind.MODEL ? "a 4/0 3.0" : "a 0/0 1.0");
        }
    }

    @Test
    void letsRowsGoAfterARestoreWhoseModelIsThereOrThatNobodyWaitsForAnyMore() throws Exception {
        open(plan(WAIT), null);
        row("a", "n");
        row("b", "o");
        OperatorSubtaskState state = harness.snapshot(1, 1);

        open(plan(WAIT, model("{\"name\":\"n\",\"version\":3,\"classes\":2}")), state);
        pass(100);
        assertThat(predictions()).containsExactly("a 3/0 1.0");
        assertThat(deadLetters()).isEmpty();

        open(plan(0), state);
        pass(100);
        assertThat(deadLetters()).hasSize(2);
    }

    @Test
    void spreadsModelsAndWaitingRowsOverOtherSubtasks() throws Exception {
        open(plan(WAIT), null);
        say(model("{\"name\":\"m\",\"version\":4,\"classes\":2,\"temperature\":3}"));
        row("a", "n");
        row("b", "n");
        OperatorSubtaskState state = harness.snapshot(1, 1);
        List<String> all = new ArrayList<>();
        for (int index = 0; index < 3; index++) {
            open(
                    plan(WAIT),
                    OneInputStreamOperatorTestHarness.repartitionOperatorState(
                            state, 512, 1, 3, index));
            row("c" + index, "m");
            say(model("{\"name\":\"n\",\"version\":1,\"classes\":2}"));
            all.addAll(predictions());
        }
        assertThat(all)
                .containsExactlyInAnyOrder(
                        "a 1/0 1.0", "b 1/0 1.0", "c0 4/0 3.0", "c1 4/0 3.0", "c2 4/0 3.0");
    }

    @Test
    void remembersTheClassesOfARetiredModel() throws Exception {
        open(plan(0), null);
        say(
                model("{\"name\":\"n\",\"version\":1,\"classes\":2}"),
                model("{\"name\":\"n\",\"version\":2,\"retired\":true}"));
        OperatorSubtaskState state = harness.snapshot(1, 1);
        open(plan(0), state);
        say(model("{\"name\":\"n\",\"version\":3,\"classes\":3}"));
        row("a", "n");
        assertThat(deadLetters())
                .containsExactly("model 'n' was retired with version 2; there are [m]");
        say(model("{\"name\":\"n\",\"version\":3,\"classes\":2}"));
        row("b", "n");
        assertThat(predictions()).containsExactly("b 3/0 1.0");
    }

    @Test
    void startsWithWhatWasSaidBefore() throws Exception {
        open(plan(0, model("{\"name\":\"n\",\"version\":3,\"classes\":2}")), null);
        row("a", "n");
        assertThat(predictions()).containsExactly("a 3/0 1.0");
    }

    @Test
    void buriesEachChangeThatCannotBeMadeOnce() throws Exception {
        List<RawRecord> said =
                List.of(
                        said(0, model("{\"name\":\"m\",\"version\":2,\"classes\":2}")),
                        said(1, model("{\"name\":\"m\",\"version\":2,\"classes\":2}")),
                        said(2, model("{\"name\":\"m\",\"version\":1,\"classes\":2}")),
                        said(3, model("{\"name\":\"m\",\"version\":3,\"classes\":9}")),
                        new RawRecord("models", 0, 4, 5, null, null, Header.NONE));
        List<String> expected =
                List.of(
                        "version 1 is not above 2, the last of model m",
                        "version 3 of model m has other classes than version 2; give a model with other classes a name of its own",
                        "the value is absent, which has no version; use models retire");
        assertThat(check(plan(0), said, said.size())).isEqualTo(expected);
        assertThat(check(plan(0, model("{\"name\":\"m\",\"version\":8,\"classes\":2}")), said, 1))
                .as("restored after the first, whatever was known at the start")
                .isEqualTo(expected);
    }

    private static RawRecord said(long offset, ControlRecord record) {
        return new RawRecord("models", 0, offset, 5, record.key(), record.value(), Header.NONE);
    }

    /** Returns what was buried, by a job that is restored after some records. */
    private List<String> check(ControlPlan later, List<RawRecord> said, int before)
            throws Exception {
        List<String> details = new ArrayList<>();
        try (var first = checking(plan(0))) {
            first.open();
            buried(first, said.subList(0, before), details);
            OperatorSubtaskState state = first.snapshot(1, 1);
            try (var second = checking(later)) {
                second.initializeState(state);
                second.open();
                buried(second, said.subList(before, said.size()), details);
            }
        }
        return details;
    }

    private static OneInputStreamOperatorTestHarness<RawRecord, OutputRecord> checking(
            ControlPlan plan) throws Exception {
        return new OneInputStreamOperatorTestHarness<>(
                new ProcessOperator<>(new CheckModelsFunction(plan, "models", ROOMY)));
    }

    private static void buried(
            OneInputStreamOperatorTestHarness<RawRecord, OutputRecord> check,
            List<RawRecord> said,
            List<String> details)
            throws Exception {
        for (RawRecord each : said) {
            check.processElement(new StreamRecord<>(each));
        }
        for (OutputRecord letter : check.extractOutputValues()) {
            details.add(JSON.readTree(letter.value()).path("detail").asText());
        }
    }
}
