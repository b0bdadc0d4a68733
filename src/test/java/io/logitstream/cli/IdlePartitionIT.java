package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.logitstream.local.SharedLocal;
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

/** Losses come while the job runs, though some partitions say nothing about time. */
@Timeout(120)
class IdlePartitionIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** 400 rows are 40 s: three windows of 10 s that end, and a fourth that does not. */
    private static final int ROWS = 400;

    private static final int FULL_WINDOWS = 3;

    @Test
    void publishesWindowsThoughPartitionsAreEmptyOrBringOnlyPoison() throws Exception {
        ImageJob job =
                new ImageJob(
                        LOCAL.kafka(),
                        "idle-partition",
                        "scores.idle-after=1s",
                        "flink.execution.checkpointing.interval=250ms");
        List<String> rows = Recorded.timedFashion(ROWS);
        JobID id = LOCAL.flink().submit(job.graph(2));
        LOCAL.flink().awaitRunning(id, PATIENCE);
        // Partition 0 has rows, 1 has poison without end, 2 and 3 are empty.
        ScheduledExecutorService poisoner = Executors.newSingleThreadScheduledExecutor();
        try (KafkaProducer<byte[], byte[]> producer = job.producer()) {
            ProducerRecord<byte[], byte[]> poison = job.score(1, "no score record");
            producer.send(poison).get();
            poisoner.scheduleWithFixedDelay(
                    () -> producer.send(poison), 0, 20, TimeUnit.MILLISECONDS);
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
