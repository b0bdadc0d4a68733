package io.logitstream.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubstitutionTest {

    @TempDir private Path directory;

    @Test
    void putsTheEnvironmentIntoAnyValue() throws Exception {
        JobFile job =
                new JobFixture(directory)
                        .with("topic: scores", "topic: ${TEAM}.${STAGE}-scores")
                        .with("classes: 2", "classes: ${K}")
                        .variable("TEAM", "vision")
                        .variable("STAGE", "live")
                        .variable("K", "9")
                        .read();

        assertThat(job.scores().topic()).isEqualTo("vision.live-scores");
        assertThat(job.models().get(0).numClasses()).isEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource({"pw, pw", "'pw\n', pw", "'pw\r\n', pw", "'pw\n\n', 'pw\n'", "' pw ', ' pw '"})
    void stripsOneLineEndOfAFile(String content, String value) throws Exception {
        JobFile job =
                new JobFixture(directory)
                        .file("secret", content)
                        .set("kafka.sasl.password=${file:secret}")
                        .read();

        assertThat(job.kafka().properties()).containsEntry("sasl.password", value);
    }

    @Test
    void readsAnAbsolutePath(@TempDir Path elsewhere) throws Exception {
        new JobFixture(elsewhere).file("secret", "pw");
        JobFile job =
                new JobFixture(directory)
                        .set("kafka.sasl.password=<${file:" + elsewhere.resolve("secret") + "}>")
                        .read();

        assertThat(job.kafka().properties()).containsEntry("sasl.password", "<pw>");
    }

    @ParameterizedTest
    @CsvSource({"$${X}, ${X}", "a$b$, a$b$", "$$, $$", "$${X}${V}, ${X}v", "${V}$${V}, v${V}"})
    void leavesEscapedAndPlainDollarsAlone(String text, String value) throws Exception {
        JobFile job =
                new JobFixture(directory)
                        .set("kafka.client.rack=" + text)
                        .variable("V", "v")
                        .read();

        assertThat(job.kafka().properties()).containsEntry("client.rack", value);
    }

    @Test
    void doesNotLookAgainAtWhatWasPutIn() throws Exception {
        JobFile job =
                new JobFixture(directory)
                        .set("kafka.client.rack=${A}")
                        .variable("A", "${B}")
                        .variable("B", "b")
                        .read();

        assertThat(job.kafka().properties()).containsEntry("client.rack", "${B}");
    }

    @ParameterizedTest
    @CsvSource({
        "${ABSENT}, 'names the environment variable ABSENT, which is not set'",
        "${file:absent}, 'names the file \"absent\", but there is no such file'",
        "${file:latin1}, 'names the file \"latin1\", but it is not valid UTF-8'",
        "${file:.}, 'names the file \".\", but it can''t be read'",
        "hunter2${, has a ${ without }",
        "${hunter2 hunter2}, has a ${...} that is neither a name nor a file",
        "${}, has a ${...} that is neither a name nor a file",
    })
    void reportsWhatCannotBePutInWithItsPlace(String text, String why) throws Exception {
        JobFixture fixture =
                new JobFixture(directory)
                        .file("latin1", new byte[] {'h', (byte) 0xe9, '2'})
                        .with("localhost:9092", "localhost:9092\n  sasl.password: '" + text + "'");

        assertThat(fixture.faults())
                .singleElement()
                .asString()
                .startsWith("job.yaml:4:18: kafka.sasl.password: " + why)
                .doesNotContain("hunter2");
    }

    @Test
    void showsTheReferenceAndNotTheValueWhereTheValueIsWrong() throws Exception {
        JobFixture fixture =
                new JobFixture(directory)
                        .with("name: minimal", "name: ${file:secret}")
                        .with("classes: 2", "classes: 2\n    labels: ${DIR}/names")
                        .with("topic: predictions", "topic: ${TOPIC}")
                        .with("topic: dead-letters", "topic: ${TOPIC}")
                        .file("secret", "Hunter2")
                        .variable("DIR", "hunter2-dir")
                        .variable("TOPIC", "hunter2-topic");

        assertThat(fixture.faults())
                .hasSize(3)
                .noneMatch(fault -> fault.toLowerCase(Locale.ROOT).contains("hunter2"))
                .anyMatch(fault -> fault.contains("\"${file:secret}\" is not a job name"))
                .anyMatch(fault -> fault.contains("\"${DIR}/names\", but there is no such file"))
                .anyMatch(fault -> fault.contains("\"${TOPIC}\" is also the topic of predictions"));
    }
}
