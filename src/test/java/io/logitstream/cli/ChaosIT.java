package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.logitstream.Seeds;
import io.logitstream.local.ChaosCluster;
import io.logitstream.local.SavedState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Everything that can end does so at random moments, on a cluster of processes with the shipped jar
 * and the shipped configuration, while scores and late labels flow; and nothing is lost, and
 * nothing is there twice.
 *
 * <p>{@code -Dlogitstream.chaos.faults=N} is how many faults there are. The seed of {@link Seeds}
 * gives their kinds, their order and the gaps between them; at which row and to which process each
 * comes also depends on how fast the machine is.
 */
@Tag("chaos")
class ChaosIT {

    private static final int FEW = 12;
    private static final int FAULTS = Integer.getInteger("logitstream.chaos.faults", FEW);
    private static final Duration OUTAGE = Duration.ofSeconds(FAULTS > FEW ? 20 : 3);
    private static final Duration MOST_TIME = Duration.ofMinutes(10 + 2 * FAULTS);

    /**
     * A log that nobody can read any more is a fault too. Clients that ask without a pause for a
     * broker that is away fill one; only outages of a long run are long enough to show it.
     */
    private static final long MOST_LINES_PER_FAULT = 2_000;

    /** How late labels are says their time, not that of their sending. */
    private static final String[] OVERRIDES = {
        "labels.wait=" + LabelledFlow.WAIT,
        "labels.idle-after=1h",
        "labels.out-of-orderness=2s",
        "scores.idle-after=1h",
        "scores.out-of-orderness=2s",
        "flink.execution.checkpointing.interval=14min",
        "flink.restart-strategy.type=exponential-delay",
        "kafka.reconnect.backoff.max.ms=500"
    };

    @TempDir Path directory;

    @Test
    void losesNothingAndRepeatsNothingWhateverEnds() {
        assertTimeoutPreemptively(MOST_TIME, this::survive);
    }

    private void survive() throws Exception {
        Random random = Seeds.random(ChaosIT.class);
        List<ChaosFault> faults = ChaosFault.draw(FAULTS, random);
        LabelledFlow flow = new LabelledFlow(new Random(random.nextLong()));
        try (ChaosCluster cluster =
                ChaosCluster.up(ChaosRun.TASK_MANAGERS, ChaosRun.SLOTS, Map.of())) {
            ImageJob job = ImageJob.withLateLabels(cluster, "chaos", OVERRIDES);
            List<String> lines = new ArrayList<>();
            String savepoint;
            try (ChaosFeed feed = new ChaosFeed(job, flow);
                    ChaosRun run = new ChaosRun(cluster, job, feed, random, OUTAGE)) {
                try {
                    for (ChaosFault fault : faults) {
                        run.survive(fault);
                    }
                    run.awaitRecovery();
                    feed.finish();
                    savepoint = run.drain();
                } finally {
                    System.out.printf(
                            "%s; the job started again %d times; %s%n",
                            run.report(), cluster.restarts(), Seeds.option());
                }
                lines.addAll(feed.poisonLines());
                Poison.assertBuried(feed.poison(), job.deadLetters());
            }
            System.out.printf(
                    "%d scores, %d labels; %d processes ended by themselves%n",
                    flow.scoreLines().size(), flow.labelLines().size(), cluster.ownEnds());
            if (FAULTS > FEW) {
                assertThat(cluster.logLines(ChaosCluster.JOB_MANAGER))
                        .as("lines in the JobManager's log")
                        .isLessThan(MOST_LINES_PER_FAULT * FAULTS);
            }
            assertThat(SavedState.joinEntries(savepoint)).as("rows and labels that wait").isEmpty();
            LedgerTopic.assertHasExceptionsOf(flow.expected(), job);
            assertThat(job.alerts())
                    .extracting(alert -> new String(alert.value(), UTF_8))
                    .as("each alert once for each revision of its window")
                    .isNotEmpty()
                    .doesNotHaveDuplicates();
            assertThat(predictions(job))
                    .as("each prediction once, as classify has it")
                    .isEqualTo(sorted(job.classify(flow.scoreLines(), 0)));
            Path labels = Files.write(directory.resolve("labels.jsonl"), flow.labelLines());
            int exitCode = lines.isEmpty() ? 0 : ExitCodes.SOME_REFUSED;
            lines.addAll(flow.scoreLines());
            job.assertLossesEqualEvaluate(lines, exitCode, "--labels", "" + labels);
        }
    }

    private static List<String> predictions(ImageJob job) {
        return sorted(
                job.predictions().stream()
                        .map(prediction -> new String(prediction.value(), UTF_8))
                        .toList());
    }

    private static List<String> sorted(List<String> lines) {
        return lines.stream().sorted().toList();
    }
}
