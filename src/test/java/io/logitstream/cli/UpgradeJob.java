package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileReader;
import io.logitstream.connector.BrokerChecks;
import io.logitstream.connector.KafkaJob;
import io.logitstream.local.LocalKafka;
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
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A job of a savepoint fixture, under its name or another one, with its topics. Its records are in
 * files of one JSON object a line: a record to send, or what has to be written before the next one
 * is sent.
 */
final class UpgradeJob {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PARTITIONS = 2;
    private static final String PREFIX = "upgrade-";

    private final Path fixture;
    private final String name;
    private final JobFile file;
    private final LocalKafka kafka;
    private final TopicReader topics;

    /**
     * Creates the topics of a job.
     *
     * @param prefix what its name and its topics start with
     */
    UpgradeJob(LocalKafka kafka, Path fixture, String prefix, Path directory, String... more)
            throws Exception {
        this.fixture = fixture;
        this.kafka = kafka;
        this.topics = new TopicReader(kafka);
        this.name = prefix + fixture.getFileName() + "-";
        String yaml = Files.readString(fixture.resolve("job.yaml")).replace(PREFIX, prefix);
        Path copy = Files.writeString(directory.resolve(name + "job.yaml"), yaml);
        // That of the fixtures is longer than a transaction may be open.
        // And what is kept of a release is one file.
        List<String> overrides =
                new ArrayList<>(
                        List.of(
                                "flink.execution.checkpointing.interval=14min",
                                "flink.execution.checkpointing.data-inline-threshold=1mb"));
        overrides.addAll(List.of(more));
        overrides.add("kafka.bootstrap.servers=" + kafka.bootstrapServers());
        file = JobFileReader.read(copy, overrides, Map.of());
    }

    void createTopics() {
        kafka.createTopic(file.scores().topic(), PARTITIONS, Map.of());
        if (file.labels() != null) {
            kafka.createTopic(file.labels().topic(), PARTITIONS, Map.of());
        }
        assertThat(BrokerChecks.check(file)).isEmpty();
    }

    JobFile file() {
        return file;
    }

    StreamGraph graph(int parallelism, @Nullable String savepoint) {
        StreamExecutionEnvironment env = new StreamExecutionEnvironment();
        env.setParallelism(parallelism);
        StreamGraph graph = KafkaJob.graph(env, file);
        if (savepoint != null) {
            graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint));
        }
        return graph;
    }

    private List<JsonNode> steps(String script) throws IOException {
        Path lines = fixture.resolve(script);
        List<JsonNode> steps = new ArrayList<>();
        for (String line : Files.exists(lines) ? Files.readAllLines(lines) : List.<String>of()) {
            steps.add(JSON.readTree(line));
        }
        return steps;
    }

    /** Sends records, waiting where the script says so. */
    void play(String script) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (JsonNode step : steps(script)) {
                if (step.has("await")) {
                    producer.flush();
                    awaitWritten(step.get("await").asText(), step.get("key").asText());
                } else {
                    producer.send(record(step, step.get("value").toString()));
                }
            }
        }
    }

    /**
     * Sends records without waiting, so that the offsets of a savepoint are those of the topics.
     */
    void refill(String script) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (JsonNode step : steps(script)) {
                if (step.has("to")) {
                    producer.send(record(step, step.get("value").toString()));
                }
            }
        }
    }

    /** Sends as many records that say nothing: what they said must be in the savepoint. */
    void refillWithNothing(String script) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (JsonNode step : steps(script)) {
                producer.send(record(step, "{}"));
            }
        }
    }

    private KafkaProducer<byte[], byte[]> producer() {
        ByteArraySerializer bytes = new ByteArraySerializer();
        return new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka.bootstrapServers()), bytes, bytes);
    }

    /** Kafka's time is that of the first window, so that it is the same in every dead letter. */
    private ProducerRecord<byte[], byte[]> record(JsonNode step, String value) {
        return new ProducerRecord<>(
                name + step.get("to").asText(),
                step.get("partition").asInt(),
                Recorded.START_MILLIS,
                step.get("key").asText().getBytes(UTF_8),
                value.getBytes(UTF_8));
    }

    private void awaitWritten(String output, String key) {
        await("%s of %s".formatted(key, name + output))
                .atMost(PATIENCE)
                .until(
                        () ->
                                topics.written(name + output).stream()
                                        .anyMatch(each -> key(each).equals(key)));
    }

    /** Waits until nothing that was written is pending. */
    void awaitCommitted() {
        topics.drained(file.predictions().topic());
        topics.drained(file.losses().topic());
        topics.drained(file.deadLetters().topic());
    }

    /** Returns the ids of the rows that a script sends. */
    Set<String> ids(String script) throws IOException {
        Set<String> ids = new HashSet<>();
        for (JsonNode step : steps(script)) {
            if (step.path("to").asText().equals("scores")) {
                ids.add(step.get("key").asText());
            }
        }
        return ids;
    }

    /** Returns key and value of all that is committed, sorted; without the name of the job. */
    List<String> output(String output) {
        return topics.drained(name + output).stream().map(this::text).sorted().toList();
    }

    /** Returns the last value of each key. */
    Map<String, String> upserts(String output) {
        Map<String, String> last = new TreeMap<>();
        topics.drained(name + output).forEach(each -> last.put(key(each), text(each)));
        return last;
    }

    private String text(ConsumerRecord<byte[], byte[]> record) {
        return key(record) + " " + new String(record.value(), UTF_8).replace(name, "");
    }

    static String key(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.key(), UTF_8);
    }
}
