package io.logitstream.topology;

import static io.logitstream.operator.LossTerms.term;
import static io.logitstream.operator.TestJobs.LATENESS;
import static io.logitstream.operator.TestJobs.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.operator.LossTerms;
import io.logitstream.record.LossKey;
import io.logitstream.record.LossPartial;
import io.logitstream.record.LossStateFormat;
import io.logitstream.record.LossTerm;
import io.logitstream.record.OutputRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LossWindowTest {

    private static final LossTerm FIRST = term("m", "eu", 0, 1);
    private static final LossTerm SECOND = term("m", "eu", 0, 2);

    private LossWindowHarness window;

    @BeforeEach
    void open() throws Exception {
        window = LossWindowHarness.open(1, null);
    }

    @AfterEach
    void close() throws Exception {
        window.close();
    }

    @Test
    void publishesAWindowWhenTheWatermarkPassesItsEnd() throws Exception {
        process(FIRST, SECOND);

        window.watermark(WINDOW - 2);
        assertThat(window.published()).isEmpty();
        window.watermark(WINDOW - 1);

        List<OutputRecord> published = window.published();
        assertThat(keys(published)).containsExactlyInAnyOrder("m|eu|0", "m|*|0");
        assertThat(states(published)).isEqualTo(LossTerms.sums(List.of(FIRST, SECOND)));
        JsonNode eu = json(published, "m|eu|0");
        assertThat(eu.get("segment").asText()).isEqualTo("eu");
        assertThat(eu.at("/window/start").asLong()).isZero();
        assertThat(eu.at("/window/end").asLong()).isEqualTo(WINDOW);
        assertThat(eu.get("revision").asLong()).isEqualTo(1);
        assertThat(eu.get("records").asLong()).isEqualTo(2);
        assertThat(eu.at("/loss/mean").asDouble()).isEqualTo(1.5);
    }

    @Test
    void leavesOutTheSegmentOfRowsWithoutOne() throws Exception {
        process(term("m", null, 0, 1));

        window.watermark(WINDOW);

        List<OutputRecord> published = window.published();
        assertThat(json(published, "m||0").has("segment")).isFalse();
        assertThat(json(published, "m|*|0").get("segment").asText()).isEqualTo("*");
    }

    @Test
    void publishesAHigherRevisionOfAllRowsWhenLateOnesCome() throws Exception {
        process(FIRST);
        window.watermark(WINDOW - 1);
        window.published();

        window.watermark(WINDOW - 1 + LATENESS - 1);
        process(SECOND);
        window.watermark(WINDOW - 1 + LATENESS);

        List<OutputRecord> published = window.published();
        assertThat(states(published)).isEqualTo(LossTerms.sums(List.of(FIRST, SECOND)));
        assertThat(json(published, "m|eu|0").get("revision").asLong()).isEqualTo(2);
        assertThat(json(published, "m|*|0").get("revision").asLong()).isEqualTo(2);
        assertThat(window.late()).isEmpty();
    }

    @Test
    void publishesOnceForAllThatCameLateBetweenTwoWatermarks() throws Exception {
        process(FIRST);
        window.watermark(WINDOW - 1);
        window.published();

        process(SECOND, SECOND, SECOND);
        assertThat(window.published()).isEmpty();
        window.watermark(WINDOW);
        assertThat(keys(window.published())).containsExactlyInAnyOrder("m|eu|0", "m|*|0");
        window.watermark(WINDOW + 1);

        assertThat(window.published()).as("nothing changed").isEmpty();
    }

    @Test
    void countsTheRevisionsOfEachWindowByItself() throws Exception {
        process(FIRST);
        window.watermark(WINDOW - 1);
        process(SECOND, term("m", "eu", WINDOW, 4));
        window.watermark(WINDOW);
        window.published();

        window.watermark(2 * WINDOW - 1);

        List<OutputRecord> published = window.published();
        assertThat(keys(published)).containsExactlyInAnyOrder("m|eu|10000", "m|*|10000");
        assertThat(json(published, "m|eu|10000").get("revision").asLong()).isEqualTo(1);
    }

    @Test
    void setsAsideWhatComesAfterTheAllowedLateness() throws Exception {
        process(FIRST);
        window.watermark(WINDOW - 1 + LATENESS);
        window.published();

        process(SECOND);

        assertThat(window.published()).isEmpty();
        assertThat(window.late()).containsExactlyElementsOf(LossTerms.partials(SECOND));
    }

    @Test
    void buriesALatePartialWithItsState() throws Exception {
        LossPartial late = LossTerms.partials(FIRST).get(0);
        var latePartials = LossWindowHarness.latePartials();
        latePartials.open();

        latePartials.processElement(new StreamRecord<>(late));

        OutputRecord letter = latePartials.extractOutputValues().get(0);
        latePartials.close();
        assertThat(new String(letter.key(), StandardCharsets.UTF_8)).isEqualTo("m|eu|0");
        JsonNode json = new ObjectMapper().readTree(letter.value());
        assertThat(json.get("reason").asText()).isEqualTo("too-late");
        assertThat(json.get("topic").asText()).isEqualTo("losses");
        assertThat(json.get("timestamp").asLong()).isZero();
        assertThat(json.get("detail").asText()).startsWith("the loss of 1 records");
        byte[] state =
                json.has("value")
                        ? json.get("value").asText().getBytes(StandardCharsets.UTF_8)
                        : json.get("valueBase64").binaryValue();
        assertThat(state).isEqualTo(late.state());
        assertThat(LossStateFormat.decode(state).lossSum()).isEqualTo(1);
    }

    @Test
    void keepsNothingOfAWindowThatIsGone() throws Exception {
        process(FIRST);
        window.watermark(WINDOW - 1);
        process(SECOND);
        window.watermark(WINDOW - 1 + LATENESS - 1);
        assertThat(window.entries()).isPositive();

        window.watermark(WINDOW - 1 + LATENESS);

        assertThat(window.entries()).isZero();
    }

    @Test
    void endsWithTheSameBitsWhenRestoredAtOtherParallelisms() throws Exception {
        long seed = Long.getLong("logitstream.test.seed", System.nanoTime());
        List<LossTerm> terms = LossTerms.random(new Random(seed), 600);
        Map<String, Long> revisions = new HashMap<>();
        Map<String, List<Byte>> finals = new HashMap<>();

        // The first window is published before the first snapshot, the others after the second.
        process(terms.subList(0, 200).toArray(LossTerm[]::new));
        window.watermark(WINDOW - 1);
        collect(revisions, finals);
        assertThat(finals).isNotEmpty();
        reopen(4);
        window.watermark(WINDOW - 1);
        process(terms.subList(200, 400).toArray(LossTerm[]::new));
        collect(revisions, finals);
        reopen(2);
        window.watermark(WINDOW - 1);
        process(terms.subList(400, 600).toArray(LossTerm[]::new));
        window.watermark(3 * WINDOW);
        collect(revisions, finals);

        assertThat(window.late()).isEmpty();
        assertThat(finals).as("-Dlogitstream.test.seed=%d", seed).isEqualTo(LossTerms.sums(terms));
        window.watermark(Long.MAX_VALUE);
        assertThat(window.entries()).isZero();
    }

    @Test
    void spreadsTheKeysOfTheRescaleTestOverSeveralSubtasks() {
        assertThat(
                        List.of("", "*", "segment-1", "segment-2", "segment-3").stream()
                                .map(
                                        segment ->
                                                KeyGroupRangeAssignment.assignKeyToParallelOperator(
                                                        new LossKey("m", segment),
                                                        ScoringTopology.MAX_PARALLELISM,
                                                        4))
                                .distinct()
                                .count())
                .isGreaterThan(1);
    }

    private void reopen(int parallelism) throws Exception {
        Subtasks.Snapshot snapshot = window.snapshot();
        window.close();
        window = LossWindowHarness.open(parallelism, snapshot);
    }

    /** Keeps the latest state of each key; each revision must follow the one before. */
    private void collect(Map<String, Long> revisions, Map<String, List<Byte>> finals)
            throws Exception {
        for (OutputRecord record : window.published()) {
            String key = new String(record.key(), StandardCharsets.UTF_8);
            long revision = new ObjectMapper().readTree(record.value()).get("revision").asLong();
            assertThat(revision).as(key).isEqualTo(revisions.getOrDefault(key, 0L) + 1);
            revisions.put(key, revision);
            finals.put(key, LossTerms.boxed(record.headers()[0].value()));
        }
    }

    private void process(LossTerm... terms) throws Exception {
        for (LossTerm term : terms) {
            for (LossPartial partial : LossTerms.partials(term)) {
                window.process(partial);
            }
        }
    }

    private static List<String> keys(List<OutputRecord> records) {
        return new ArrayList<>(byKey(records).keySet());
    }

    private static Map<String, List<Byte>> states(List<OutputRecord> records) {
        Map<String, List<Byte>> states = new HashMap<>();
        byKey(records)
                .forEach(
                        (key, record) -> {
                            assertThat(record.headers()).hasSize(1);
                            assertThat(record.headers()[0].name())
                                    .isEqualTo("logitstream-loss-state");
                            states.put(key, LossTerms.boxed(record.headers()[0].value()));
                        });
        return states;
    }

    private static JsonNode json(List<OutputRecord> records, String key) throws Exception {
        return new ObjectMapper().readTree(byKey(records).get(key).value());
    }

    /** Keeps the last of each key. */
    private static Map<String, OutputRecord> byKey(List<OutputRecord> records) {
        Map<String, OutputRecord> byKey = new HashMap<>();
        for (OutputRecord record : records) {
            byKey.put(new String(record.key(), StandardCharsets.UTF_8), record);
        }
        return byKey;
    }
}
