package io.logitstream.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlTreeTest {

    @TempDir private Path directory;

    @Test
    void expandsAliases() throws Exception {
        JobFile job =
                new JobFixture(directory)
                        .with("topic: scores", "topic: &t scores")
                        .set("kafka.x=1")
                        .with(
                                "topic: dead-letters",
                                "topic: dead-letters\nlosses: { topic: other }")
                        .with("classes: 2", "classes: &k 2\n  - name: n\n    classes: *k")
                        .read();

        assertThat(job.models().get(1).numClasses()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: !!binary aGk= | job.yaml:1:7: name: has a YAML tag; a job file has none",
                "name: !mine hi | job.yaml:1:7: name: has a YAML tag; a job file has none",
                "<<: { name: hi } | job.yaml:1:1: job file: has a merge key (<<); write the keys out",
                "[a]: b | job.yaml:1:1: job file: has a key that is not text",
            })
    void refusesWhatAJobFileDoesNotNeed(String line, String fault) {
        assertThat(new JobFixture(directory).with("name: minimal", line).faults()).contains(fault);
    }

    @Test
    void refusesADocumentThatIsNotASection() {
        assertThat(new JobFixture(directory).yaml("\n- a\n").faults())
                .containsExactly("job.yaml:2:1: job file: is a list, not a section");
    }

    @Test
    void refusesASecondDocument() {
        assertThat(new JobFixture(directory).yaml("a: b\n---\nc: d\n").faults())
                .singleElement()
                .asString()
                .startsWith("job.yaml:2:1: YAML: is not valid YAML:");
    }

    @Test
    void placesACharacterThatYamlDoesNotAllow() {
        assertThat(new JobFixture(directory).yaml("name: a\nkafka: \u0001\n").faults())
                .containsExactly("job.yaml:2:8: YAML: has a character that YAML does not allow");
    }

    @Test
    void refusesAnEscapeThatIsNoCharacter() {
        assertThat(new JobFixture(directory).yaml("name: \"\\UFFFFFFFF\"\n").faults())
                .containsExactly(
                        "job.yaml:1:1: YAML: has an escape in quotes that is no character");
    }

    @Test
    void refusesAFileThatIsTooLarge() {
        assertThat(new JobFixture(directory).yaml("# " + "x".repeat(1 << 20)).faults())
                .containsExactly("job.yaml:1:1: job file: is too large (allowed: at most 1 MiB)");
    }

    @Test
    void refusesAFileThatIsNotUtf8() throws Exception {
        Path file = directory.resolve("latin1.yaml");
        Files.write(file, new byte[] {'a', ':', ' ', (byte) 0xe9});

        assertThatThrownBy(() -> JobFileReader.read(file, List.of(), Map.of()))
                .hasMessage(file + ":1:1: job file: it is not valid UTF-8");
    }

    @Test
    void refusesDeepNesting() {
        assertThat(new JobFixture(directory).yaml("[".repeat(10_000)).faults())
                .singleElement()
                .asString()
                .startsWith("job.yaml:1:1: YAML: is too large or too deep");
    }

    @Test
    void refusesAnExplosionOfAliases() {
        StringBuilder yaml = new StringBuilder("a0: &a0 [x, x, x]\n");
        for (int i = 1; i <= 16; i++) {
            yaml.append("a%d: &a%d [*a%d, *a%d, *a%d]\n".formatted(i, i, i - 1, i - 1, i - 1));
        }

        assertThat(new JobFixture(directory).yaml(yaml.toString()).faults())
                .singleElement()
                .asString()
                .startsWith("job.yaml:1:1: YAML: is too large or too deep");
    }

    @Test
    void refusesAnAliasOfItself() {
        assertThat(new JobFixture(directory).yaml("a: &a { b: *a }\n").faults())
                .singleElement()
                .asString()
                .startsWith("job.yaml:1:1: YAML: is too large or too deep");
    }

    @Test
    void showsAStrangeKeyOnOneLine() {
        String key = "\"a\\nb" + "c".repeat(200) + "\"";

        assertThat(new JobFixture(directory).yaml(JobFixture.MINIMAL + key + ": 1\n").faults())
                .singleElement()
                .asString()
                .startsWith("job.yaml:13:1: a\\u000ab" + "c".repeat(77) + "...: is not a key here");
    }
}
