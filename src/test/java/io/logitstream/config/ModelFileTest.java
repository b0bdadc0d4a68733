package io.logitstream.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.logitstream.record.Fault;
import io.logitstream.record.ModelChange;
import io.logitstream.record.ModelDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models in files of their own, and what is known of them before. */
class ModelFileTest {

    @TempDir private Path directory;

    private JobFile job;
    private ModelDirectory known;

    @BeforeEach
    void readJob() throws Exception {
        job =
                new JobFixture(directory)
                        .with("classes: 2", "classes: 2\n    labels: [a, b]")
                        .set("control.topic=models")
                        .set("losses.topic=losses")
                        .read();
        known = new ModelDirectory(job.models());
    }

    private ModelFile.Sendable read(String yaml) throws Exception {
        Path file = directory.resolve("model.yaml");
        Files.writeString(file, yaml);
        return ModelFile.read(file, job, known);
    }

    private List<String> faults(String yaml) {
        return catchThrowableOfType(JobFileException.class, () -> read(yaml)).faults().stream()
                .map(fault -> fault.toString().replace(directory + "/", ""))
                .toList();
    }

    private @Nullable Fault offer(String name, String value) {
        ModelRecords.Reading reading =
                ModelRecords.of(job).read(name.getBytes(UTF_8), value.getBytes(UTF_8));
        return reading.change() == null ? reading.fault() : known.offer(reading.change());
    }

    private String refusal(String name, String value) {
        return offer(name, value).detail();
    }

    private void accept(String name, String value) {
        assertThat(offer(name, value)).isNull();
    }

    @Test
    void writesWhatIsGivenWithListsInPlaceOfFiles() throws Exception {
        Files.writeString(directory.resolve("names"), "\ufeffcat\r\n1\r\n");
        Files.writeString(directory.resolve("weights"), " .5 \n2e0\n");

        ModelFile.Sendable model =
                read(
                        """
                        name: 7
                        classes: 2
                        labels: names
                        temperature: 3.30e-1
                        loss: { class-weights: weights, focal-gamma: 2 }
                        drift: { reference: [3, 1] }
                        """);

        assertThat(new String(model.value(), UTF_8))
                .isEqualTo(
                        "{\"name\":\"7\",\"version\":1,\"classes\":2,\"labels\":[\"cat\",\"1\"],"
                                + "\"temperature\":3.30e-1,\"loss\":{\"focal-gamma\":2,"
                                + "\"class-weights\":[\".5\",2e0]},\"drift\":{\"reference\":[3,1]}}");
        assertThat(ModelRecords.of(job).read("7".getBytes(UTF_8), model.value()).change())
                .isEqualTo(new ModelChange.Put(model.spec()));
    }

    @Test
    void writesATree() throws Exception {
        Files.writeString(directory.resolve("parents"), "2 0\n2 1\n-1 0\n");
        ModelFile.Sendable model =
                read(
                        "{\"name\":\"t\",\"classes\":2,\"normalizer\":\"hierarchical\",\"tree\":{\"parents\":\"parents\"}}");
        assertThat(new String(model.value(), UTF_8))
                .contains("\"tree\":{\"parents\":[\"2 0\",\"2 1\",\"-1 0\"]}");
        assertThat(ModelRecords.of(job).read("t".getBytes(UTF_8), model.value()).change())
                .hasToString(new ModelChange.Put(model.spec()).toString());
    }

    @Test
    void followsTheLastVersion() throws Exception {
        String model = "{ name: m, classes: 2, labels: [a, b] }";
        assertThat(read(model).spec().version()).isEqualTo(1);
        accept("m", "{\"name\":\"m\",\"version\":7,\"retired\":true}");
        assertThat(read(model).spec().version()).isEqualTo(8);
        assertThat(read(model.replace("}", ", version: 20 }")).spec().version()).isEqualTo(20);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ name: m, classes: 3 } | 1:21: classes: \"3\" is not the 2 of version 0 (allowed: the classes it had, or another name)",
                "{ name: m, classes: 2 } | 1:1: labels: are missing: give the class names of version 0 (allowed: the classes it had, or another name)",
                "{ name: m, classes: 2, labels: [b, a] } | 1:32: labels: are not the class names of version 0 (allowed: the classes it had, or another name)",
                "{ name: r, classes: 2, version: 3 } | 1:33: version: \"3\" is not above 3, the model's last version (allowed: at least 4)",
                "{ name: n, classes: 2, labels: none.txt } | 1:32: labels: names the file \"none.txt\", but there is no such file",
                "[] | 1:1: model file: is a list, not a section",
            })
    void refusesWhatTheJobWould(String model, String fault) {
        accept("r", "{\"name\":\"r\",\"version\":3,\"retired\":true}");
        assertThat(faults(model)).containsExactly("model.yaml:" + fault);
    }

    @Test
    void namesAllFaultsAtOnce() {
        assertThat(faults("name: m\nclasses: 0\ntop-k: 0\nversion: 0\n")).hasSize(3);
    }

    @Test
    void knowsHowEachModelStands() {
        accept("n", "{\"name\":\"n\",\"version\":2,\"classes\":2}");
        accept("n", "{\"name\":\"n\",\"version\":5,\"retired\":true}");
        assertThat(known.all())
                .containsExactly(
                        new ModelDirectory.Standing("m", 0, job.models().get(0), false),
                        new ModelDirectory.Standing("n", 5, known.find("n").spec(), true));
        assertThat(known.find("n").spec().version()).isEqualTo(2);
        assertThat(known.find("o")).isNull();
    }

    @Test
    void keepsTheOldModelWhereAChangeIsRefused() {
        accept("m", "{\"name\":\"m\",\"version\":2,\"classes\":2,\"labels\":[\"a\",\"b\"]}");
        ModelDirectory.Standing before = known.find("m");

        assertThat(refusal("m", "{\"name\":\"m\",\"version\":2,\"retired\":true}"))
                .isEqualTo("version 2 is not above 2, the last of model m");
        assertThat(refusal("m", "{\"name\":\"m\",\"version\":3,\"classes\":3}"))
                .startsWith("version 3 of model m has other classes than version 2");
        assertThat(refusal("m", "{\"name\":\"m\",\"version\":3,\"classes\":2}"))
                .startsWith("version 3 of model m has other classes than version 2");
        assertThat(refusal("m", "{}")).contains("name: is required");
        assertThat(known.find("m")).isEqualTo(before);
    }

    @Test
    void refusesANormalizerWithAnotherLoss() {
        String model = "{\"name\":\"n\",\"version\":%d,\"classes\":2,\"normalizer\":\"%s\"}";
        accept("n", model.formatted(1, "sparsemax"));
        for (String other : List.of("softmax", "entmax15", "sigmoid")) {
            assertThat(refusal("n", model.formatted(2, other)))
                    .startsWith("version 2 of model n has another loss than version 1");
            assertThat(faults("name: n\nclasses: 2\nnormalizer: " + other))
                    .containsExactly(
                            "model.yaml:3:13: normalizer: has another loss than the sparsemax of version 1 (allowed: one with the loss it had, or another name)");
        }
        accept("n", model.formatted(2, "sparsemax"));
    }

    @Test
    void remembersTheClassesOfARetiredModel() {
        accept("m", "{\"name\":\"m\",\"version\":1,\"retired\":true}");
        assertThat(refusal("m", "{\"name\":\"m\",\"version\":2,\"classes\":3}"))
                .contains("has other classes");
        accept("m", "{\"name\":\"m\",\"version\":2,\"classes\":2,\"labels\":[\"a\",\"b\"]}");
    }
}
