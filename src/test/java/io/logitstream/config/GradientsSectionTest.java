package io.logitstream.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.record.GradientClasses;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GradientsSectionTest {

    private static final String GRADIENTS = "gradients: { topic: gradients }\n";

    @TempDir Path directory;

    private JobFixture job(String more) {
        return new JobFixture(directory).yaml(JobFixture.MINIMAL + more);
    }

    @Test
    void isAbsentUnlessAskedFor() throws Exception {
        assertThat(job("").read().gradients()).isNull();
        assertThat(job("").read().describe()).doesNotContain("gradients");
    }

    @Test
    void isOfAllClassesUnlessAskedForSomeAndNeedsNoLosses() throws Exception {
        JobFile job = job(GRADIENTS).read();
        assertThat(job.gradients())
                .isEqualTo(new JobFile.Gradients("gradients", GradientClasses.FULL));
        assertThat(job.losses()).isNull();
        assertThat(job.describe()).contains("gradients:\n  topic: gradients\n  classes: full\n");
    }

    @ParameterizedTest
    @CsvSource({"full, 0", "top(1), 1", "top(32), 32", "top(128), 128"})
    void readsOfWhichClasses(String text, int best) throws Exception {
        JobFile job = job(GRADIENTS).set("gradients.classes=" + text).read();
        assertThat(job.gradients().classes()).isEqualTo(new GradientClasses(best));
        assertThat(job.describe()).contains("classes: " + text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"top(0)", "top(129)", "top(01)", "top", "all", "32"})
    void refusesOtherClasses(String text) {
        assertThat(job(GRADIENTS).set("gradients.classes=" + text).faults())
                .singleElement()
                .asString()
                .contains("is not a choice of classes")
                .contains("full, or top(M) with M from 1 to 128");
    }

    @Test
    void needsATopicOfItsOwn() {
        assertThat(job("gradients: { topic: predictions }\n").faults())
                .containsExactly(
                        "job.yaml:13:21: gradients.topic: \"predictions\" is also the topic of predictions (allowed: a topic of its own)");
        assertThat(job("gradients: {}\n").faults())
                .singleElement()
                .asString()
                .contains("job.yaml:13:1: gradients.topic");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sparsemax", "entmax15", "softmax"})
    void goesWithWhatHasASoftmaxLikeLoss(String normalizer) {
        assertThat(job(GRADIENTS).set("models[0].normalizer=" + normalizer).faults()).isEmpty();
    }

    @Test
    void namesTheModelWhoseLossHasNoGradientHere() {
        assertThat(job(GRADIENTS).set("models[0].normalizer=sigmoid").faults())
                .singleElement()
                .asString()
                .contains("models[0].normalizer: \"sigmoid\" does not go with gradients");
    }
}
