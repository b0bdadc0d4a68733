package io.logitstream.local;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.client.JobExecutionException;
import org.apache.flink.runtime.jobmaster.JobResult;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * A real Flink cluster in this process: one job manager and some task managers that share the
 * process's heap.
 *
 * <p>Web page and REST listen on 127.0.0.1 only, on a free port. Scratch files lie in a temporary
 * directory until {@link #close}. To start a job from a savepoint, set its restore settings in the
 * stream graph before {@link #submit}. Any failed call throws {@link IllegalStateException} with
 * what Flink said as its cause; none waits longer than two minutes unless it is told to.
 *
 * <p>Thread-safe.
 */
public final class LocalFlink implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(20);

    private final TempDirectory directory;
    private final MiniCluster cluster;
    private final ExitHook exitHook;

    private LocalFlink(TempDirectory directory, MiniCluster cluster) {
        this.directory = directory;
        this.cluster = cluster;
        this.exitHook = ExitHook.running(this::close, "close-local-flink");
    }

    /**
     * Starts a cluster and returns when it takes jobs.
     *
     * @param taskManagers at least 1
     * @param slotsPerTaskManager at least 1; a job needs as many slots in all as its parallelism
     * @param extra settings that win over the built-in ones
     */
    public static LocalFlink start(int taskManagers, int slotsPerTaskManager, Configuration extra) {
        TempDirectory directory = TempDirectory.create("logitstream-flink-");
        LocalFlink flink;
        try {
            MiniCluster cluster =
                    new MiniCluster(
                            ClusterSettings.of(
                                    directory.path(), taskManagers, slotsPerTaskManager, extra));
            flink = new LocalFlink(directory, cluster);
        } catch (RuntimeException e) {
            directory.close();
            throw e;
        }
        try {
            flink.cluster.start();
            return flink;
        } catch (Exception e) {
            flink.close();
            throw new IllegalStateException("the Flink cluster did not start", e);
        }
    }

    /** Returns the address of the web page, which is that of the REST API too. */
    public URI webUi() {
        return await(cluster.getRestAddress(), "asking for the web address");
    }

    /** Returns where the scratch files are. */
    Path directory() {
        return directory.path();
    }

    /**
     * Hands a job to the cluster and returns when the cluster has accepted it.
     *
     * @param graph belongs to the cluster from now on
     */
    public JobID submit(StreamGraph graph) {
        return await(cluster.submitJob(graph), "submitting " + graph.getJobName()).getJobID();
    }

    /** Returns the present state of a job. */
    public JobStatus status(JobID job) {
        return await(cluster.getJobStatus(job), "asking for the status of job " + job);
    }

    /**
     * Waits until every task of the job runs or has done its work already.
     *
     * @throws IllegalStateException if the job ends in failure, with the failure as its cause, or
     *     if the patience ends, with the latest failure as its cause if there was one
     */
    public void awaitRunning(JobID job, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            JobSnapshot snapshot =
                    new JobSnapshot(
                            await(
                                    cluster.getExecutionGraph(job),
                                    "asking for the tasks of job " + job));
            if (snapshot.isRunningOrFinished()) {
                return;
            }
            if (snapshot.hasFailed() || System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "job " + job + " does not run: " + snapshot.describe(), snapshot.failure());
            }
            pause();
        }
    }

    /**
     * Returns a future of the job's end, with its accumulators; it fails with a {@link
     * JobExecutionException}, whose cause is what went wrong, if the job fails or is cancelled.
     */
    public CompletableFuture<JobExecutionResult> result(JobID job) {
        return cluster.requestJobResult(job).thenApply(LocalFlink::successOf);
    }

    private static JobExecutionResult successOf(JobResult result) {
        try {
            return result.toJobExecutionResult(LocalFlink.class.getClassLoader());
        } catch (JobExecutionException | IOException | ClassNotFoundException e) {
            throw new CompletionException(e);
        }
    }

    /**
     * Stops a job after it has written a savepoint.
     *
     * @param directory where the savepoint goes, in a new directory
     * @param drain true to flush everything out first (the watermark goes to its end), false to
     *     continue later
     * @return the savepoint's path, for the restore settings of another job
     */
    public String stopWithSavepoint(JobID job, Path directory, boolean drain) {
        return await(
                cluster.stopWithSavepoint(
                        job, directory.toUri().toString(), drain, SavepointFormatType.CANONICAL),
                "stopping job " + job + " with a savepoint");
    }

    /** Makes a checkpoint of a job, now, and returns its path when it is complete. */
    public String triggerCheckpoint(JobID job) {
        return await(cluster.triggerCheckpoint(job), "making a checkpoint of job " + job);
    }

    /** Cancels a job and returns when all its tasks have ended. */
    public void cancel(JobID job) {
        await(cluster.cancelJob(job), "cancelling job " + job);
        await(cluster.requestJobResult(job), "waiting for the end of job " + job);
    }

    /**
     * Cancels what still runs, stops the cluster and deletes its scratch files. The end of the
     * process does it too.
     */
    @Override
    public void close() {
        try {
            await(cluster.closeAsync(), "stopping the Flink cluster");
        } finally {
            directory.close();
            exitHook.cancel();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a job", e);
        }
    }

    private static <T> T await(CompletableFuture<T> future, String action) {
        try {
            return future.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException(action + " failed", e.getCause());
        } catch (TimeoutException e) {
            throw new IllegalStateException(action + " took more than " + PATIENCE, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + action, e);
        }
    }
}
