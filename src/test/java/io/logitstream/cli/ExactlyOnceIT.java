package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.logitstream.local.FragileFlink;
import io.logitstream.local.SharedLocal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Proves exactly-once from the outside: by what a reader of the output topics finds. */
@Timeout(180)
class ExactlyOnceIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Checkpoints are made by the test only, so that it knows what is between two. */
    private static final String NO_CHECKPOINTS = "flink.execution.checkpointing.interval=14min";

    private static final String FITTED = "calibration.mode=shadow";
    private static final String COMPARED = "models[0].compare.share=0.1";

    /** So that not every row has a gradient. */
    private static final String IGNORING = "models[0].loss.ignore=Bag";

    @TempDir Path savepoints;

    private static ImageJob job(String name, String... more) throws Exception {
        List<String> overrides =
                new ArrayList<>(List.of(NO_CHECKPOINTS, FITTED, COMPARED, IGNORING));
        overrides.addAll(List.of(more));
        return new ImageJob(LOCAL.kafka(), name, overrides.toArray(String[]::new));
    }

    @Test
    void writesEverythingOnceWhenATaskManagerDiesBetweenCheckpoints() throws Exception {
        ImageJob job = job("exactly-once-kill", "gradients.topic=exactly-once-kill-gradients");
        MixedScores scores = MixedScores.create(job);
        try (FragileFlink flink = FragileFlink.start(2)) {
            JobID id = flink.submit(job.graph(2));
            scores.sendThird(0);
            job.awaitPredictionsWritten(scores.rowsOfThirds(1));
            assertThat(job.predictionsCommitted()).isZero();
            awaitFirstLosses(job, () -> flink.checkpoint(id));
            job.awaitPredictionsCommitted(scores.rowsOfThirds(1));
            scores.sendThird(1);
            job.awaitPredictionsWritten(scores.rowsOfThirds(2));
            CompletableFuture<Void> sending = scores.sendThirdMeanwhile(2);
            flink.killOneAndReplaceIt(id);
            sending.get(60, TimeUnit.SECONDS);
            assertThat(job.predictionsCommitted()).isEqualTo(scores.rowsOfThirds(1));
            await().atMost(PATIENCE)
                    .until(
                            () -> {
                                flink.checkpoint(id);
                                return job.predictionsCommitted() >= scores.rowsOfThirds(3);
                            });
            assertThat(flink.attempt(id)).isPositive();
            flink.drain(id, savepoints);
        }
        assertComplete(job, scores);
    }

    @Test
    void continuesFromASavepointAtAnotherParallelism() throws Exception {
        ImageJob job =
                job(
                        "exactly-once-rescale",
                        "gradients.topic=exactly-once-rescale-gradients",
                        "gradients.classes=top(2)");
        MixedScores scores = MixedScores.create(job);
        JobID stopped = LOCAL.flink().submit(job.graph(2));
        LOCAL.flink().awaitRunning(stopped, PATIENCE);
        scores.sendThird(0);
        awaitFirstLosses(job, () -> LOCAL.flink().triggerCheckpoint(stopped));
        CompletableFuture<Void> sending = scores.sendThirdMeanwhile(1);
        String savepoint = LOCAL.flink().stopWithSavepoint(stopped, savepoints, false);
        sending.get(60, TimeUnit.SECONDS);
        JobID continued = LOCAL.flink().submit(job.graph(3, savepoint));
        scores.sendThird(2);
        LOCAL.flink().awaitRunning(continued, PATIENCE);
        await().atMost(PATIENCE)
                .until(
                        () -> {
                            LOCAL.flink().triggerCheckpoint(continued);
                            return job.predictionsCommitted() >= scores.rowsOfThirds(3);
                        });
        LOCAL.flink().stopWithSavepoint(continued, savepoints, true);
        assertComplete(job, scores);
    }

    /** From then on a late row makes a new revision. */
    private static void awaitFirstLosses(ImageJob job, Callable<String> checkpoint) {
        await().atMost(PATIENCE)
                .until(
                        () -> {
                            checkpoint.call();
                            return job.lossesSoFar().windowsOverAllSegments() > 0;
                        });
    }

    private static void assertComplete(ImageJob job, MixedScores scores) throws Exception {
        assertThat(job.predictedIds()).isEqualTo(scores.ids());
        scores.assertPoisonBuried(job.deadLetters());
        job.assertGradientsAreThoseOf(scores.lines());
        job.assertLossesEqualEvaluate(scores.lines(), ExitCodes.SOME_REFUSED);
        assertThat(job.losses().revisions())
                .allSatisfy((key, numbers) -> assertThat(numbers).isEqualTo(upFromOne(numbers)))
                .as("late rows")
                .anySatisfy((key, numbers) -> assertThat(numbers).hasSizeGreaterThan(1));
    }

    private static List<Long> upFromOne(List<Long> numbers) {
        return LongStream.rangeClosed(1, numbers.size()).boxed().toList();
    }
}
