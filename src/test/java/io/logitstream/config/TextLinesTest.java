package io.logitstream.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.record.DriftReference;
import io.logitstream.record.ModelSpec;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists in place of files with one thing a line. */
class TextLinesTest {

    @TempDir private Path directory;

    private JobFixture job(String model) {
        return new JobFixture(directory)
                .with("classes: 2", "classes: 2\n    " + model)
                .set("losses.topic=losses");
    }

    private ModelSpec read(String model) throws Exception {
        return job(model).read().models().get(0);
    }

    @Test
    void readsEachKindOfListAsItsFile() throws Exception {
        assertThat(read("labels: [no, 1.0]").classNames()).containsExactly("no", "1.0");
        assertThat(read("loss: { class-weights: [0.5, 2] }").loss().classWeights())
                .containsExactly(0.5, 2);
        assertThat(read("drift: { reference: [3, 1] }").drift())
                .isEqualTo(new DriftReference(new double[] {0.75, 0.25}, 0));
        String tree = "normalizer: hierarchical\n    tree: ";
        assertThat(read(tree + "{ counts: [3, 1] }").tree().numClasses()).isEqualTo(2);
        assertThat(read(tree + "{ parents: [2 0, 2 1, -1 0] }").tree().numClasses()).isEqualTo(2);
    }

    @Test
    void putsTheEnvironmentIntoItemsAndNeverShowsIt() throws Exception {
        assertThat(
                        job("labels: [\"${A}\", b]")
                                .variable("A", "cat")
                                .read()
                                .models()
                                .get(0)
                                .classNames())
                .containsExactly("cat", "b");
        assertThat(job("loss: { class-weights: [\"${A}\", 1] }").variable("A", "secret").faults())
                .singleElement()
                .asString()
                .startsWith("job.yaml:13:29: models[0].loss.class-weights[0]: \"${A}\" is not a");
        assertThat(job("labels: [\"${A}\", b]").faults())
                .singleElement()
                .asString()
                .contains("models[0].labels[0]: names the environment variable A");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "labels: [a, b, c] | 13:13: models[0].labels: the list has 3 items, but the model has 2 classes",
                "labels: [] | 13:13: models[0].labels: the list has 0 items, but the model has 2 classes",
                "labels: [a, a] | 13:17: models[0].labels[1]: is the same name as models[0].labels[0]",
                "labels: [a, ''] | 13:17: models[0].labels[1]: is empty",
                "labels: [a, null] | 13:17: models[0].labels[1]: is nothing, not a single value",
                "labels: [a, [b]] | 13:17: models[0].labels[1]: is a list, not a single value",
                "labels: { a: b } | 13:13: models[0].labels: is a section, not a path or a list",
                "loss: { class-weights: [1, -2] } | 13:32: models[0].loss.class-weights[1]: \"-2\" is too small",
                "drift: { reference: [0, 0] } | 13:25: models[0].drift.reference: the list has no share above 0",
                "normalizer: hierarchical; tree: { counts: [1] } | 14:21: models[0].tree.counts: the list has 1 items",
                "normalizer: hierarchical; tree: { parents: [2 0, 2, -1 0] } | 14:28: models[0].tree.parents[1]: is not two",
                "normalizer: hierarchical; tree: { parents: [2 0, 2 0, -1 0] } | 14:22: models[0].tree.parents: the list is no tree",
            })
    void placesWhatIsWrongWithAList(String model, String fault) {
        assertThat(job(model.replace("; ", "\n    ")).faults())
                .singleElement()
                .asString()
                .startsWith("job.yaml:" + fault);
    }

    @Test
    void overridesAListWithAPath() throws Exception {
        assertThat(
                        job("labels: [a, b, c]")
                                .file("names", "x\ny\n")
                                .set("models[0].labels=names")
                                .read()
                                .models()
                                .get(0)
                                .classNames())
                .containsExactly("x", "y");
        assertThat(job("labels: [a, b]").set("models[0].labels[0]=c").faults())
                .singleElement()
                .asString()
                .contains("is a single value");
    }
}
