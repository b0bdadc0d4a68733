package io.logitstream.local;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RpcOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;

/** What makes a Flink cluster small enough to live inside another process. */
final class ClusterSettings {

    private static final String HOST = "127.0.0.1";
    private static final int NETWORK_MEGABYTES_PER_SLOT = 8;
    private static final int MIN_NETWORK_MEGABYTES = 32;

    /**
     * Keyed exchanges of a job with shards, labels and whole distributions. In each, a subtask
     * needs a buffer for every subtask that it sends to, and one more.
     */
    private static final int MOST_EXCHANGES = 9;

    private static final int OTHER_BUFFERS = 64;
    private static final int BUFFERS_PER_MEGABYTE = 32;

    private ClusterSettings() {}

    /**
     * Puts the settings together.
     *
     * @param directory for scratch files
     * @param extra wins over everything set here
     */
    static MiniClusterConfiguration of(
            Path directory, int taskManagers, int slotsPerTaskManager, Configuration extra) {
        if (taskManagers < 1 || slotsPerTaskManager < 1) {
            throw new IllegalArgumentException(
                    "a cluster of %d task managers with %d slots each cannot run a job"
                            .formatted(taskManagers, slotsPerTaskManager));
        }
        Configuration settings = new Configuration();
        setPlaces(settings, directory);
        setSize(settings, slotsPerTaskManager);
        settings.addAll(extra);
        return new MiniClusterConfiguration.Builder()
                .setConfiguration(settings)
                .setNumTaskManagers(taskManagers)
                .setNumSlotsPerTaskManager(slotsPerTaskManager)
                .build();
    }

    private static void setPlaces(Configuration settings, Path directory) {
        settings.set(RestOptions.ADDRESS, HOST);
        settings.set(RestOptions.BIND_ADDRESS, HOST);
        settings.set(RestOptions.BIND_PORT, "0");
        // Files of jobs and records between task managers are given to whoever asks.
        settings.set(JobManagerOptions.BIND_HOST, HOST);
        settings.set(TaskManagerOptions.HOST, HOST);
        settings.set(TaskManagerOptions.BIND_HOST, HOST);
        settings.set(WebOptions.SUBMIT_ENABLE, false);
        settings.set(WebOptions.TMP_DIR, directory.toString());
        settings.set(CoreOptions.TMP_DIRS, directory.toString());
        // Without a place for them they would be kept in the heap, 5 MB for a subtask at most.
        settings.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                directory.resolve("checkpoints").toUri().toString());
        // Threads of a Kafka client may outlive their job by a moment; all classes are the
        // process's.
        settings.set(CoreOptions.CHECK_LEAKED_CLASSLOADER, false);
    }

    private static void setSize(Configuration settings, int slots) {
        int buffers = slots * (MOST_EXCHANGES * (slots + 1) + OTHER_BUFFERS);
        MemorySize network =
                MemorySize.ofMebiBytes(
                        Math.max(
                                Math.max(MIN_NETWORK_MEGABYTES, NETWORK_MEGABYTES_PER_SLOT * slots),
                                buffers / BUFFERS_PER_MEGABYTE));
        settings.set(TaskManagerOptions.NETWORK_MEMORY_MIN, network);
        settings.set(TaskManagerOptions.NETWORK_MEMORY_MAX, network);
        settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(32));
        settings.set(JobManagerOptions.JOB_STORE_CACHE_SIZE, MemorySize.ofMebiBytes(8).getBytes());
        // A machine busy with a build answers late, but it answers.
        settings.set(RpcOptions.ASK_TIMEOUT_DURATION, Duration.ofMinutes(1));
    }
}
