package io.logitstream.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.connector.KafkaJob;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The head and tails of a model with an adaptive softmax. */
class CutoffsKeyTest {

    @TempDir Path directory;

    private JobFixture job(String more) {
        return new JobFixture(directory)
                .yaml(JobFixture.MINIMAL.replace("classes: 2", "classes: 10") + more)
                .set("models[0].normalizer=adaptive");
    }

    @ParameterizedTest
    @ValueSource(strings = {"4, 7", "4,7", "4 ,  7", "'4, 7'"})
    void readsCutoffs(String cutoffs) throws Exception {
        JobFile job = job("    cutoffs: " + cutoffs + "\n").read();
        assertThat(job.models().get(0).clusters()).hasToString("4, 7");
        assertThat(job.models().get(0).numScores()).isEqualTo(12);
        assertThat(KafkaJob.limits(job.models()).maxClasses()).isEqualTo(12);
        assertThat(job.describe()).contains("normalizer: adaptive", "cutoffs: 4, 7");
    }

    @Test
    void readsOneCutoff() throws Exception {
        JobFile job = job("").set("models[0].cutoffs=9").read();
        assertThat(job.models().get(0).clusters().tails()).isOne();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'4; 7' | is not up to 100 whole numbers with commas between them",
                "0, 4 | is not up to 100 whole numbers with commas between them",
                "'4, 7,' | is not up to 100 whole numbers with commas between them",
                "7, 4 | cannot be: tail 0 has no class: it would have those from 7 to 3",
                "4, 4 | cannot be: tail 0 has no class",
                "4, 10 | cannot be: tail 1 has no class: it would have those from 10 to 9",
            })
    void refusesCutoffsThatMakeNoTails(String cutoffs, String why) {
        assertThat(job("    cutoffs: '" + cutoffs + "'\n").faults())
                .singleElement()
                .asString()
                .contains(
                        "models[0].cutoffs",
                        why,
                        "up to 100 ascending whole numbers from 1 to classes - 1");
    }

    @ParameterizedTest
    @ValueSource(ints = {101, 10_000})
    void refusesMoreCutoffsThanAnyoneHas(int cutoffs) {
        String all =
                IntStream.rangeClosed(1, cutoffs)
                        .mapToObj(Integer::toString)
                        .collect(Collectors.joining(","));
        assertThat(job("    cutoffs: '" + all + "'\n").faults())
                .singleElement()
                .asString()
                .contains("is not up to 100 whole numbers");
    }

    @Test
    void refusesAModelWithoutCutoffs() {
        assertThat(job("").faults())
                .singleElement()
                .asString()
                .contains("models[0].normalizer", "needs cutoffs beside it");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "models[0].normalizer=softmax | goes only with normalizer adaptive",
                "models[0].scores-are=probabilities | does not go with normalizer adaptive",
                "models[0].loss.focal-gamma=2 | does not go with normalizer adaptive",
                "models[0].loss.label-smoothing=0.1 | does not go with normalizer adaptive",
                "labels.topic=labels | normalizer: \"adaptive\" does not go with labels that come by themselves",
                "gradients.topic=gradients | normalizer: \"adaptive\" does not go with gradients",
            })
    void refusesWhatDoesNotGoWithTails(String override, String why) {
        JobFixture job = job("    cutoffs: 4, 7\n").set("losses.topic=losses");
        assertThat(job.set("losses.allowed-lateness=2h").set(override).faults())
                .singleElement()
                .asString()
                .contains(why);
    }

    @Test
    void goesWithWeightsAndALabelToIgnore() throws Exception {
        JobFixture job = job("    cutoffs: 4, 7\n").file("weights.txt", "1\n".repeat(10));
        job.set("models[0].loss.class-weights=weights.txt").set("models[0].loss.ignore=3");
        assertThat(job.read().models().get(0).loss().ignore()).isEqualTo("3");
    }
}
