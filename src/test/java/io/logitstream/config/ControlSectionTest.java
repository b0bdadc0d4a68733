package io.logitstream.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.config.JobFile.Control;
import io.logitstream.config.JobFile.UnknownModels;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlSectionTest {

    @TempDir private Path directory;

    private JobFixture job(String control) {
        return new JobFixture(directory).yaml(JobFixture.MINIMAL + "control: " + control + "\n");
    }

    @Test
    void isAbsentByDefault() throws Exception {
        assertThat(new JobFixture(directory).read().control()).isNull();
    }

    @Test
    void fillsInDefaults() throws Exception {
        assertThat(job("{ topic: models }").read().control())
                .isEqualTo(new Control("models", UnknownModels.DEAD_LETTER, 30_000, 1_000));
    }

    @Test
    void readsEveryKeyAndDescribesIt() throws Exception {
        JobFile job =
                job("{ topic: models, unknown-models: wait, wait: 2min, max-waiting: 7 }").read();
        assertThat(job.control()).isEqualTo(new Control("models", UnknownModels.WAIT, 120_000, 7));
        assertThat(job.describe())
                .contains(
                        "control:\n  topic: models\n  unknown-models: wait\n  wait: 2min\n"
                                + "  max-waiting: 7\nmodels:");
    }

    /** The softmax model to fit may come later. */
    @Test
    void goesWithCalibrationWhateverTheModelsOfTheFile() {
        String watched = "losses: { topic: losses }\ncalibration: { topic: c, mode: shadow }\n";
        JobFixture job =
                new JobFixture(directory)
                        .yaml(JobFixture.MINIMAL + watched)
                        .set("models[0].normalizer=sigmoid");
        assertThat(job.faults()).singleElement().asString().contains("has no model to fit");
        assertThat(job.set("control.topic=models").faults()).isEmpty();
    }

    @Test
    void letsTheListOfModelsBeLeftOut() throws Exception {
        String noModels = JobFixture.MINIMAL.substring(0, JobFixture.MINIMAL.indexOf("models:"));
        JobFixture job = new JobFixture(directory).yaml(noModels);
        assertThat(job.faults())
                .singleElement()
                .asString()
                .startsWith("job.yaml:1:1: models: is required");
        assertThat(job.set("control.topic=models").read().models()).isEmpty();
    }

    @Test
    void aListThatIsThereHasAModel() {
        assertThat(job("{ topic: models }").with("  - name: m\n    classes: 2", "  []").faults())
                .singleElement()
                .asString()
                .contains("models: is empty");
    }

    @Test
    void doesNotGoWithShards() {
        assertThat(job("{ topic: models }\nshards: {}").faults())
                .singleElement()
                .asString()
                .startsWith("job.yaml:13:1: control: does not go with shards");
    }

    @Test
    void hasATopicOfItsOwn() {
        assertThat(job("{ topic: scores }").faults())
                .singleElement()
                .asString()
                .contains("control.topic: \"scores\" is also the topic of scores");
    }

    @Test
    void letsAnAlertWatchAModelThatIsToCome() throws Exception {
        String alerts =
                "{ topic: models }\nlosses: { topic: losses }\n"
                        + "alerts: { topic: a, rules: [{ name: r, model: n, figure: brier, above: 1 }] }";
        assertThat(job(alerts).read().alerts().rules()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{ topic: models, unknown-models: drop }",
                "{ topic: models, wait: 0s }",
                "{ topic: models, max-waiting: 0 }",
                "{}",
            })
    void refusesWhatItDoesNotKnow(String control) {
        assertThat(job(control).faults()).singleElement().asString().startsWith("job.yaml:13:");
    }
}
