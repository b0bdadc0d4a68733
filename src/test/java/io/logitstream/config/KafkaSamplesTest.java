package io.logitstream.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The shipped sections kafka, put into a job file. */
class KafkaSamplesTest {

    private static final Path SAMPLES = Path.of("config/kafka");

    @TempDir private Path directory;

    static List<Path> samples() throws IOException {
        try (Stream<Path> files = Files.list(SAMPLES)) {
            return files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void isValidHasOnlyKeysThatKafkaKnowsAndShowsNoSecret(Path sample) throws Exception {
        for (String secret : List.of("password", "keystore-password", "authority.pem")) {
            Files.writeString(directory.resolve(secret), "content of " + secret);
        }
        String job =
                JobFixture.MINIMAL.replaceAll(
                        "(?m)^kafka:\n( .*\n)+",
                        Matcher.quoteReplacement(Files.readString(sample)));
        Path file =
                Files.writeString(
                        directory.resolve("job.yaml"),
                        job.replace("/etc/logitstream/", directory + "/"));

        JobFile read = JobFileReader.read(file, List.of(), Map.of());

        assertThat(read.kafka().properties()).containsKey("bootstrap.servers");
        assertThat(AdminClientConfig.configNames()).containsAll(read.kafka().properties().keySet());
        assertThat(ConsumerConfig.configNames()).containsAll(read.kafka().properties().keySet());
        assertThat(read.describe()).doesNotContain("content of");
    }
}
