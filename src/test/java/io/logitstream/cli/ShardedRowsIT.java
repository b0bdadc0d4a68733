package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.logitstream.Seeds;
import io.logitstream.local.FragileFlink;
import io.logitstream.local.LocalFlink;
import io.logitstream.local.LocalKafka;
import io.logitstream.local.SharedLocal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Recorded rows of 6,625 classes, cut into shards, come together in the real job. */
@Timeout(180)
class ShardedRowsIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    private static final Path JOB = Path.of("src/test/resources/recorded/ocr-6625.yaml");
    private static final Path ROWS = Path.of("src/test/resources/recorded/ocr-6625.jsonl.gz");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int SHARDS = 8;
    private static final long START = 1_732_000_000_000L;

    private static final List<ObjectNode> rows = new ArrayList<>();

    private final Random random = Seeds.random(getClass());

    @TempDir Path savepoints;

    @BeforeAll
    static void readRows() throws IOException {
        for (String line : Recorded.lines(ROWS, Integer.MAX_VALUE)) {
            ObjectNode row = (ObjectNode) JSON.readTree(line);
            rows.add(row.put("timestamp", START + rows.size() * 1_000L));
        }
    }

    private static List<String> wholeLines() {
        return rows.stream().map(JsonNode::toString).toList();
    }

    /** Returns the shards of a row, of unequal length. */
    private static List<String> shards(ObjectNode row) {
        ArrayNode scores = (ArrayNode) row.path("scores");
        List<String> shards = new ArrayList<>();
        int offset = 0;
        for (int index = 0; index < SHARDS; index++) {
            int end = index == SHARDS - 1 ? scores.size() : offset + 700 + 37 * index;
            ObjectNode shard = row.deepCopy();
            ArrayNode part = shard.putArray("scores");
            for (int i = offset; i < end; i++) {
                part.add(scores.get(i));
            }
            shard.putObject("shard")
                    .put("index", index)
                    .put("count", SHARDS)
                    .put("offset", offset)
                    .put("classes", scores.size());
            shards.add(shard.toString());
            offset = end;
        }
        return shards;
    }

    /** Returns all shards in random order, 5 % of them twice. */
    private List<String> shuffledShards() {
        List<String> shards = new ArrayList<>();
        rows.forEach(row -> shards.addAll(shards(row)));
        int once = shards.size();
        for (int i = 0; i < once / 20; i++) {
            shards.add(shards.get(random.nextInt(once)));
        }
        Collections.shuffle(shards, random);
        return shards;
    }

    private static ImageJob job(String name, String... more) throws Exception {
        return new ImageJob(LOCAL.kafka(), JOB, name, more);
    }

    private void send(ImageJob job, Collection<String> shards) throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        shards.forEach(shard -> records.add(job.score(random.nextInt(ImageJob.PARTITIONS), shard)));
        job.send(records);
    }

    private void run(ImageJob job, int parallelism, Collection<String> shards) throws Exception {
        send(job, shards);
        LocalFlink flink = LOCAL.flink();
        JobID id = flink.submit(job.graph(parallelism));
        flink.awaitRunning(id, PATIENCE);
        job.awaitAllRead(() -> flink.triggerCheckpoint(id));
        flink.stopWithSavepoint(id, savepoints, true);
    }

    private static Map<String, String> byKey(List<String> predictions) throws IOException {
        Map<String, String> byKey = new TreeMap<>();
        for (String prediction : predictions) {
            JsonNode json = JSON.readTree(prediction);
            JsonNode shard = json.path("shard");
            String key = json.path("id").asText() + shard.path("index").asText();
            assertThat(byKey.put(key, prediction)).as("twice: " + key).isNull();
        }
        return byKey;
    }

    private static List<String> texts(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream().map(record -> new String(record.value(), UTF_8)).toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void givesThePredictionsOfTheWholeRows(int parallelism) throws Exception {
        ImageJob job = job("shards-" + parallelism);
        List<String> shards = shuffledShards();
        run(job, parallelism, shards);

        Map<String, String> merged = byKey(texts(job.predictions()));
        assertThat(job.deadLetters()).isEmpty();
        assertThat(merged).isEqualTo(byKey(job.classify(shards, 0)));
        Map<String, String> whole = byKey(job.classify(wholeLines(), 0));
        assertThat(merged).hasSameSizeAs(rows).hasSameSizeAs(whole);
        for (String id : whole.keySet()) {
            assertAlike(JSON.readTree(merged.get(id)), JSON.readTree(whole.get(id)));
        }
        job.assertLossesEqualEvaluate(shards, 0);
    }

    private static void assertAlike(JsonNode merged, JsonNode whole) {
        assertThat(merged.path("topK")).hasSameSizeAs(whole.path("topK"));
        for (int rank = 0; rank < whole.path("topK").size(); rank++) {
            JsonNode one = merged.path("topK").path(rank);
            JsonNode other = whole.path("topK").path(rank);
            assertThat(one.path("class")).isEqualTo(other.path("class"));
            assertThat(one.path("score")).isEqualTo(other.path("score"));
            assertThat(one.path("probability").asDouble())
                    .isCloseTo(other.path("probability").asDouble(), within(1e-6));
        }
        assertThat(merged.path("logSumExp").asDouble())
                .isCloseTo(whole.path("logSumExp").asDouble(), within(1e-6));
        assertThat(merged.path("timestamp")).isEqualTo(whole.path("timestamp"));
        assertThat(merged.has("exact")).isFalse();
    }

    @Test
    void sendsEachShardOfTheDistributionAcrossASavepoint() throws Exception {
        ImageJob job = job("shards-full", "predictions.emit=full", "delivery=exactly-once");
        List<String> shards = shuffledShards();
        LocalFlink flink = LOCAL.flink();
        JobID stopped = flink.submit(job.graph(2));
        flink.awaitRunning(stopped, PATIENCE);
        send(job, shards.subList(0, shards.size() / 2));
        job.awaitAllRead(() -> flink.triggerCheckpoint(stopped));
        String savepoint = flink.stopWithSavepoint(stopped, savepoints, false);
        int before = job.predictions().size();
        assertThat(before).as("most rows are incomplete").isLessThan(rows.size());
        JobID continued = flink.submit(job.graph(3, savepoint));
        send(job, shards.subList(shards.size() / 2, shards.size()));
        flink.awaitRunning(continued, PATIENCE);
        job.awaitAllRead(() -> flink.triggerCheckpoint(continued));
        flink.stopWithSavepoint(continued, savepoints, true);

        Map<String, String> all = byKey(texts(job.predictions()));
        assertThat(job.deadLetters()).isEmpty();
        assertThat(all)
                .hasSize(rows.size() * (1 + SHARDS))
                .isEqualTo(byKey(job.classify(shards, 0)));
        Map<String, String> whole = byKey(job.classify(wholeLines(), 0));
        for (ObjectNode row : rows) {
            String id = row.path("id").asText();
            List<Double> distribution = new ArrayList<>();
            for (int index = 0; index < SHARDS; index++) {
                JsonNode part = JSON.readTree(all.get(id + index));
                assertThat(part.path("shard").path("offset").asInt())
                        .isEqualTo(distribution.size());
                part.path("probabilities").forEach(p -> distribution.add(p.asDouble()));
            }
            JsonNode expected = JSON.readTree(whole.get(id)).path("probabilities");
            assertThat(distribution).hasSameSizeAs(expected);
            for (int i = 0; i < distribution.size(); i++) {
                assertThat(distribution.get(i)).isCloseTo(expected.get(i).asDouble(), within(1e-6));
            }
        }
        job.assertLossesEqualEvaluate(shards, 0);
    }

    @Test
    void joinsLabelsToRowsInShardsWhenATaskManagerDies() throws Exception {
        ImageJob job =
                job(
                        "shards-labels",
                        "labels.topic=shards-labels-labels",
                        "labels.wait=10min",
                        "labels.out-of-orderness=1h",
                        "labels.idle-after=1h",
                        "delivery=exactly-once");
        List<String> labels = new ArrayList<>();
        List<String> shards = new ArrayList<>();
        for (ObjectNode row : rows) {
            ObjectNode unlabelled = row.deepCopy();
            ObjectNode label = JSON.createObjectNode();
            label.set("id", row.path("id"));
            label.set("label", unlabelled.remove("label"));
            // Every other label was given before its score.
            long delay = labels.size() % 2 == 0 ? 9_000 : -9_000;
            labels.add(label.put("timestamp", row.path("timestamp").asLong() + delay).toString());
            shards.addAll(shards(unlabelled));
        }
        Collections.shuffle(shards, random);
        Collections.shuffle(labels, random);
        try (FragileFlink flink = FragileFlink.start(2)) {
            JobID id = flink.submit(job.graph(2));
            send(job, shards.subList(0, 300));
            job.awaitAllRead(() -> flink.checkpoint(id));
            send(job, shards.subList(300, 600));
            List<ProducerRecord<byte[], byte[]>> given = new ArrayList<>();
            labels.forEach(
                    label ->
                            given.add(
                                    new ProducerRecord<>(
                                            job.file().labels().topic(), label.getBytes(UTF_8))));
            job.send(given);
            flink.killOneAndReplaceIt(id);
            send(job, shards.subList(600, shards.size()));
            job.awaitAllRead(() -> flink.checkpoint(id));
            assertThat(flink.attempt(id)).isPositive();
            flink.drain(id, savepoints);
        }

        assertThat(byKey(texts(job.predictions()))).isEqualTo(byKey(job.classify(shards, 0)));
        assertThat(job.deadLetters()).isEmpty();
        Path file = Files.write(savepoints.resolve("labels.jsonl"), labels);
        job.assertLossesEqualEvaluate(shards, 0, "--labels", "" + file);
        assertThat(job.losses().windows())
                .allMatch(window -> window.contains("\"expired\":0"))
                .allMatch(window -> window.contains("\"coverage\":1.0"));
    }

    @Test
    void waitsForABrokerThatIsGoneWhileRowsAreIncomplete() throws Exception {
        List<String> shards = shuffledShards();
        try (LocalKafka kafka = LocalKafka.start()) {
            ImageJob job =
                    new ImageJob(
                            kafka,
                            JOB,
                            "shards-outage",
                            "delivery=exactly-once",
                            "flink.execution.checkpointing.interval=1s",
                            "kafka.reconnect.backoff.max.ms=500");
            LocalFlink flink = LOCAL.flink();
            JobID id = flink.submit(job.graph(2));
            flink.awaitRunning(id, PATIENCE);
            send(job, shards.subList(0, shards.size() / 2));
            job.awaitAllRead(() -> flink.triggerCheckpoint(id));
            kafka.stopBroker();
            await().during(Duration.ofSeconds(3))
                    .atMost(PATIENCE)
                    .until(() -> !flink.status(id).isGloballyTerminalState());
            kafka.startBroker();
            send(job, shards.subList(shards.size() / 2, shards.size()));
            flink.awaitRunning(id, PATIENCE);
            job.awaitAllRead(() -> "checkpoints go on by themselves");
            flink.stopWithSavepoint(id, savepoints, true);

            assertThat(byKey(texts(job.predictions()))).isEqualTo(byKey(job.classify(shards, 0)));
            assertThat(job.deadLetters()).isEmpty();
            job.assertLossesEqualEvaluate(shards, 0);
        }
    }

    @Test
    void accountsForShardsThatDoNotFitOrDoNotCome() throws Exception {
        List<String> input = new ArrayList<>();
        for (ObjectNode row : rows.subList(0, 3)) {
            input.addAll(shards(row));
        }
        String lost = input.remove(13);
        input.add(input.get(3).replaceFirst("\"scores\":\\[[^,]+,", "\"scores\":[-1,"));
        input.add(input.get(4).replace("\"count\":8", "\"count\":16"));
        Collections.shuffle(input, random);
        // The original comes first: of two that contradict each other, the first to come counts.
        String original = shards(rows.get(0)).get(3);
        input.remove(original);
        input.add(0, original);
        input.remove(shards(rows.get(0)).get(4));
        input.add(1, shards(rows.get(0)).get(4));
        ImageJob job = job("shards-missing");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        input.forEach(shard -> records.add(job.score(0, shard)));
        job.send(records);
        LocalFlink flink = LOCAL.flink();
        JobID id = flink.submit(job.graph(2));
        flink.awaitRunning(id, PATIENCE);
        job.awaitAllRead(() -> flink.triggerCheckpoint(id));
        flink.stopWithSavepoint(id, savepoints, true);

        assertThat(job.predictions()).hasSize(2);
        List<String> letters = texts(job.deadLetters());
        assertThat(letters).hasSize(3);
        assertThat(letters)
                .filteredOn(letter -> letter.contains("\"reason\":\"invalid-shard\""))
                .hasSize(2)
                .anyMatch(letter -> letter.contains("shard 3 of 8 of this row came before"))
                .anyMatch(letter -> letter.contains("shard 4 of 16, but its row has 8 shards"));
        String missing = "1 shard of 8 did not come within 600000 ms: %s\"";
        String index = JSON.readTree(lost).path("shard").path("index").asText();
        assertThat(letters)
                .filteredOn(letter -> letter.contains("\"reason\":\"missing-shards\""))
                .singleElement()
                .satisfies(letter -> assertThat(letter).contains(missing.formatted(index)));
        job.assertLossesEqualEvaluate(input, 3);
    }
}
