package io.logitstream.topology;

import static io.logitstream.operator.TestJobs.LATENESS;
import static io.logitstream.operator.TestJobs.WINDOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.config.JobFile;
import io.logitstream.operator.LossTerms;
import io.logitstream.operator.OutputLimit;
import io.logitstream.operator.TestJobs;
import io.logitstream.record.AggregateFigure;
import io.logitstream.record.AlertRule;
import io.logitstream.record.Certainty;
import io.logitstream.record.DriftReference;
import io.logitstream.record.LossPartial;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelCard;
import io.logitstream.record.ModelLoss;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.ScoresAre;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Drift and alerts of the loss window as the topology wires it. */
class LossWatchTest {

    private static final AlertRule RULE =
            new AlertRule("bad", null, "*", AggregateFigure.LOSS_MEAN, true, 2, 1, 2);

    static final JobFile JOB =
            TestJobs.withAlerts(
                    RULE,
                    new ModelSpec(
                            "m",
                            4,
                            List.of(),
                            ScoresAre.LOGITS,
                            1,
                            Normalizer.SOFTMAX,
                            4,
                            ModelLoss.CROSS_ENTROPY,
                            new DriftReference(new double[0], 2)));

    private LossWindowHarness window;

    @BeforeEach
    void open() throws Exception {
        window = LossWindowHarness.open(JOB, 1, null);
    }

    @AfterEach
    void close() throws Exception {
        window.close();
    }

    private static LossTerm predicting(int predictedClass, long start) {
        return new LossTerm(
                "m",
                null,
                start,
                LossTerm.Kind.ROW,
                1,
                1,
                0.5,
                0.5,
                predictedClass,
                true,
                null,
                0,
                0,
                Certainty.FULL,
                null,
                null,
                null,
                null);
    }

    private void process(LossTerm... terms) throws Exception {
        for (LossTerm term : terms) {
            for (LossPartial partial : LossTerms.partials(term)) {
                window.process(partial);
            }
        }
    }

    private static List<JsonNode> json(List<OutputRecord> records) throws Exception {
        List<JsonNode> nodes = new ArrayList<>();
        for (OutputRecord record : records) {
            nodes.add(new ObjectMapper().readTree(record.value()));
        }
        return nodes;
    }

    /** One that the control topic brought; the job file's rules are for all models. */
    @Test
    void aFigureThatALaterModelDoesNotHaveCountsNeitherWay() throws Exception {
        window.close();
        AlertRule few = new AlertRule("few", null, "*", AggregateFigure.SUPPORT, false, 2, 2, 1);
        window = LossWindowHarness.open(TestJobs.withAlerts(few, TestJobs.model("m", 4)), 1, null);
        ModelCard card =
                new ModelCard(
                        "n", 1, Normalizer.SOFTMAX, true, 1e-4, 1, List.of(), DriftReference.NONE);
        for (LossPartial partial : LossTerms.partials(LossTerms.term("n", null, 0, 1))) {
            window.process(
                    new LossPartial(
                            partial.model(),
                            partial.segment(),
                            partial.windowStartMillis(),
                            partial.state(),
                            card.toBytes()));
        }
        window.watermark(WINDOW);
        assertThat(json(window.published())).isNotEmpty().noneMatch(node -> node.has("support"));
        assertThat(window.alerts()).isEmpty();
    }

    /** Windows 0 and 1 are half class 0 and half class 1; they take late rows for half a window. */
    @Test
    void comparesWithTheFirstWindowsOnceTheyAreFinal() throws Exception {
        process(predicting(0, 0), predicting(1, WINDOW), predicting(1, WINDOW));
        window.watermark(WINDOW - 1);
        process(predicting(0, 0));
        window.watermark(2 * WINDOW);
        assertThat(json(window.published())).isNotEmpty().noneMatch(node -> node.has("drift"));
        for (int i = 2; i < 4; i++) {
            process(predicting(0, i * WINDOW), predicting(1, i * WINDOW));
        }
        process(predicting(3, 4 * WINDOW));
        window.watermark(5 * WINDOW);

        List<JsonNode> published = json(window.published());
        assertThat(published).hasSize(2 * 3);
        for (JsonNode node : published) {
            long start = node.at("/window/start").asLong();
            JsonNode drift = node.path("drift");
            if (start == 4 * WINDOW) {
                assertThat(drift.path("jensenShannon").asDouble()).isCloseTo(1, within(1e-12));
                assertThat(drift.path("psi").asDouble()).isGreaterThan(8);
            } else {
                // Window 2 ends after the baseline's lateness, too: nothing can change it.
                assertThat(WINDOW).isGreaterThan(LATENESS);
                assertThat(drift.path("psi").asDouble(-1)).isZero();
                assertThat(drift.path("jensenShannon").asDouble(-1)).isZero();
            }
        }
    }

    @Test
    void raisesAndEndsAnAlertAfterEnoughWindows() throws Exception {
        double[] losses = {1, 3, 1.5, 3, 3, 1.5, 0.5, 0.5, 0.5};
        for (int i = 0; i < losses.length; i++) {
            process(LossTerms.term("m", "eu", i * WINDOW, losses[i]));
            window.watermark((i + 1) * WINDOW);
        }
        List<JsonNode> alerts = json(window.alerts());
        assertThat(alerts).hasSize(2);
        assertThat(alerts.get(0).toString())
                .isEqualTo(
                        """
                        {"alert":"bad","state":"raised","model":"m","segment":"*",\
                        "figure":"loss.mean","value":3.0,"above":2.0,"leave":1.0,"windows":2,\
                        "window":{"start":40000,"end":50000},"revision":1}""");
        assertThat(alerts.get(1).path("state").asText()).isEqualTo("ended");
        assertThat(alerts.get(1).at("/window/start").asLong()).isEqualTo(7 * WINDOW);
    }

    @Test
    void aRevisionMayRaiseAnAlert() throws Exception {
        process(LossTerms.term("m", null, 0, 3), LossTerms.term("m", null, WINDOW, 1));
        window.watermark(2 * WINDOW - 1);
        assertThat(window.alerts()).isEmpty();
        process(LossTerms.term("m", null, WINDOW, 9));
        window.watermark(2 * WINDOW);

        List<JsonNode> alerts = json(window.alerts());
        assertThat(alerts).hasSize(1);
        assertThat(alerts.get(0).path("revision").asLong()).isEqualTo(2);
        assertThat(alerts.get(0).path("value").asDouble()).isEqualTo(5);
    }

    @Test
    void buriesALossThatTheProducerWouldRefuse() throws Exception {
        window.close();
        window = LossWindowHarness.open(JOB, new OutputLimit(8_750), 1, null);
        for (double loss = 1e-6; loss < 1e3; loss *= 1.005) {
            process(LossTerms.term("m", null, 0, loss));
        }
        window.watermark(WINDOW);

        assertThat(window.published()).isEmpty();
        List<JsonNode> letters = json(window.deadLetters());
        assertThat(letters).hasSize(2);
        assertThat(letters.get(0).path("reason").asText()).isEqualTo("output-too-large");
        assertThat(letters.get(0).path("detail").asText()).contains("losses.per-class");
        assertThat(letters.get(0).path("key").asText()).startsWith("m|");
    }
}
