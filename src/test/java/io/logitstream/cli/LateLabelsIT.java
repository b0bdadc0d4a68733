package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.local.FragileFlink;
import io.logitstream.local.LocalFlink;
import io.logitstream.local.SavedState;
import io.logitstream.local.SharedLocal;
import io.logitstream.operator.OperatorIds;
import io.logitstream.operator.StateIds;
import io.logitstream.record.LossTerm.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** 10,000 scores and their labels through the real job: every one of them is accounted for. */
@Timeout(240)
class LateLabelsIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long SEED = 20_261_125;

    /** Labels are only late in event time; that the test sends them in parts ends no wait. */
    private static final List<String> OVERRIDES =
            List.of(
                    "labels.wait=" + LateLabels.WAIT,
                    "labels.idle-after=1h",
                    "scores.idle-after=1h",
                    "flink.execution.checkpointing.interval=14min",
                    "losses.allowed-lateness=15min");

    /** Checkpoints pass between the timers of the join. */
    private static final String[] INTERRUPTIBLE = {
        "flink.execution.checkpointing.unaligned.enabled=true",
        "flink.execution.checkpointing.unaligned.interruptible-timers.enabled=true"
    };

    private static LateLabels inputs;

    @TempDir Path directory;

    @BeforeAll
    static void readRows() throws Exception {
        inputs = new LateLabels(SEED);
    }

    private static ImageJob job(String name, String... more) throws Exception {
        List<String> overrides = new ArrayList<>(OVERRIDES);
        overrides.addAll(List.of(more));
        return ImageJob.withLateLabels(LOCAL.kafka(), name, overrides.toArray(String[]::new));
    }

    @Test
    void accountsForLabelsInRandomOrderAtParallelismOne() throws Exception {
        ImageJob job = job("labels-random", "labels.out-of-orderness=1h");
        LocalFlink flink = LOCAL.flink();
        JobID id = flink.submit(job.graph(1));
        send(job, inputs.inRandomOrder(job, SEED));
        flink.awaitRunning(id, PATIENCE);
        job.awaitAllRead(() -> flink.triggerCheckpoint(id));
        assertNothingIsKept(flink.stopWithSavepoint(id, directory, true));
        assertComplete(job);
    }

    @Test
    void accountsForLabelsAsTheyComeAtParallelismFour() throws Exception {
        ImageJob job = job("labels-timely", INTERRUPTIBLE);
        LocalFlink flink = LOCAL.flink();
        JobID id = flink.submit(job.graph(4));
        flink.awaitRunning(id, PATIENCE);
        send(job, inputs.inOrderOfTime(job));
        job.awaitAllRead(() -> flink.triggerCheckpoint(id));
        assertNothingIsKept(flink.stopWithSavepoint(id, directory, true));
        assertComplete(job);
        assertThat(rowsWaiting(id)).isZero();
        assertThat(LOCAL.metrics().count(id, OperatorIds.JOIN_LABELS, "ended"))
                .isEqualTo(inputs.expected().values().stream().mapToLong(each -> each).sum());
        assertThat(job.losses().revisions())
                .as("estimates first, labels as revisions")
                .anySatisfy((key, revisions) -> assertThat(revisions).hasSizeGreaterThan(1));
    }

    @Test
    void accountsForLabelsWhenATaskManagerDies() throws Exception {
        ImageJob job = job("labels-kill", INTERRUPTIBLE);
        List<List<ProducerRecord<byte[], byte[]>>> parts = inputs.inOrderOfTime(job);
        try (FragileFlink flink = FragileFlink.start(2)) {
            JobID id = flink.submit(job.graph(2));
            job.awaitPredictionsWritten(send(job, parts.subList(0, 7)));
            flink.checkpoint(id);
            int more = send(job, parts.subList(7, 10));
            assertThat(more).isPositive();
            job.awaitPredictionsWritten(job.predictionsCommitted() + more);
            flink.killOneAndReplaceIt(id);
            send(job, parts.subList(10, parts.size()));
            job.awaitAllRead(() -> flink.checkpoint(id));
            assertThat(flink.attempt(id)).isPositive();
            assertNothingIsKept(flink.drain(id, directory));
        }
        assertComplete(job);
    }

    @Test
    void accountsForLabelsAcrossASavepointAtAnotherParallelism() throws Exception {
        ImageJob job = job("labels-rescale", "flink.state.backend.type=rocksdb");
        List<List<ProducerRecord<byte[], byte[]>>> parts = inputs.inOrderOfTime(job);
        LocalFlink flink = LOCAL.flink();
        JobID stopped = flink.submit(job.graph(2));
        flink.awaitRunning(stopped, PATIENCE);
        job.awaitPredictionsWritten(send(job, parts.subList(0, 9)));
        String savepoint = flink.stopWithSavepoint(stopped, directory, false);
        assertThat(SavedState.joinEntries(savepoint))
                .as("rows wait")
                .containsKeys(StateIds.WAITING_ROW, StateIds.JOIN_MEMORY);
        assertThat(rowsWaiting(stopped)).isPositive();
        JobID continued = flink.submit(job.graph(3, savepoint));
        assertThat(send(job, parts.subList(9, parts.size()))).isPositive();
        flink.awaitRunning(continued, PATIENCE);
        job.awaitAllRead(() -> flink.triggerCheckpoint(continued));
        assertNothingIsKept(flink.stopWithSavepoint(continued, directory, true));
        assertThat(rowsWaiting(continued)).as("also those of before").isZero();
        assertComplete(job);
    }

    private static long rowsWaiting(JobID id) {
        return LOCAL.metrics().gauges(id, OperatorIds.JOIN_LABELS, "rowsWaiting").stream()
                .mapToLong(value -> (Long) value)
                .sum();
    }

    private static void assertNothingIsKept(String savepoint) throws Exception {
        assertThat(SavedState.joinEntries(savepoint)).as("rows and labels that wait").isEmpty();
    }

    /** Returns how many scores were sent. */
    private static int send(ImageJob job, List<List<ProducerRecord<byte[], byte[]>>> parts)
            throws Exception {
        int scores = 0;
        for (List<ProducerRecord<byte[], byte[]>> part : parts) {
            for (ProducerRecord<byte[], byte[]> record : part) {
                scores += record.topic().equals(job.file().scores().topic()) ? 1 : 0;
            }
            job.send(part);
        }
        return scores;
    }

    private void assertComplete(ImageJob job) throws Exception {
        assertThat(job.predictedIds()).hasSize(LateLabels.ROWS).doesNotHaveDuplicates();
        assertThat(job.deadLetters()).isEmpty();
        Path labels = Files.write(directory.resolve("labels.jsonl"), inputs.labelLines());
        job.assertLossesEqualEvaluate(inputs.scoreLines(), 0, "--labels", "" + labels);
        assertThat(ledgerOfWindows(job)).isEqualTo(inputs.expected());
        LedgerTopic.assertHasExceptionsOf(inputs.expected(), job);
    }

    /** Adds up the lines over all segments. */
    private static Map<Kind, Long> ledgerOfWindows(ImageJob job) throws Exception {
        Map<Kind, Long> counts = new EnumMap<>(Kind.class);
        long labels = 0;
        for (String window : job.losses().windows()) {
            JsonNode aggregate = JSON.readTree(window);
            JsonNode ledger = aggregate.path("labels");
            if (!aggregate.path("segment").asText().equals("*")) {
                continue;
            }
            assertThat(ledger.path("waiting").asLong()).as(window).isZero();
            for (Kind kind : Kind.values()) {
                long count = ledger.path(LedgerTopic.name(kind)).asLong();
                if (count > 0) {
                    counts.merge(kind, count, Long::sum);
                }
            }
        }
        for (Kind kind : counts.keySet()) {
            labels += kind == Kind.EXPIRED ? 0 : counts.get(kind);
        }
        assertThat(labels).isEqualTo(inputs.labels());
        return counts;
    }
}
