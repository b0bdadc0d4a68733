package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.logitstream.local.SharedLocal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Losses come while the job runs, though some partitions say nothing about time. */
@Timeout(120)
class IdlePartitionIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** 400 rows are 40 s: three windows of 10 s that end, and a fourth that does not. */
    private static final int ROWS = 400;

    private static final int FULL_WINDOWS = 3;

    @TempDir Path savepoints;

    /** The last watermark of a source that is idle is one that Flink would drop. */
    @Test
    void publishesTheLastWindowsWhenDrainedWhileAllIsIdle() throws Exception {
        ImageJob job = new ImageJob(LOCAL.kafka(), "idle-drain", "scores.idle-after=1s");
        List<String> rows = Recorded.timedFashion(ROWS);
        job.send(job.scores(rows));
        JobID id = LOCAL.flink().submit(job.graph(2));
        LOCAL.flink().awaitRunning(id, PATIENCE);
        job.awaitPredictionsWritten(ROWS);
        // Nothing outside shows idleness: it is by definition this long a silence.
        await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
        LOCAL.flink().stopWithSavepoint(id, savepoints, true);
        job.assertLossesEqualEvaluate(rows, 0);
    }

    @Test
    void publishesWindowsThoughPartitionsAreEmptyOrBringOnlyPoison() throws Exception {
        ImageJob job =
                new ImageJob(
                        LOCAL.kafka(),
                        "idle-partition",
                        "scores.idle-after=1s",
                        "flink.execution.checkpointing.interval=250ms");
        List<String> rows = Recorded.timedFashion(ROWS);
        // Partition 0 has rows and 3 is empty; 1 and 2 have poison without end, from the start, one
        // in the subtask of the rows and one in the other.
        ProducerRecord<byte[], byte[]> poison1 = job.score(1, "no score record");
        ProducerRecord<byte[], byte[]> poison2 = job.score(2, "no score record");
        ScheduledExecutorService poisoner = Executors.newSingleThreadScheduledExecutor();
        JobID id;
        try (KafkaProducer<byte[], byte[]> producer = job.producer()) {
            poisoner.scheduleWithFixedDelay(
                    () -> {
                        producer.send(poison1);
                        producer.send(poison2);
                    },
                    0,
                    20,
                    TimeUnit.MILLISECONDS);
            id = LOCAL.flink().submit(job.graph(2));
            LOCAL.flink().awaitRunning(id, PATIENCE);
            job.send(rows.stream().map(row -> job.score(0, row)).toList());
            await().atMost(PATIENCE)
                    .until(() -> job.lossesSoFar().windowsOverAllSegments() >= FULL_WINDOWS);
        } finally {
            poisoner.shutdownNow();
        }

        assertThat(LOCAL.flink().status(id)).isEqualTo(JobStatus.RUNNING);
        assertThat(job.deadLettersSoFar()).isNotEmpty();
        assertThat(job.lossesSoFar().windowsOverAllSegments()).isEqualTo(FULL_WINDOWS);
        LOCAL.flink().cancel(id);
    }
}
