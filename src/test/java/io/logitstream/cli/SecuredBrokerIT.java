package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.logitstream.config.JobFile;
import io.logitstream.connector.BrokerChecks;
import io.logitstream.connector.KafkaJob;
import io.logitstream.local.Certificates;
import io.logitstream.local.LocalFlink;
import io.logitstream.local.SecuredKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The shipped sections kafka and the shipped rights, at a broker that lets nobody do more: what is
 * documented suffices, whatever is taken away is named, and no secret is seen anywhere.
 */
@Timeout(180)
class SecuredBrokerIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ROWS = 400;
    private static final int PARTITIONS = 2;
    private static final String JOB_USER = "logitstream";
    private static final Pattern LABEL = Pattern.compile(",\"label\":\"([^\"]+)\"");

    private static final String ORPHAN =
            "{\"id\":\"ghost\",\"model\":\"fashion\",\"label\":\"Bag\",\"timestamp\":%d}"
                    .formatted(Recorded.START_MILLIS);

    private static final String PASSWORD = "scram-Zq7w";
    private static final String STORE_PASSWORD = "store-Xk9v";
    private static final String S3_SECRET = "objects-Bn4t";
    private static final String[] SECRETS = {PASSWORD, STORE_PASSWORD, S3_SECRET};

    @TempDir static Path directory;
    @TempDir Path savepoints;

    private static SecuredKafka broker;

    @BeforeAll
    static void startBroker() throws Exception {
        Certificates certificates = Certificates.create(directory, STORE_PASSWORD);
        certificates.add("broker");
        broker = SecuredKafka.start(certificates);
        certificates.add(JOB_USER);
        for (String user : List.of(JOB_USER, "model", "operator", "reader")) {
            broker.addUser(user, PASSWORD);
        }
        Files.writeString(directory.resolve("password"), PASSWORD + "\n");
        Files.writeString(directory.resolve("keystore-password"), STORE_PASSWORD + "\n");
        Files.writeString(directory.resolve("s3-secret"), S3_SECRET);
        for (String topic : topics()) {
            boolean isControl = topic.equals("late-models");
            broker.kafka()
                    .createTopic(
                            topic,
                            isControl ? 1 : PARTITIONS,
                            isControl ? Map.of("cleanup.policy", "compact") : Map.of());
        }
        broker.allow(DocumentedRights.all());
    }

    @AfterAll
    static void stopBroker() {
        if (broker != null) {
            broker.close();
        }
    }

    private static Set<String> topics() throws Exception {
        Set<String> topics = new HashSet<>();
        for (AclBinding acl : DocumentedRights.all()) {
            if (acl.pattern().resourceType().name().equals("TOPIC")) {
                topics.add(acl.pattern().name());
            }
        }
        return topics;
    }

    private static SecuredJob job(String sample, String user) throws Exception {
        String address = sample.equals("tls") ? broker.tlsAddress() : broker.scramAddress();
        return SecuredJob.write(sample, address, user, directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"scram", "tls"})
    void theDocumentedRightsSufficeAndNoSecretIsSeen(String sample) throws Exception {
        SecuredJob secured = job(sample, JOB_USER);
        JobFile job = secured.file("flink.s3.secret-key=${file:s3-secret}");
        Map<String, String> seen = new TreeMap<>();
        try (CapturedLog log = new CapturedLog()) {
            assertThat(BrokerChecks.check(job)).isEmpty();
            CommandRun put = put(sample);
            assertThat(put.exitCode()).as(put.err()).isZero();
            send(sample);
            seen.putAll(run(sample, job));
            seen.put("log", log.text());
        }
        CommandRun validated = secured.validate();
        assertThat(validated.exitCode()).as(validated.err()).isZero();
        seen.put("validate", validated.out() + validated.err());
        assertThat(readAsReader(sample)).isEqualTo(ROWS);

        assertThat(seen.get("log"))
                .contains("security.protocol = " + (sample.equals("tls") ? "SSL" : "SASL_SSL"))
                .contains("= [hidden]");
        assertThat(seen.get("validate")).contains("'******'");
        assertThat(seen).hasSizeGreaterThan(40);
        seen.forEach((where, text) -> assertThat(text).as(where).doesNotContain(SECRETS));
    }

    /** Runs the job until it has written everything, and returns all it has shown meanwhile. */
    private Map<String, String> run(String prefix, JobFile job) throws Exception {
        Map<String, String> seen = new TreeMap<>();
        TopicReader topics = new TopicReader(broker.kafka());
        int lettersBefore = topics.committed("late-dead-letters").size();
        try (LocalFlink flink = LocalFlink.start(1, 2, Configuration.fromMap(job.flink()))) {
            StreamExecutionEnvironment env = new StreamExecutionEnvironment();
            env.setParallelism(2);
            JobID id = flink.submit(KafkaJob.graph(env, job));
            flink.awaitRunning(id, PATIENCE);
            await().atMost(PATIENCE)
                    .until(() -> idsIn(topics.committed("late-predictions"), prefix) == ROWS);
            seen.putAll(WebPages.of(flink.webUi(), id));
            flink.stopWithSavepoint(id, savepoints, true);
        }
        for (String topic : topics()) {
            List<ConsumerRecord<byte[], byte[]>> records = topics.drained(topic);
            assertThat(records).as(topic).isNotEmpty();
            seen.put("topic " + topic, text(records));
        }
        assertThat(topics.committed("late-dead-letters")).hasSizeGreaterThan(lettersBefore);
        try (Stream<Path> files = Files.walk(savepoints)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                seen.put("savepoint " + file, new String(Files.readAllBytes(file), UTF_8));
            }
        }
        return seen;
    }

    private static String text(List<ConsumerRecord<byte[], byte[]>> records) {
        StringBuilder text = new StringBuilder();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            text.append(new String(record.value(), UTF_8)).append('\n');
            record.headers().forEach(header -> text.append(new String(header.value(), UTF_8)));
        }
        return text.toString();
    }

    private static long idsIn(List<ConsumerRecord<byte[], byte[]>> predictions, String prefix) {
        return predictions.stream()
                .map(record -> new String(record.key(), UTF_8))
                .filter(id -> id.startsWith(prefix))
                .distinct()
                .count();
    }

    private static CommandRun put(String model) throws Exception {
        Path spec = directory.resolve(model + "-pets.yaml");
        Files.writeString(spec, "{ name: pets-" + model + ", classes: 2 }");
        return job("scram", "operator").command(List.of("models", "put"), spec.toString());
    }

    private static void sendTo(String topic) throws Exception {
        ByteArraySerializer bytes = new ByteArraySerializer();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(job("scram", "model").clients(), bytes, bytes)) {
            producer.send(record(topic, "nothing")).get();
        }
    }

    /** Sends rows, of which the first has its label and one can't be read, and labels. */
    private static void send(String sample) throws Exception {
        ByteArraySerializer bytes = new ByteArraySerializer();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(job("scram", "model").clients(), bytes, bytes)) {
            List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
            List<String> rows = Recorded.timedFashion(ROWS);
            records.add(record("late-scores", withId(rows.remove(0), sample)));
            for (String row : rows) {
                String renamed = withId(row, sample);
                Matcher label = LABEL.matcher(renamed);
                assertThat(label.find()).isTrue();
                records.add(record("late-scores", label.replaceFirst("")));
                records.add(record("late-labels", labelOf(renamed, label.group(1))));
            }
            records.add(record("late-scores", "no row"));
            records.add(record("late-labels", ORPHAN));
            for (ProducerRecord<byte[], byte[]> record : records) {
                producer.send(record);
            }
            producer.flush();
        }
    }

    private static String withId(String row, String prefix) {
        return row.replace("\"id\":\"", "\"id\":\"" + prefix + "-");
    }

    private static String labelOf(String row, String label) {
        return "{\"id\":%s,\"model\":\"fashion\",\"label\":\"%s\",\"timestamp\":%s}"
                .formatted(
                        row.replaceAll(".*\"id\":(\"[^\"]+\").*", "$1"),
                        label,
                        row.replaceAll(".*\"timestamp\":([0-9]+).*", "$1"));
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, String json) {
        return new ProducerRecord<>(topic, json.getBytes(UTF_8));
    }

    private static long readAsReader(String sample) throws Exception {
        Map<String, Object> clients = job("scram", "reader").clients();
        clients.put("group.id", "prediction-readers");
        clients.put("isolation.level", "read_committed");
        clients.put("auto.offset.reset", "earliest");
        List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
        ByteArrayDeserializer bytes = new ByteArrayDeserializer();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(clients, bytes, bytes)) {
            consumer.subscribe(List.of("late-predictions"));
            await().atMost(PATIENCE)
                    .until(
                            () -> {
                                consumer.poll(Duration.ofMillis(200)).forEach(read::add);
                                return idsIn(read, sample) >= ROWS;
                            });
            consumer.commitSync();
        }
        return idsIn(read, sample);
    }

    /** The messages are the broker's or the command's own. */
    @Test
    void nobodyElseCanDoWithLess() throws Exception {
        for (String user : List.of("operator", "model", "reader")) {
            for (AclBinding right : DocumentedRights.of(user)) {
                broker.forbid(right);
                try {
                    assertThatThrownBy(() -> act(user, right.pattern().name()))
                            .as(right.toString())
                            .hasMessageContaining(right.pattern().name());
                } finally {
                    broker.allow(List.of(right));
                }
            }
        }
    }

    private static void act(String user, String resource) throws Exception {
        switch (user) {
            case "operator" -> {
                CommandRun put = put("less");
                if (put.exitCode() != 0) {
                    assertThat(put.exitCode()).isEqualTo(2);
                    throw new IOException(put.err());
                }
            }
            case "model" -> sendTo(resource);
            default -> readAsReader("nobody-");
        }
    }

    @Test
    void saysWhatIsWrongWithTheSettingsWithoutShowingThem() throws Exception {
        SecuredJob scram = job("scram", JOB_USER);
        Certificates others =
                Certificates.create(
                        Files.createDirectory(directory.resolve("others")), STORE_PASSWORD);
        String jaas =
                "kafka.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username=\"logitstream\" password=\"%s\";";

        Map<String, List<String>> faults = new TreeMap<>();
        faults.put("does not let this user in", check(scram, jaas.formatted("wrong-Pt3c")));
        faults.put(
                "kafka.sasl.jaas.config: is no JAAS entry",
                check(scram, jaas.formatted("one\"two-Pt3c")));
        faults.put(
                "no TLS with ",
                check(
                        scram,
                        "kafka.ssl.truststore.certificates="
                                + Files.readString(others.authority())));
        faults.put(
                "is not that of its store",
                check(job("tls", JOB_USER), "kafka.ssl.keystore.password=wrong-Pt3c"));

        faults.forEach(
                (expected, said) ->
                        assertThat(said)
                                .singleElement()
                                .asString()
                                .contains(expected)
                                .doesNotContain("Pt3c")
                                .doesNotContain(SECRETS));
    }

    private static List<String> check(SecuredJob job, String override) throws Exception {
        return BrokerChecks.check(job.file(override));
    }

    @Test
    void doesNotStartWithARightTooFew() throws Exception {
        AclBinding right = DocumentedRights.of(JOB_USER).get(0);
        broker.forbid(right);
        CommandRun run = job("scram", JOB_USER).command(List.of("run", "--local"));
        broker.allow(List.of(right));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains("scores.topic: this user may not read topic 'late-scores'")
                .doesNotContain(SECRETS);
    }

    @Test
    void namesEachRightThatIsTakenAway() throws Exception {
        JobFile job = job("scram", JOB_USER).file();
        List<AclBinding> rights = DocumentedRights.of(JOB_USER);
        assertThat(rights).hasSize(13);
        for (AclBinding right : rights) {
            broker.forbid(right);
            List<String> faults = BrokerChecks.check(job);
            broker.allow(List.of(right));
            assertThat(faults).as(right.toString()).hasSize(1);
            assertThat(faults.get(0)).contains("this user may not").contains(howTo(right));
        }
        assertThat(BrokerChecks.check(job)).isEmpty();
    }

    private static String howTo(AclBinding right) {
        String operation = right.entry().operation() == AclOperation.READ ? "Read" : "Write";
        String kind =
                right.pattern()
                        .resourceType()
                        .name()
                        .toLowerCase(java.util.Locale.ROOT)
                        .replace('_', '-');
        boolean isPrefix = right.pattern().patternType() == PatternType.PREFIXED;
        return "--operation %s --%s %s%s)"
                .formatted(
                        operation,
                        kind,
                        right.pattern().name(),
                        isPrefix ? " --resource-pattern-type prefixed" : "");
    }
}
