package io.logitstream.cli;

import io.logitstream.local.ChaosCluster;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes checkpoints of a job one after the other, as its JobManager would, except that a test can
 * keep them from being made: only then does it know which transactions await their commit.
 */
final class SteadyCheckpoints implements AutoCloseable {

    private static final long PAUSE_MILLIS = 500;

    private final ChaosCluster cluster;
    private final ReentrantLock lock = new ReentrantLock();
    private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
    private final Future<?> making;
    private String job;

    SteadyCheckpoints(ChaosCluster cluster, String job) {
        this.cluster = cluster;
        this.job = job;
        making = pace.scheduleWithFixedDelay(this::makeOne, 0, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void makeOne() {
        lock.lock();
        try {
            cluster.checkpoint(job);
        } catch (IOException e) {
            // The job or its JobManager is away; so it would be for the JobManager's own timer.
        } finally {
            lock.unlock();
        }
    }

    /** Throws what keeps them from being made, other than that the job is away. */
    void check() {
        SideLoop.check(making, "making checkpoints");
    }

    /** Waits for the end of the one that is being made, and keeps others from being made. */
    void hold() {
        check();
        lock.lock();
    }

    /** Lets them go on. */
    void release() {
        lock.unlock();
    }

    /** Names the job that has taken the place of the one before; only while they are held. */
    void setJob(String job) {
        this.job = job;
    }

    @Override
    public void close() throws InterruptedException {
        pace.shutdown();
        if (!pace.awaitTermination(2, TimeUnit.MINUTES)) {
            throw new IllegalStateException("a checkpoint does not end");
        }
    }
}
