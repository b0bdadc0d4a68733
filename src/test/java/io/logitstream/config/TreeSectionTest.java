package io.logitstream.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tree of a model with a hierarchical softmax. */
class TreeSectionTest {

    @TempDir Path directory;

    private JobFixture job(String more) {
        return new JobFixture(directory)
                .yaml(JobFixture.MINIMAL.replace("classes: 2", "classes: 3") + more)
                .set("models[0].normalizer=hierarchical");
    }

    @Test
    void readsCounts() throws Exception {
        Files.writeString(directory.resolve("counts.txt"), "5\n1\n2\n");
        JobFile job = job("    tree: { counts: counts.txt }\n").read();
        assertThat(job.models().get(0).tree().depth()).isEqualTo(2);
        assertThat(job.models().get(0).numScores()).isEqualTo(2);
        assertThat(job.describe()).contains("tree: tree of depth 2");
    }

    @Test
    void readsParents() throws Exception {
        Files.writeString(directory.resolve("parents.txt"), "3 0\n3 1\n4 0\n4 1\n-1 0\n");
        JobFile job = job("    tree: { parents: parents.txt }\n").read();
        assertThat(job.models().get(0).tree().numClasses()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3 0;3 1;4 0;4 1 | has 4 lines, but 3 classes make 5 nodes",
                "3 0;3 1;4 0;4 1;root | line 5: is not two whole numbers",
                "3 0;3 0;4 0;4 1;-1 0 | is no tree: nodes 0 and 1 are both on side 0 of node 3",
            })
    void refusesParentsThatAreNoTree(String lines, String why) throws IOException {
        Files.writeString(directory.resolve("parents.txt"), lines.replace(';', '\n') + "\n");
        assertThat(job("    tree: { parents: parents.txt }\n").faults())
                .singleElement()
                .asString()
                .contains("parents", why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | needs a section tree",
                "'    tree: {}' | has no tree",
                "'    tree: { counts: counts.txt, parents: counts.txt }' | has both keys",
                "'    tree: { counts: none.txt }' | none.txt",
            })
    void refusesAModelWithoutATree(String section, String why) throws IOException {
        Files.writeString(directory.resolve("counts.txt"), "5\n1\n2\n");
        assertThat(job(section + "\n").faults()).anyMatch(fault -> fault.toString().contains(why));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "models[0].normalizer=softmax | goes only with normalizer hierarchical",
                "models[0].scores-are=probabilities | does not go with normalizer hierarchical",
                "models[0].loss.focal-gamma=2 | does not go with normalizer hierarchical",
                "labels.topic=labels | normalizer: \"hierarchical\" does not go with labels that come by themselves",
                "gradients.topic=gradients | normalizer: \"hierarchical\" does not go with gradients",
            })
    void refusesWhatDoesNotGoWithATree(String override, String why) throws IOException {
        Files.writeString(directory.resolve("counts.txt"), "5\n1\n2\n");
        JobFixture job = job("    tree: { counts: counts.txt }\n").set("losses.topic=losses");
        assertThat(job.set("losses.allowed-lateness=2h").set(override).faults())
                .singleElement()
                .asString()
                .contains(why);
    }
}
