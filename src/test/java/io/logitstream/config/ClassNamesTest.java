package io.logitstream.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassNamesTest {

    private static final String ALLOWED =
            " (allowed: as many lines as classes, none empty, no two alike)";

    @TempDir private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"cat\ndog\n", "cat\ndog", "cat\r\ndog\r\n", "\ufeffcat\ndog\n"})
    void readsOneNameALine(String content) throws Exception {
        assertThat(withLabels(2, content).read().models().get(0).classNames())
                .containsExactly("cat", "dog");
    }

    @Test
    void doesNotTrimNames() throws Exception {
        assertThat(
                        withLabels(5, "\u3000\n \n a \n\u0085\nb\rc\n")
                                .read()
                                .models()
                                .get(0)
                                .classNames())
                .containsExactly("\u3000", " ", " a ", "\u0085", "b\rc");
    }

    @Test
    void reportsEmptyAndRepeatedNamesAtTheirLines() throws Exception {
        assertThat(withLabels(5, "cat\n\ndog\ncat\n\n").faults())
                .containsExactly(
                        "names:2:1: line 2: is empty" + ALLOWED,
                        "names:4:1: line 4: is the same name as line 1" + ALLOWED,
                        "names:5:1: line 5: is empty" + ALLOWED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cat\n", "cat\ndog\nrat\n", ""})
    void reportsACountThatIsNotTheNumberOfClasses(String content) throws Exception {
        assertThat(withLabels(2, content).faults())
                .containsExactly(
                        "job.yaml:13:13: models[0].labels: \"names\" has "
                                + content.lines().count()
                                + " lines, but the model has 2 classes"
                                + ALLOWED);
    }

    @Test
    void checksTheLinesEvenIfTheNumberOfClassesIsWrong() throws Exception {
        assertThat(withLabels(0, "cat\ncat\n").faults())
                .hasSize(2)
                .last()
                .asString()
                .startsWith("names:2:1: line 2");
    }

    @Test
    void reportsAtMostTwentyLines() throws Exception {
        assertThat(withLabels(100, "\n".repeat(100)).faults()).hasSize(20);
    }

    @Test
    void reportsAFileThatIsNotThere() throws Exception {
        assertThat(withLabels(2, "a\nb\n").with("labels: names", "labels: nouns").faults())
                .containsExactly(
                        "job.yaml:13:13: models[0].labels: names the file \"nouns\", but there is no"
                                + " such file");
    }

    @Test
    void reportsAFileThatIsNotUtf8() throws Exception {
        assertThat(withLabels(2, "").file("names", new byte[] {'a', '\n', (byte) 0xe9}).faults())
                .containsExactly(
                        "job.yaml:13:13: models[0].labels: names the file \"names\", but it is not"
                                + " valid UTF-8");
    }

    private JobFixture withLabels(int numClasses, String content) throws Exception {
        return new JobFixture(directory)
                .with("classes: 2", "classes: " + numClasses + "\n    labels: names")
                .file("names", content);
    }
}
