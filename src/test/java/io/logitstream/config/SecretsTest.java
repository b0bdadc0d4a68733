package io.logitstream.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

    private static final String[] SECRETS = {
        "plain-in-the-file",
        "literal-keystore-key",
        "rack-from-environment",
        "content-of-the-secret-file",
        "literal-access-key",
        "endpoint-from-environment"
    };

    @TempDir private Path directory;

    @Test
    void givesTheTrueValuesToWhoAsks() throws Exception {
        JobFile job = readSecrets();

        assertThat(job.kafka().properties())
                .contains(
                        entry("ssl.keystore.key", "literal-keystore-key"),
                        entry("client.rack", "rack-from-environment"),
                        entry("ssl.truststore.location", "content-of-the-secret-file"));
        assertThat(job.flink()).containsEntry("s3.access-key", "literal-access-key");
    }

    @Test
    void neverPrintsASecret() throws Exception {
        JobFile job = readSecrets();

        assertThat(
                        Stream.of(
                                job.toString(),
                                job.describe(),
                                job.kafka().toString(),
                                job.kafka().redacted().toString(),
                                job.kafka().properties().toString(),
                                job.flink().toString()))
                .allSatisfy(text -> assertThat(text).doesNotContain(SECRETS));
    }

    @Test
    void showsWhatIsNoSecret() throws Exception {
        assertThat(readSecrets().describe())
                .contains("security.protocol: SASL_SSL")
                .contains("client.dns.lookup: use_all_dns_ips")
                .contains("parallelism.default: '2'")
                .contains("sasl.jaas.config: '******'")
                .contains("s3.endpoint: '******'")
                .contains("topic: team-scores");
    }

    @Test
    void hidesSecretsOfAJobFileMadeByHand() throws Exception {
        JobFile job = readSecrets();
        JobFile other =
                new JobFile(
                        job.name(),
                        KafkaSettings.of(Map.of("ssl.key.password", "hunter2")),
                        Map.of("s3.secret-key", "hunter2"),
                        job.delivery(),
                        job.scores(),
                        null,
                        job.predictions(),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        job.deadLetters(),
                        null,
                        job.models());

        assertThat(other.describe() + other + other.flink() + other.kafka())
                .contains("******")
                .doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sasl.password: hunter2",
                "sasl.password: *hunter2",
                "sasl.password: !hunter2!hunter2 x",
                "sasl.password: \"\\xhunter2\"",
                "sasl.password: 'hunter2",
                "sasl.password: [hunter2",
                "sasl.password: {a: hunter2",
                "sasl.password: hunter2: hunter2",
                "sasl.password: \"hunter2\\\u0001\"",
                "sasl.password: [hunter2]",
                "sasl.password: !hunter2 hunter2",
                "transaction.timeout.ms: {hunter2: 1}",
            })
    void neverQuotesTheFileInAFault(String line) {
        JobFileException failure =
                new JobFixture(directory)
                        .with("localhost:9092", "localhost:9092\n  " + line)
                        .with("classes: 2", "classes: none")
                        .failure();

        assertThat(failure).isNotNull();
        assertThat(failure.getMessage()).isNotEmpty().doesNotContain("hunter2");
        assertThat(failure.getCause()).isNull();
        assertThat(failure.getSuppressed()).isEmpty();
    }

    @Test
    void neverQuotesAnOverrideWithoutAnEqualsSign() {
        assertThat(new JobFixture(directory).set("kafka.sasl.password:hunter2").failure())
                .hasMessageContaining("has no =")
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void keepsHidingAfterSerialization() throws Exception {
        KafkaSettings settings = readSecrets().kafka();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(settings);
        }
        Object copy =
                new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();

        assertThat(copy).isEqualTo(settings).hasSameHashCodeAs(settings);
        assertThat(copy.toString()).doesNotContain(SECRETS);
    }

    @Test
    void handsOutSettingsThatNobodyCanModify() throws Exception {
        JobFile job = readSecrets();

        for (Map<String, String> map :
                List.of(job.kafka().properties(), job.kafka().redacted(), job.flink())) {
            assertThatThrownBy(() -> map.put("a", "b"))
                    .isInstanceOf(UnsupportedOperationException.class);
            assertThatThrownBy(map::clear).isInstanceOf(UnsupportedOperationException.class);
        }
    }

    private static JobFile readSecrets() throws JobFileException {
        return JobFileReader.read(
                Path.of("src/test/resources/config/secrets.yaml"),
                List.of(),
                Map.of(
                        "JOB_NAME", "secrets",
                        "BROKERS", "broker:9092",
                        "RACK", "rack-from-environment",
                        "S3_ENDPOINT", "endpoint-from-environment",
                        "PREFIX", "team",
                        "CLASSES", "2"));
    }
}
