package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.logitstream.local.SharedLocal;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
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
                        "scores.idle-after=500ms",
                        "flink.execution.checkpointing.interval=250ms");
        List<String> rows = Recorded.timedFashion(ROWS);
        JobID id = LOCAL.flink().submit(job.graph(2));
        LOCAL.flink().awaitRunning(id, PATIENCE);
        // Partition 0 has rows, 1 has poison without end, 2 and 3 are empty.
        job.send(rows.stream().map(row -> job.score(0, row)).toList());
        await().atMost(PATIENCE)
                .until(
                        () -> {
                            job.send(List.of(job.score(1, "no score record")));
                            return allSegments(job.lossesSoFar()) >= FULL_WINDOWS;
                        });

        assertThat(LOCAL.flink().status(id)).isEqualTo(JobStatus.RUNNING);
        assertThat(job.deadLettersSoFar()).isNotEmpty();
        assertThat(allSegments(job.lossesSoFar())).isEqualTo(FULL_WINDOWS);
        LOCAL.flink().cancel(id);
    }

    private static long allSegments(LossTopic losses) {
        return losses.windows().stream().filter(json -> json.contains("\"segment\":\"*\"")).count();
    }
}
