package io.logitstream.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.kernel.RowLoss;
import io.logitstream.record.ModelLoss;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLossSectionTest {

    @TempDir private Path directory;

    private JobFixture withLoss(String loss) {
        return new JobFixture(directory).with("classes: 2", "classes: 2\n    loss: " + loss);
    }

    @Test
    void isTheCrossEntropyWhereItIsMissingOrEmpty() throws Exception {
        assertThat(new JobFixture(directory).read().models().get(0).loss())
                .isEqualTo(ModelLoss.CROSS_ENTROPY);
        assertThat(withLoss("{}").read().models().get(0).loss()).isEqualTo(ModelLoss.CROSS_ENTROPY);
    }

    @Test
    void readsWhatTheDesignShows() throws Exception {
        JobFile job =
                withLoss("{ label-smoothing: 0.1, class-weights: weights.txt, ignore: unknown }")
                        .file("weights.txt", "0.5\n2\n")
                        .read();
        assertThat(job.models().get(0).loss())
                .isEqualTo(new ModelLoss(new RowLoss(0.1, 0), new double[] {0.5, 2}, "unknown"));
        assertThat(job.describe())
                .contains("label-smoothing: 0.1", "class-weights: 2 weights", "ignore: unknown");
    }

    @Test
    void reportsEveryFaultAtItsPlace() throws Exception {
        assertThat(withLoss("{ label-smoothing: 1.5, focal-gamma: -1, ignor: x }").faults())
                .containsExactlyInAnyOrder(
                        "job.yaml:13:30: models[0].loss.label-smoothing: \"1.5\" is too large (allowed: a number from 0.0 to 1.0)",
                        "job.yaml:13:48: models[0].loss.focal-gamma: \"-1\" is too small (allowed: a number from 0.0 to 100.0)",
                        "job.yaml:13:52: models[0].loss.ignor: is not a key here; did you mean ignore? (allowed: label-smoothing, focal-gamma, vanished-gradient, class-weights, ignore)");
    }

    @Test
    void refusesSmoothingWithFocalLoss() throws Exception {
        assertThat(withLoss("{ label-smoothing: 0.1, focal-gamma: 2 }").faults())
                .singleElement()
                .asString()
                .contains("models[0].loss.focal-gamma: \"2\" does not go with label-smoothing");
    }

    @Test
    void reportsWeightsThatAreNoWeightsAtTheirLines() throws Exception {
        JobFixture job = withLoss("{ class-weights: weights.txt }");
        assertThat(job.file("weights.txt", "-1\nheavy\n").faults())
                .containsExactly(
                        "weights.txt:1:1: line 1: \"-1\" is too small (allowed: a number from 0.0 to 1048576.0)",
                        "weights.txt:2:1: line 2: \"heavy\" is not a finite number (allowed: a number from 0.0 to 1048576.0)");
    }

    @Test
    void reportsACountThatIsNotTheNumberOfClassesAndAMissingFile() throws Exception {
        JobFixture job = withLoss("{ class-weights: weights.txt }");
        assertThat(job.faults())
                .singleElement()
                .asString()
                .contains("models[0].loss.class-weights: names the file \"weights.txt\", but ");
        assertThat(job.file("weights.txt", "1\n").faults())
                .singleElement()
                .asString()
                .contains("has 1 lines, but the model has 2 classes");
    }
}
