package io.logitstream.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.record.Normalizer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a model with normalizer sigmoid goes with. */
class SigmoidModelTest {

    @TempDir Path directory;

    private JobFixture job() throws IOException {
        return new JobFixture(directory)
                .file("weights.txt", "1\n2\n")
                .set("models[0].normalizer=sigmoid");
    }

    @Test
    void readsTheModel() throws Exception {
        JobFile job = job().read();
        assertThat(job.models().get(0).normalizer()).isEqualTo(Normalizer.SIGMOID);
        assertThat(job.models().get(0).numScores()).isEqualTo(2);
        assertThat(job.describe()).contains("normalizer: sigmoid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"models[0].loss.focal-gamma=0", "models[0].loss.label-smoothing=0"})
    void takesALossSectionThatSaysNothing(String override) throws Exception {
        assertThat(job().set(override).read().models()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "models[0].scores-are=probabilities | models[0].scores-are | logits",
                "models[0].scores-are=log-probabilities | models[0].scores-are | logits",
                "models[0].loss.focal-gamma=2 | models[0].loss.focal-gamma | softmax",
                "models[0].loss.label-smoothing=0.1 | models[0].loss.label-smoothing | softmax",
                "models[0].loss.class-weights=weights.txt | models[0].loss.class-weights | any",
                "models[0].loss.ignore=unknown | models[0].loss.ignore | any other normalizer",
                "labels.topic=labels | labels: do not go with normalizer sigmoid of models[0] | come",
                "gradients.topic=g | gradients: do not go with normalizer sigmoid of models[0] | softmax",
            })
    void refusesWhatDoesNotGoWithIt(String override, String where, String allowed)
            throws IOException {
        JobFixture job = job().set("losses.topic=losses").set("losses.allowed-lateness=2h");
        assertThat(job.set(override).faults())
                .singleElement()
                .asString()
                .contains(where, "normalizer sigmoid", allowed);
    }

    @Test
    void refusesATree() throws IOException {
        assertThat(job().set("models[0].tree.counts=weights.txt").faults())
                .singleElement()
                .asString()
                .contains("models[0].tree", "goes only with normalizer hierarchical");
    }

    @Test
    void reportsAllThatDoesNotGoWithIt() throws IOException {
        assertThat(
                        job().set("models[0].loss.ignore=x")
                                .set("models[0].loss.focal-gamma=1")
                                .set("models[0].scores-are=probabilities")
                                .faults())
                .hasSize(3);
    }
}
