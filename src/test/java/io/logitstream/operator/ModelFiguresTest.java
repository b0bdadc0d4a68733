package io.logitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossState;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelCard;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelFiguresTest {

    private static final long WINDOW = TestJobs.WINDOW;

    private final RecordingMetrics metrics = new RecordingMetrics();
    private final ModelFigures figures = new ModelFigures(metrics.taskGroup(), () -> 1_000_000);

    private void publish(String model, long start, LossTerm... terms) {
        LossState state = new LossState();
        for (LossTerm term : terms) {
            state.add(term);
        }
        figures.published(
                new LossAggregate(
                        model,
                        LossAggregate.ALL_SEGMENTS,
                        new LossAggregate.Window(start, start + WINDOW),
                        1,
                        state),
                ModelCard.forgotten(model));
    }

    private static LossTerm labelled(double lossNats) {
        return LossTerms.term("m", null, 0, lossNats);
    }

    private static LossTerm unlabelled() {
        return LossTerm.event(LossTerm.Kind.WAITING_ROW, "m", null, 0);
    }

    @Test
    void aWindowWithoutLabelsTakesNothingAway() {
        publish("m", 0, labelled(1.5));
        publish("m", WINDOW, unlabelled());

        assertThat(metrics.gauge("m.loss")).isEqualTo(1.5);
        assertThat(metrics.gauge("m.ece")).isEqualTo(0.75);
        assertThat(metrics.gauge("m.labelCoverage")).as("of the newest").isZero();
        assertThat(metrics.gauge("m.fittedTemperature")).isNaN();
    }

    @Test
    void aRevisionCountsUntilANewerWindowHasTheFigure() {
        publish("m", 0, unlabelled());
        assertThat(metrics.gauge("m.loss")).isNaN();
        publish("m", WINDOW, unlabelled());

        publish("m", 0, labelled(1.5));
        assertThat(metrics.gauge("m.loss")).isEqualTo(1.5);
        publish("m", WINDOW, labelled(2.5));
        publish("m", 0, labelled(1.5), labelled(0.5));

        assertThat(metrics.gauge("m.loss")).isEqualTo(2.5);
        assertThat(metrics.gauge("m.windowLagMillis")).isEqualTo(1_000_000 - 2 * WINDOW);
    }

    @Test
    void showsTheTemperatureThatWasSet() {
        figures.applied("m", 3);
        publish("m", 0, labelled(1));
        assertThat(metrics.gauge("m.temperature")).as("of the model").isEqualTo(1);
        figures.applied("m", 2);
        publish("m", WINDOW, labelled(1));
        assertThat(metrics.gauge("m.temperature")).isEqualTo(2);
    }

    @Test
    void registersABoundedNumberOfModels() {
        for (int i = 0; i < ModelFigures.MOST_MODELS; i++) {
            publish("m" + i, 0, labelled(1));
        }
        int registered = metrics.gauges().size();
        publish("one-more", 0, labelled(1));
        publish("m0", WINDOW, labelled(2));

        assertThat(metrics.gauges()).hasSize(registered).doesNotContain("one-more.loss");
        assertThat(metrics.gauge("m0.loss")).isEqualTo(2);
    }

    @Test
    void countersOfABoundedNumberOfModelsAreRegistered() {
        RecordingMetrics counters = new RecordingMetrics();
        ModelMetrics models =
                new ModelMetrics(counters.taskGroup(), List.of(TestJobs.model("m", 2)));
        for (int i = 0; i < ModelMetrics.MOST_MODELS; i++) {
            models.know(TestJobs.model("m" + i, 2));
        }
        int registered = counters.size();
        models.know(TestJobs.model("one-more", 2));

        models.of("one-more").records.inc();
        models.of("m0").records.inc();

        assertThat(counters.size()).isEqualTo(registered);
        assertThat(counters.counted()).containsOnlyKeys("m0.records", "unknown.records");
    }
}
