package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.logitstream.local.ChaosCluster;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** A job on a cluster, to which faults are done while records flow. */
final class ChaosRun implements AutoCloseable {

    static final int TASK_MANAGERS = 2;
    static final int SLOTS = 2;

    private static final int[] PARALLELISMS = {1, 4, 2};
    private static final int POISON = 60;
    private static final int MOST_ROWS_BETWEEN_FAULTS = 2 * ChaosFeed.ROWS_PER_SECOND;
    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final Duration POLL = Duration.ofMillis(100);

    private final ChaosReport report = new ChaosReport();
    private final List<Pending> pending = new ArrayList<>();
    private final ChaosCluster cluster;
    private final ImageJob job;
    private final ChaosFeed feed;
    private final Random random;
    private final Duration outage;
    private final CommittedRows committed;
    private final SteadyCheckpoints checkpoints;
    private String id;
    private int rescales;

    /**
     * A fault that is not got over.
     *
     * @param startNanos when it began
     * @param row the number of the first row that was sent after it; once its prediction can be
     *     read, everything works again
     */
    private record Pending(ChaosFault fault, long startNanos, int row) {}

    /** Starts the job at parallelism 1. */
    ChaosRun(ChaosCluster cluster, ImageJob job, ChaosFeed feed, Random random, Duration outage)
            throws IOException {
        this.cluster = cluster;
        this.job = job;
        this.feed = feed;
        this.random = random;
        this.outage = outage;
        this.id = cluster.submit(List.of("--parallelism", "" + PARALLELISMS[0]), job.arguments());
        this.committed =
                new CommittedRows(
                        new TopicReader(cluster.bootstrapServers()),
                        job.file().predictions().topic());
        this.checkpoints = new SteadyCheckpoints(cluster, id);
    }

    /** Does a fault at a random moment; up to one in four before the last one is got over. */
    void survive(ChaosFault fault) throws Exception {
        boolean hasty = random.nextInt(4) == 0 && !fault.needsRunningJob();
        if (!hasty) {
            awaitRecovery();
        }
        int moment = feed.rows() + random.nextInt(MOST_ROWS_BETWEEN_FAULTS);
        await().atMost(PATIENCE).pollInterval(POLL).until(() -> feed.rows() >= moment);
        long start = System.nanoTime();
        report.injected(fault, isBeforeRecovery());
        System.out.println((hasty ? "at once: " : "") + fault);
        inject(fault);
        pending.add(new Pending(fault, start, feed.rows()));
    }

    private boolean isBeforeRecovery() {
        return pending.stream().anyMatch(one -> !isSeen(one));
    }

    private void inject(ChaosFault fault) throws Exception {
        switch (fault) {
            case TASK_MANAGER_KILLED -> cluster.kill(taskManager());
            case TASK_MANAGER_FROZEN ->
                    freeze(taskManager(), ChaosCluster.HEARTBEAT_TIMEOUT.plusSeconds(1));
            case JOB_MANAGER_KILLED -> cluster.kill(ChaosCluster.JOB_MANAGER);
            case BROKER_KILLED -> cluster.kill(ChaosCluster.BROKER);
            case BROKER_STOPPED -> {
                cluster.stopAndWithhold(ChaosCluster.BROKER);
                pass(outage);
                cluster.release(ChaosCluster.BROKER);
            }
            case BROKER_FROZEN -> freeze(ChaosCluster.BROKER, outage);
            case POISON -> feed.sendPoison(POISON, random.nextInt(ImageJob.PARTITIONS), random);
            case TRANSACTION_EXPIRED -> expireTransaction();
            case RESCALED -> rescale();
        }
        cluster.startWhatHasEnded();
    }

    /** One that has a part of the job, if there is a job to ask. */
    private String taskManager() {
        List<String> all = new ArrayList<>();
        for (int number = 1; number <= TASK_MANAGERS; number++) {
            all.add(ChaosCluster.taskManager(number));
        }
        try {
            List<String> used = new ArrayList<>(cluster.taskManagersOf(id));
            used.retainAll(all);
            all = used.isEmpty() ? all : used;
        } catch (IOException e) {
            System.out.println("no TaskManager is known to run the job: " + e.getMessage());
        }
        return all.get(random.nextInt(all.size()));
    }

    private void freeze(String role, Duration duration) throws Exception {
        cluster.freeze(role);
        try {
            pass(duration);
        } finally {
            cluster.thaw(role);
        }
    }

    private void pass(Duration duration) {
        await().during(duration)
                .atMost(PATIENCE)
                .until(
                        () -> {
                            cluster.startWhatHasEnded();
                            return true;
                        });
    }

    /**
     * Ends a transaction that no checkpoint has asked for yet. One that awaits its commit would be
     * lost, as Kafka forgets it: that is what transaction.timeout.ms has to be long enough for.
     */
    private void expireTransaction() throws Exception {
        checkpoints.hold();
        try {
            long checkpoint = persistently(() -> cluster.checkpoint(id));
            long last = persistently(() -> cluster.lastFailureMillis(id));
            new OpenTransactions(cluster.bootstrapServers(), job.file().name())
                    .expireOne(checkpoint, random);
            await("the job fails")
                    .atMost(PATIENCE)
                    .pollInterval(POLL)
                    .until(() -> persistently(() -> cluster.lastFailureMillis(id)) != last);
        } finally {
            checkpoints.release();
        }
    }

    private interface Request<T> {
        T answer() throws IOException;
    }

    /** A process may end by itself meanwhile; while the job is there, it is worth another try. */
    private <T> T persistently(Request<T> request) {
        return await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL)
                .ignoreExceptionsMatching(e -> e instanceof IOException && !isOver())
                .until(
                        () -> {
                            cluster.startWhatHasEnded();
                            return request.answer();
                        },
                        Objects::nonNull);
    }

    private void rescale() throws Exception {
        checkpoints.hold();
        try {
            String savepoint = persistently(() -> cluster.stop(id, false));
            rescales++;
            int parallelism = PARALLELISMS[rescales % PARALLELISMS.length];
            id =
                    cluster.submit(
                            List.of(
                                    "--parallelism",
                                    "" + parallelism,
                                    "--fromSavepoint",
                                    savepoint),
                            job.arguments());
            checkpoints.setJob(id);
        } finally {
            checkpoints.release();
        }
    }

    /** Waits until the job has got over every fault so far. */
    void awaitRecovery() {
        for (Pending one : pending) {
            await("recovery from: " + one.fault)
                    .atMost(PATIENCE)
                    .pollInterval(POLL)
                    .until(() -> isRecovered(one));
            double seconds = (committed.seenNanos(feed.row(one.row)) - one.startNanos) / 1e9;
            report.survived(one.fault, seconds);
            System.out.printf("survived in %.1f s: %s%n", seconds, one.fault);
        }
        pending.clear();
    }

    private boolean isRecovered(Pending one) throws IOException {
        cluster.startWhatHasEnded();
        checkpoints.check();
        if (isSeen(one)) {
            return true;
        }
        assertThat(isOver()).as("%s: the job has ended", one.fault).isFalse();
        return false;
    }

    private boolean isSeen(Pending one) {
        return feed.rows() > one.row && committed.has(feed.row(one.row));
    }

    private boolean isOver() {
        try {
            return cluster.isOver(id);
        } catch (IOException e) {
            return false;
        }
    }

    /** Waits until everything sent is read, ends the job, and returns the path of its savepoint. */
    String drain() throws Exception {
        awaitRecovery();
        try (UnreadInput unread = new UnreadInput(job.file())) {
            await("all is read")
                    .atMost(PATIENCE)
                    .pollInterval(POLL)
                    .until(() -> unread.count() == 0);
        }
        checkpoints.hold();
        try {
            return persistently(() -> cluster.stop(id, true));
        } finally {
            checkpoints.release();
        }
    }

    ChaosReport report() {
        return report;
    }

    @Override
    public void close() throws InterruptedException {
        checkpoints.close();
        committed.close();
    }
}
