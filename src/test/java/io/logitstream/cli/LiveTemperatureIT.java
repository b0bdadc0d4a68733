package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.logitstream.local.FragileFlink;
import io.logitstream.local.SharedLocal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The temperature that a job fits to the language model and applies while it runs. Each window has
 * all recorded rows, so the best temperature of each is that of the recordings.
 */
@Timeout(240)
class LiveTemperatureIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long WINDOW = 10_000;

    /** A window of its own for rows that only ask for the temperature. */
    private static final int LOOKED_OVER = -10;

    private static final int ROWS = 2401;
    private static final double BEST_LOSS = 1.116362902;
    private static final double BEST_ERROR = 0.136622149;

    @TempDir Path savepoints;

    /** What a run has written. */
    private record Outcome(
            Map<Long, JsonNode> calibrations, Map<Long, JsonNode> losses, List<JsonNode> rows) {}

    /** A job that is fed window by window. */
    private final class Feed {
        final ImageJob job;
        final List<JsonNode> recorded = new ArrayList<>();

        Feed(String name) throws Exception {
            job =
                    new ImageJob(
                            LOCAL.kafka(),
                            Recorded.TEXT_JOB,
                            name,
                            "calibration.mode=live",
                            "flink.execution.checkpointing.interval=300ms");
            for (String line : Recorded.lines(Recorded.LANGDETECT, ROWS)) {
                recorded.add(JSON.readTree(line));
            }
        }

        void sendRows(int window) throws Exception {
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < ROWS; i++) {
                ObjectNode row = recorded.get(i).deepCopy();
                row.put("id", window + "-" + row.get("id").asText());
                row.put("timestamp", start(window) + i * 4L);
                lines.add(row.toString());
            }
            job.send(job.scores(lines));
        }

        /** Unlabelled rows to every partition, of a time in a window. */
        void sendTicks(int window, String name) throws Exception {
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < ImageJob.PARTITIONS; i++) {
                ObjectNode row = recorded.get(0).deepCopy();
                row.remove("label");
                row.put("id", name + "-" + i);
                row.put("timestamp", start(window) + 2_000);
                lines.add(row.toString());
            }
            job.send(job.scores(lines));
        }

        private static long start(int window) {
            return Recorded.START_MILLIS + window * WINDOW;
        }

        /** Ends a window, and returns when all partitions are classified with what it set. */
        void awaitSet(int window) throws Exception {
            sendTicks(window + 1, "end-" + window);
            await().atMost(PATIENCE).until(() -> calibrations().containsKey(start(window)));
            long version = calibrations().get(start(window)).at("/applied/version").asLong();
            for (int probe = 0; ; probe++) {
                String name = "probe-" + window + "-" + probe;
                // How many of these there are is chance: they are counted where nobody looks.
                sendTicks(LOOKED_OVER, name);
                await().atMost(PATIENCE).until(() -> versions(name).size() == ImageJob.PARTITIONS);
                if (versions(name).stream().allMatch(seen -> seen == version)) {
                    return;
                }
            }
        }

        private List<Long> versions(String probe) throws Exception {
            List<Long> versions = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> record : job.predictionsSoFar()) {
                if (new String(record.key(), UTF_8).startsWith(probe + "-")) {
                    versions.add(JSON.readTree(record.value()).path("temperatureVersion").asLong());
                }
            }
            return versions;
        }

        /** Returns the last word on each window. */
        Map<Long, JsonNode> calibrations() throws IOException {
            Map<Long, JsonNode> last = new TreeMap<>();
            for (ConsumerRecord<byte[], byte[]> record : job.calibrationsSoFar()) {
                ObjectNode value = (ObjectNode) JSON.readTree(record.value());
                assertThat(new String(record.key(), UTF_8)).isEqualTo("langdetect");
                value.remove("revision");
                last.put(value.at("/window/start").asLong(), value);
            }
            return last;
        }

        Outcome outcome() throws IOException {
            Map<Long, JsonNode> losses = new TreeMap<>();
            for (String line : job.losses().windows()) {
                JsonNode loss = JSON.readTree(line);
                long start = loss.at("/window/start").asLong();
                if (loss.path("segment").asText().equals("*") && start > start(LOOKED_OVER)) {
                    losses.put(start, loss);
                }
            }
            List<JsonNode> rows = new ArrayList<>();
            for (ConsumerRecord<byte[], byte[]> record : job.predictions()) {
                rows.add(JSON.readTree(record.value()));
            }
            return new Outcome(calibrations(), losses, rows);
        }
    }

    private Outcome run(String name, int parallelism, boolean kills) throws Exception {
        Feed feed = new Feed(name);
        try (FragileFlink flink = FragileFlink.start(parallelism)) {
            JobID id = flink.submit(feed.job.graph(parallelism));
            feed.sendRows(0);
            feed.awaitSet(0);
            feed.sendRows(1);
            if (kills) {
                flink.killOneAndReplaceIt(id);
            }
            feed.awaitSet(1);
            feed.sendRows(2);
            feed.awaitSet(2);
            flink.drain(id, savepoints);
        }
        assertThat(feed.job.deadLetters()).isEmpty();
        return feed.outcome();
    }

    @Test
    void isFoundInTwoStepsAndIsTheSameWhateverTheParallelismAndAfterAFailure() throws Exception {
        Outcome one = run("live-temperature-1", 1, false);
        Outcome four = run("live-temperature-4", 4, true);

        assertThat(four.calibrations).as("to the last bit").isEqualTo(one.calibrations);
        assertThat(four.losses).isEqualTo(one.losses);
        for (Outcome outcome : List.of(one, four)) {
            assertConverged(outcome);
            assertPredictions(outcome.rows);
        }
    }

    private static void assertConverged(Outcome outcome) {
        List<JsonNode> set = List.copyOf(outcome.calibrations.values());
        assertThat(set).hasSize(3);
        assertThat(set.get(0).at("/applied/temperature").asDouble())
                .as("not further than max-step")
                .isEqualTo(0.5);
        for (JsonNode each : set) {
            assertThat(each.at("/fitted/temperature").asDouble())
                    .isCloseTo(0.32518557, within(1e-5));
            assertThat(each.at("/fitted/samples").asInt()).isEqualTo(ROWS);
        }
        assertThat(set.get(1).at("/applied/version").asLong()).isEqualTo(2);
        assertThat(set.get(2).at("/applied").toString())
                .as("it has arrived")
                .isEqualTo(set.get(1).at("/applied").toString());

        List<JsonNode> losses = List.copyOf(outcome.losses.values());
        JsonNode before = losses.get(0);
        JsonNode after = losses.get(2);
        assertThat(before.at("/loss/mean").asDouble()).isCloseTo(1.899802355, within(1e-6));
        assertThat(before.at("/calibration/ece").asDouble()).isCloseTo(0.529875872, within(1e-6));
        assertThat(after.at("/loss/mean").asDouble())
                .isCloseTo(BEST_LOSS, within(0.05 * BEST_LOSS));
        assertThat(after.at("/calibration/ece").asDouble())
                .isCloseTo(BEST_ERROR, within(0.05 * BEST_ERROR));
        assertThat(after.at("/accuracy")).isEqualTo(before.at("/accuracy"));
    }

    /** No row is lost or doubled, none has another best class, and each says how it was made. */
    private static void assertPredictions(List<JsonNode> rows) {
        Map<Long, Double> temperatures = new HashMap<>();
        Map<String, List<Integer>> best = new HashMap<>();
        Map<String, Integer> seen = new HashMap<>();
        for (JsonNode row : rows) {
            String id = row.path("id").asText();
            assertThat(seen.merge(id, 1, Integer::sum)).as(id).isEqualTo(1);
            double temperature = row.path("temperature").asDouble();
            long version = row.path("temperatureVersion").asLong();
            assertThat(temperatures.merge(version, temperature, (first, next) -> first))
                    .as("version %d", version)
                    .isEqualTo(temperature);
            List<Integer> classes = new ArrayList<>();
            row.path("topK").forEach(each -> classes.add(each.path("class").asInt()));
            if (!id.startsWith("end-") && !id.startsWith("probe-")) {
                List<Integer> first = best.putIfAbsent(id.substring(2), classes);
                assertThat(classes).as(id).isEqualTo(first == null ? classes : first);
            }
        }
        assertThat(best).hasSize(ROWS);
        assertThat(temperatures.keySet()).containsExactlyInAnyOrder(0L, 1L, 2L);
        assertThat(temperatures.get(0L)).isEqualTo(1.0);
    }
}
