package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The image, as far as it can be told without building it: no engine runs where this does. */
class DockerImageTest {

    static final Path FILE = Path.of("docker/Dockerfile");
    static final String USER = "flink";

    private static Dockerfile image;
    private static BuildContext context;

    @TempDir Path directory;

    @BeforeAll
    static void read() throws IOException {
        image = Dockerfile.read(FILE);
        context = BuildContext.read(Path.of(".dockerignore"));
    }

    @Test
    void isTheFlinkAndTheJavaOfTheBuild() {
        assertThat(image.only("FROM").last())
                .isEqualTo(
                        "flink:%s-java%s",
                        BuildVersions.property("flink.version"),
                        BuildVersions.property("maven.compiler.release"));
    }

    @Test
    void copiesTheJarThatTheBuildMakesAndFilesThatAreThere() {
        List<String> sources =
                image.all("COPY").stream().flatMap(copy -> copy.sources().stream()).toList();

        assertThat(sources).contains(BuildVersions.jar()).doesNotHaveDuplicates();
        assertThat(sources)
                .filteredOn(source -> !source.startsWith("target/"))
                .hasSizeGreaterThan(1)
                .allSatisfy(source -> assertThat(Path.of(source)).isRegularFile());
        assertThat(sources).allMatch(context::sends, "is sent");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ".git/config",
                "README.md",
                "src/main/java/io/logitstream/cli/Main.java",
                "target/classes/io/logitstream/cli/Main.class",
                "target/original-logitstream-VERSION.jar",
                "target/cluster/conf/config.yaml",
                "config/kafka/scram.yaml"
            })
    void isMadeOfNothingElse(String file) {
        assertThat(context.sends(file.replace("VERSION", BuildVersions.project()))).isFalse();
    }

    @Test
    void putsThingsWhereFlinkLooksForThem() {
        assertThat(image.placeOf("config/flink/config.yaml"))
                .isEqualTo("/opt/flink/conf/config.yaml");
        assertThat(image.placeOf("config/flink/log4j-console.properties"))
                .isEqualTo("/opt/flink/conf/log4j-console.properties");
        assertThat(image.placeOf(BuildVersions.jar())).matches("/opt/flink/usrlib/[a-z]+\\.jar");
    }

    /** Flink's entry point writes into its configuration, so files must be the user's. */
    @Test
    void isNeverRoot() {
        assertThat(image.only("USER").words()).containsExactly(USER);
        assertThat(image.all("COPY"))
                .allSatisfy(
                        copy -> assertThat(copy.flags()).containsExactly("--chown=flink:flink"));
        List<String> names =
                image.instructions().stream().map(Dockerfile.Instruction::name).toList();
        assertThat(names.indexOf("RUN")).isGreaterThan(names.indexOf("USER"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "COPY a b",
                "FROM flink\nADD a b",
                "FROM flink\ncopy a b",
                "FROM flink\nCOPY a",
                "FROM flink\nRUN a \\\n b",
                "FROM flink\nCOPY [\"a\", \"b\"]",
                "FROM flink\nCOPY $A b",
                "FROM flink AS other"
            })
    void readerRefusesWhatItDoesNotKnow(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("Dockerfile"), text);
        assertThatThrownBy(() -> Dockerfile.read(file))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
