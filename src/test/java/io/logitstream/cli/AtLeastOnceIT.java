package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.logitstream.local.FragileFlink;
import io.logitstream.local.SharedLocal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** At least once: nothing is lost, and what is repeated does not change the losses. */
@Timeout(120)
class AtLeastOnceIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir Path savepoints;

    @Test
    void losesNothingWhenATaskManagerDiesBetweenCheckpoints() throws Exception {
        ImageJob job =
                new ImageJob(
                        LOCAL.kafka(),
                        "at-least-once-kill",
                        "delivery=at-least-once",
                        "flink.execution.checkpointing.interval=1h");
        MixedScores scores = MixedScores.create(job);
        Set<String> all = new HashSet<>(scores.ids());
        try (FragileFlink flink = FragileFlink.start(2)) {
            JobID id = flink.submit(job.graph(2));
            scores.sendThird(0);
            job.awaitPredictionsWritten(scores.rowsOfThirds(1));
            flink.checkpoint(id);
            scores.sendThird(1);
            job.awaitPredictionsWritten(scores.rowsOfThirds(2));
            flink.killOneAndReplaceIt(id);
            scores.sendThird(2);
            await().atMost(PATIENCE).until(() -> all.equals(new HashSet<>(job.predictedIds())));
            assertThat(flink.attempt(id)).isPositive();
            flink.drain(id, savepoints);
        }
        assertThat(new HashSet<>(job.predictedIds())).isEqualTo(all);
        assertThat(job.predictedIds())
                .as("the second part, written before the failure, was read again")
                .hasSizeGreaterThan(all.size());
        job.assertLossesEqualEvaluate(scores.lines(), ExitCodes.SOME_REFUSED);
    }
}
