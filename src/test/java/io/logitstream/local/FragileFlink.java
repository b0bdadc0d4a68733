package io.logitstream.local;

import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.executiongraph.AccessExecutionGraph;
import org.apache.flink.runtime.executiongraph.AccessExecutionVertex;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.streaming.api.graph.StreamGraph;

/**
 * A cluster of task managers with one slot each, for tests that kill one: a job of as many subtasks
 * as task managers loses a part of itself.
 */
public final class FragileFlink implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final TempDirectory directory;
    private final MiniCluster cluster;

    private FragileFlink(TempDirectory directory, MiniCluster cluster) {
        this.directory = directory;
        this.cluster = cluster;
    }

    public static FragileFlink start(int taskManagers) throws Exception {
        TempDirectory directory = TempDirectory.create("logitstream-flink-");
        MiniCluster cluster =
                new MiniCluster(
                        ClusterSettings.of(directory.path(), taskManagers, 1, new Configuration()));
        FragileFlink flink = new FragileFlink(directory, cluster);
        try {
            cluster.start();
            return flink;
        } catch (Exception e) {
            flink.close();
            throw e;
        }
    }

    public JobID submit(StreamGraph graph) throws Exception {
        JobID job = get(cluster.submitJob(graph)).getJobID();
        awaitRunning(job);
        return job;
    }

    private void awaitRunning(JobID job) {
        await().atMost(PATIENCE).until(() -> new JobSnapshot(graph(job)).isRunningOrFinished());
    }

    /** Makes a checkpoint and returns its path when it is complete. */
    public String checkpoint(JobID job) throws Exception {
        return get(cluster.triggerCheckpoint(job));
    }

    /** Kills the first task manager, starts another, and returns when the job runs once more. */
    public void killOneAndReplaceIt(JobID job) throws Exception {
        int attempt = attempt(job);
        get(cluster.terminateTaskManager(0));
        cluster.startTaskManager();
        await().atMost(PATIENCE).until(() -> attempt(job) > attempt);
        awaitRunning(job);
    }

    public JobStatus status(JobID job) throws Exception {
        return get(cluster.getJobStatus(job));
    }

    /** Returns how often the job was restarted. */
    public int attempt(JobID job) throws Exception {
        int attempt = 0;
        for (AccessExecutionVertex task : graph(job).getAllExecutionVertices()) {
            attempt = Math.max(attempt, task.getCurrentExecutionAttempt().getAttemptNumber());
        }
        return attempt;
    }

    /** Ends event time, writes everything out, stops the job and returns its savepoint. */
    public String drain(JobID job, Path savepoints) throws Exception {
        return get(
                cluster.stopWithSavepoint(
                        job, savepoints.toUri().toString(), true, SavepointFormatType.CANONICAL));
    }

    private AccessExecutionGraph graph(JobID job) throws Exception {
        return get(cluster.getExecutionGraph(job));
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        try {
            get(cluster.closeAsync());
        } catch (Exception e) {
            throw new IllegalStateException("the Flink cluster did not stop", e);
        } finally {
            directory.close();
        }
    }
}
