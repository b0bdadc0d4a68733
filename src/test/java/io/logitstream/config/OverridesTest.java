package io.logitstream.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.config.JobFile.Emit;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverridesTest {

    @TempDir private Path directory;

    @Test
    void replacesAndAddsValues() throws Exception {
        JobFile job =
                new JobFixture(directory)
                        .set("name=other")
                        .set("predictions.emit=full")
                        .set("models[0].temperature=2")
                        .set("losses.topic=losses")
                        .read();

        assertThat(job.name()).isEqualTo("other");
        assertThat(job.predictions().emit()).isEqualTo(Emit.FULL);
        assertThat(job.models().get(0).temperature()).isEqualTo(2.0);
        assertThat(job.losses()).isNotNull();
    }

    @Test
    void takesEverythingAfterKafkaAndFlinkAsOneKey() throws Exception {
        JobFile job =
                new JobFixture(directory)
                        .set("kafka.bootstrap.servers=host:1")
                        .set("kafka.max.request.size=50000")
                        .set("flink.execution.checkpointing.interval=10s")
                        .read();

        assertThat(job.kafka().properties())
                .containsEntry("bootstrap.servers", "host:1")
                .containsEntry("max.request.size", "50000");
        assertThat(job.flink()).containsEntry("execution.checkpointing.interval", "10s");
    }

    @Test
    void addsAModelAfterTheLast() throws Exception {
        JobFile job =
                new JobFixture(directory).set("models[1].name=n").set("models[1].classes=7").read();

        assertThat(job.models().get(1).numClasses()).isEqualTo(7);
    }

    @Test
    void letsTheLastOneWinAndKeepsEqualsSigns() throws Exception {
        JobFile job =
                new JobFixture(directory)
                        .set("kafka.client.rack=a")
                        .set("kafka.client.rack=b=c: d")
                        .read();

        assertThat(job.kafka().properties()).containsEntry("client.rack", "b=c: d");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "predictions.emit=all | 1:18: predictions.emit: \"all\" is not one of the values",
                "predictions.emmit=full | 1:13: predictions.emmit: is not a key here; did you mean emit?",
                "predicton.emit=full | 1:1: predicton: is not a key here; did you mean predictions?",
                "models[0].temprature=2 | 1:11: models[0].temprature: is not a key here; did you mean temperature?",
                "models[2].name=x | 1:8: models[2: is beyond the end of the list",
                "models.name=x | 1:1: models.name: is a list",
                "models[0]=x | 1:1: models[0]: is not one value",
                "scores=x | 1:1: scores: is not one value",
                "kafka.=x | 1:1: kafka.: is not one value",
                "name.first=x | 1:5: name.first: is a single value",
                "name[0]=x | 1:5: name[0]: is a single value",
                "scores[0].topic=x | 1:7: scores[0].topic: is a single value",
                "=x | 1:1: override: is not a key here",
                "name | 1:1: override: has no =",
                "kafka.transactional.id=x | 1:7: kafka.transactional.id: is made from name",
                "models[0].classes=0 | 1:19: models[0].classes: \"0\" is too small",
                "name=${ABSENT} | 1:6: name: names the environment variable ABSENT, which is not set",
            })
    void reportsAFaultAtItsPlaceInTheArgument(String override, String fault) {
        assertThat(new JobFixture(directory).set(override).faults())
                .singleElement()
                .asString()
                .startsWith("--set:" + fault);
    }

    @Test
    void countsOverridesFromOneAndReportsThemAfterTheFile() {
        assertThat(
                        new JobFixture(directory)
                                .with("classes: 2", "classes: x")
                                .set("delivery=at-least-once")
                                .set("delivery=never")
                                .set("nonsense=1")
                                .faults())
                .extracting(fault -> fault.substring(0, fault.indexOf(": ")))
                .containsExactly("job.yaml:12:14", "--set:2:10", "--set:3:1");
    }

    @Test
    void saysNothingOfAnOverrideBelowAValueOfTheWrongKind() {
        assertThat(
                        new JobFixture(directory)
                                .with("scores:\n  topic: scores", "scores: none")
                                .set("scores.topic=x")
                                .faults())
                .singleElement()
                .asString()
                .startsWith("job.yaml:4:9: scores: is a single value, not a section");
    }

    @Test
    void checksOverridesOfAFileThatIsNotYaml() {
        assertThat(new JobFixture(directory).yaml("a: [").set("nonsense=1").faults())
                .hasSize(2)
                .last()
                .asString()
                .startsWith("--set:1:1: nonsense");
    }
}
