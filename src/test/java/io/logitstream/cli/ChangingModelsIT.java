package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.logitstream.local.SharedLocal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.JobID;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Models that come, change and go by the commands while recorded rows flow, half of them of a model
 * that the job file does not have, half of those with labels that come by themselves.
 */
@Timeout(240)
class ChangingModelsIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ROWS = 4_000;
    private static final int STEP = 100;
    private static final String NEW = "fashion2";

    @TempDir Path directory;

    private final List<String> rows = new ArrayList<>();
    private final List<String> labels = new ArrayList<>();
    private final AtomicInteger sent = new AtomicInteger();
    private ImageJob job;

    private void makeRows() throws Exception {
        List<String> timed = Recorded.timedFashion(ROWS);
        for (int i = 0; i < ROWS; i++) {
            ObjectNode row = (ObjectNode) JSON.readTree(timed.get(i));
            row.put("model", i % 2 == 0 ? "fashion" : NEW);
            if (i % 4 == 3) {
                ObjectNode label = JSON.createObjectNode();
                label.set("id", row.get("id"));
                label.set("model", row.get("model"));
                label.set("label", row.remove("label"));
                label.put("timestamp", row.get("timestamp").asLong() + 1_000);
                labels.add(label.toString());
            }
            rows.add(row.toString());
        }
    }

    /** Sends rows and labels by and by, never far ahead of the predictions. */
    private void sendAll() {
        try {
            for (int from = 0; from < ROWS; from += STEP) {
                int ahead = from / 2 - 4 * STEP;
                job.awaitPredictionsWritten(Math.max(0, ahead));
                List<ProducerRecord<byte[], byte[]>> records =
                        new ArrayList<>(job.scores(rows.subList(from, from + STEP)));
                for (String label : labels.subList(from / 4, (from + STEP) / 4)) {
                    records.add(
                            new ProducerRecord<>(
                                    job.file().labels().topic(), label.getBytes(UTF_8)));
                }
                job.send(records);
                sent.addAndGet(STEP);
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void awaitSent(int count) {
        await().atMost(PATIENCE).until(() -> sent.get() >= count);
    }

    private void models(String... arguments) {
        List<String> all = new ArrayList<>(List.of("models", arguments[0]));
        all.addAll(List.of("--job", "jobs/late-labels.yaml"));
        all.addAll(
                List.of(
                        "--set",
                        "kafka.bootstrap.servers=" + LOCAL.kafka().bootstrapServers(),
                        "--set",
                        "control.topic=" + job.file().control().topic()));
        all.addAll(List.of(arguments).subList(1, arguments.length));
        CommandRun run = CommandRun.of(all.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    private String spec(String name, String more) throws Exception {
        String yaml =
                "name: %s\nclasses: 10\nlabels: %s\n%s"
                        .formatted(
                                name,
                                Path.of("jobs/recorded/fashion-10.classes.txt").toAbsolutePath(),
                                more);
        return Files.writeString(directory.resolve(name + ".yaml"), yaml).toString();
    }

    /** Returns when each partition is classified with that version. */
    private void awaitVersion(String model, long version) throws Exception {
        for (int probe = 0; ; probe++) {
            String name = "probe-%s-%d-%d".formatted(model, version, probe);
            List<String> probes = new ArrayList<>();
            for (int i = 0; i < ImageJob.PARTITIONS; i++) {
                ObjectNode row = (ObjectNode) JSON.readTree(rows.get(0));
                row.put("model", model).put("id", name + "-" + i).put("label", "Bag");
                probes.add(row.toString());
            }
            job.send(job.scores(probes));
            await().atMost(PATIENCE).until(() -> versions(name).size() == ImageJob.PARTITIONS);
            if (versions(name).stream().allMatch(seen -> seen == version)) {
                return;
            }
        }
    }

    private List<Long> versions(String probe) throws Exception {
        List<Long> versions = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : job.predictionsWritten()) {
            if (new String(record.key(), UTF_8).startsWith(probe + "-")) {
                versions.add(JSON.readTree(record.value()).path("modelVersion").asLong());
            }
        }
        return versions;
    }

    @Test
    void losesNoRowAndScoresEachUnderOneVersion() throws Exception {
        job =
                ImageJob.withLateLabels(
                        LOCAL.kafka(),
                        "changing-models",
                        "control.topic=changing-models-control",
                        "control.unknown-models=wait",
                        "control.wait=2min",
                        "control.max-waiting=10000",
                        "flink.execution.checkpointing.interval=300ms");
        makeRows();
        assertThat(job.graph(2).getStreamNodes())
                .extracting(StreamNode::getTransformationUID)
                .as("part of every savepoint")
                .contains("control-source", "check-models");
        JobID first = LOCAL.flink().submit(job.graph(2));
        LOCAL.flink().awaitRunning(first, PATIENCE);
        CompletableFuture<Void> sending = CompletableFuture.runAsync(this::sendAll);
        awaitSent(500);
        models("put", spec(NEW, "top-k: 3\n"));
        awaitSent(900);
        sendRefused();
        models("put", spec("fashion", "temperature: 2\ntop-k: 1\n"));
        awaitVersion("fashion", 1);
        awaitSent(1_500);
        models("put", spec("fashion", "temperature: 0.5\ntop-k: 2\n"));
        awaitVersion("fashion", 2);
        awaitSent(2_000);
        String savepoint = LOCAL.flink().stopWithSavepoint(first, directory, false);
        int restored = sent.get() + STEP;
        JobID second = LOCAL.flink().submit(job.graph(3, savepoint));
        LOCAL.flink().awaitRunning(second, PATIENCE);
        sending.get(120, TimeUnit.SECONDS);
        job.awaitAllRead(() -> LOCAL.flink().triggerCheckpoint(second));

        models("retire", "fashion");
        List<String> retired = awaitRetired();
        LOCAL.flink().stopWithSavepoint(second, directory, true);

        assertPredictions(restored);
        assertDeadLetters(retired);
        assertLosses();
    }

    /** No model, one with other classes, and one of a version that is not the next. */
    private void sendRefused() throws Exception {
        String topic = job.file().control().topic();
        job.send(
                List.of(
                        new ProducerRecord<>(
                                topic, NEW.getBytes(UTF_8), "{\"name\":".getBytes(UTF_8)),
                        new ProducerRecord<>(
                                topic,
                                NEW.getBytes(UTF_8),
                                ("{\"name\":\"" + NEW + "\",\"version\":9,\"classes\":11}")
                                        .getBytes(UTF_8)),
                        new ProducerRecord<>(
                                topic,
                                NEW.getBytes(UTF_8),
                                ("{\"name\":\"" + NEW + "\",\"version\":1,\"retired\":true}")
                                        .getBytes(UTF_8))));
    }

    /** Sends rows until every partition refuses them; returns the ids of all. */
    private List<String> awaitRetired() throws Exception {
        List<String> ids = new ArrayList<>();
        for (int probe = 0; ; probe++) {
            List<String> lines = new ArrayList<>();
            List<String> now = new ArrayList<>();
            for (int i = 0; i < ImageJob.PARTITIONS; i++) {
                ObjectNode row = (ObjectNode) JSON.readTree(rows.get(0));
                now.add("retired-" + probe + "-" + i);
                row.put("id", now.get(i)).put("label", "Bag");
                lines.add(row.toString());
            }
            ids.addAll(now);
            job.send(job.scores(lines));
            await().atMost(PATIENCE).until(() -> answered(now).size() == ImageJob.PARTITIONS);
            if (answered(now).stream().noneMatch(Boolean::booleanValue)) {
                return ids;
            }
        }
    }

    /** Returns of each of these rows that has an answer whether it is a prediction. */
    private List<Boolean> answered(List<String> ids) throws Exception {
        List<Boolean> answers = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : job.predictionsSoFar()) {
            if (ids.contains(new String(record.key(), UTF_8))) {
                answers.add(true);
            }
        }
        for (ConsumerRecord<byte[], byte[]> record : job.deadLettersSoFar()) {
            if (ids.stream().anyMatch(new String(record.value(), UTF_8)::contains)) {
                answers.add(false);
            }
        }
        return answers;
    }

    private List<String> statically(List<String> command, List<String> lines, String... settings)
            throws Exception {
        List<String> arguments = new ArrayList<>(command);
        arguments.addAll(List.of("--job", "jobs/late-labels.yaml"));
        for (String setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        CommandRun run =
                CommandRun.with(
                        String.join("\n", lines).getBytes(UTF_8), arguments.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.outLines();
    }

    private static final String[] BOTH_MODELS = {
        "models[1].name=" + NEW,
        "models[1].classes=10",
        "models[1].labels=recorded/fashion-10.classes.txt",
        "models[1].top-k=3"
    };

    /** What each row's prediction is under a version of its model, as a file would have it. */
    private Map<String, String> predictionsOf(String... fashion) throws Exception {
        List<String> settings = new ArrayList<>(List.of(BOTH_MODELS));
        settings.addAll(List.of(fashion));
        Map<String, String> expected = new HashMap<>();
        for (String line : statically(List.of("classify"), rows, settings.toArray(String[]::new))) {
            expected.put(JSON.readTree(line).path("id").asText(), line);
        }
        return expected;
    }

    private void assertPredictions(int restored) throws Exception {
        List<Map<String, String>> versions =
                List.of(
                        predictionsOf(),
                        predictionsOf("models[0].temperature=2", "models[0].top-k=1"),
                        predictionsOf("models[0].temperature=0.5", "models[0].top-k=2"));
        Map<String, Long> versionOf = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : job.predictions()) {
            String text = new String(record.value(), UTF_8);
            JsonNode prediction = JSON.readTree(text);
            String id = prediction.path("id").asText();
            long version = prediction.path("modelVersion").asLong();
            if (!id.startsWith("probe-") && !id.startsWith("retired-")) {
                assertThat(versionOf.put(id, version)).as("twice: %s", id).isNull();
                boolean isNew = prediction.path("model").asText().equals(NEW);
                assertThat(text.replaceFirst("\"modelVersion\":[0-9]+,", ""))
                        .isEqualTo(versions.get(isNew ? 0 : (int) version).get(id));
            }
        }
        assertThat(versionOf).hasSize(ROWS);
        assertThat(versionOf.values()).contains(0L, 1L, 2L);
        for (int i = 0; i < ROWS; i++) {
            String id = Recorded.idOf(i);
            if (i % 2 == 1) {
                assertThat(versionOf.get(id)).isEqualTo(1);
            } else if (i >= restored) {
                assertThat(versionOf.get(id)).as("the savepoint has version 2").isEqualTo(2);
            }
        }
    }

    private void assertDeadLetters(List<String> retired) throws Exception {
        Map<String, Integer> reasons = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : job.deadLetters()) {
            JsonNode letter = JSON.readTree(record.value());
            reasons.merge(letter.path("reason").asText(), 1, Integer::sum);
        }
        assertThat(reasons.keySet()).containsExactly("invalid-model", "unknown-model");
        assertThat(reasons).containsEntry("invalid-model", 3);
        long predicted =
                job.predictions().stream()
                        .filter(each -> new String(each.key(), UTF_8).startsWith("retired-"))
                        .count();
        assertThat(reasons).containsEntry("unknown-model", (int) (retired.size() - predicted));
    }

    /** The new model never changed: its windows are those of a job that always had it. */
    private void assertLosses() throws Exception {
        Path file = Files.writeString(directory.resolve("labels"), String.join("\n", labels));
        List<String> ofNew = rows.stream().filter(row -> row.contains(NEW)).toList();
        List<String> expected =
                statically(
                                List.of("evaluate", "--json", "--windows", "--labels", "" + file),
                                ofNew,
                                BOTH_MODELS)
                        .stream()
                        .map(LossTopic::withoutRevision)
                        .filter(line -> line.contains("\"model\":\"" + NEW + "\""))
                        .toList();
        assertThat(expected).hasSizeGreaterThan(100);
        assertThat(
                        job.losses().windows().stream()
                                .filter(line -> line.contains("\"model\":\"" + NEW + "\""))
                                .toList())
                .containsExactlyInAnyOrderElementsOf(expected);
    }
}
