package io.logitstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.connector.KafkaJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.metrics.reporter.MetricReporterFactory;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.util.NetUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration that users take to their own cluster. */
class FlinkConfigurationTest {

    private static final Path SHIPPED = Path.of("config/flink");

    private static final Configuration CONFIGURATION =
            GlobalConfiguration.loadConfiguration(SHIPPED.toString());

    private static final String REPORTER = "metrics.reporter.prom.";

    @TempDir Path home;

    @Test
    void aPortThatIsAskedForIsTheOneListenedOn() {
        ClusterFiles files = new ClusterFiles(Path.of(""));
        Configuration asked =
                FlinkProcesses.of(files, 1, 1, Map.of("rest.port", "23456")).configuration();
        assertThat(asked.get(RestOptions.BIND_PORT)).isEqualTo("23456");
        Map<String, String> both = Map.of("rest.port", "23456", "rest.bind-port", "23400-23499");
        assertThat(FlinkProcesses.of(files, 1, 1, both).configuration().get(RestOptions.BIND_PORT))
                .isEqualTo("23400-23499");
    }

    /** What each of nine exchanges needs, in pages of 32 KB. */
    @Test
    void aLocalClusterHasBuffersForEverySlot() {
        for (int slots = 1; slots <= 64; slots++) {
            Configuration of =
                    ClusterSettings.of(home, 1, slots, new Configuration()).getConfiguration();
            assertThat(of.get(TaskManagerOptions.NETWORK_MEMORY_MAX).getBytes())
                    .as("%d slots", slots)
                    .isGreaterThanOrEqualTo(slots * 9L * (slots + 1) * 32_768);
        }
    }

    @Test
    void setsOnlyWhatFlinkKnows() throws Exception {
        Map<String, ConfigOption<?>> options = FlinkOptions.all();
        assertThat(options).as("options found in Flink's jars").hasSizeGreaterThan(300);
        Set<String> keys = new TreeSet<>(CONFIGURATION.keySet());
        keys.removeIf(key -> key.startsWith(REPORTER));
        assertThat(keys).hasSizeGreaterThan(20).isSubsetOf(options.keySet());
        for (String key : keys) {
            assertThat(CONFIGURATION.getOptional(options.get(key))).as(key).isPresent();
        }
    }

    /** Settings of a reporter are options of no class. */
    @Test
    void hasAReporterForPrometheus() throws Exception {
        assertThat(CONFIGURATION.get(MetricOptions.REPORTERS_LIST)).isEqualTo("prom");
        assertThat(CONFIGURATION.keySet())
                .filteredOn(key -> key.startsWith(REPORTER))
                .containsExactlyInAnyOrder(
                        REPORTER + "factory.class",
                        REPORTER + "port",
                        REPORTER + "filterLabelValueCharacters");
        String factory = CONFIGURATION.getString(REPORTER + "factory.class", "");
        assertThat(Class.forName(factory)).isAssignableTo(MetricReporterFactory.class);
        assertThat(NetUtils.getPortRangeFromString(CONFIGURATION.getString(REPORTER + "port", "")))
                .toIterable()
                .as("a port for each process of a machine")
                .hasSizeGreaterThan(5);
    }

    @Test
    void isWhatItSaysItIs() {
        assertThat(CONFIGURATION.get(StateBackendOptions.STATE_BACKEND)).isEqualTo("rocksdb");
        assertThat(CONFIGURATION.get(CheckpointingOptions.INCREMENTAL_CHECKPOINTS)).isTrue();
        assertThat(CheckpointingOptions.isUnalignedCheckpointEnabled(CONFIGURATION)).isTrue();
        assertThat(
                        CheckpointingOptions.isUnalignedCheckpointInterruptibleTimersEnabled(
                                CONFIGURATION))
                .isTrue();
        assertThat(CONFIGURATION.get(CheckpointingOptions.ALIGNED_CHECKPOINT_TIMEOUT)).isPositive();
        Duration attempt =
                CONFIGURATION
                        .get(CheckpointingOptions.CHECKPOINTING_TIMEOUT)
                        .plus(CONFIGURATION.get(CheckpointingOptions.CHECKPOINTING_INTERVAL));
        int failures = CONFIGURATION.get(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER);
        assertThat(attempt.multipliedBy(failures + 1))
                .as("until the job starts again; the transaction timeout")
                .isLessThan(KafkaJob.DEFAULT_TRANSACTION_TIMEOUT);
        assertThat(CONFIGURATION.get(RestartStrategyOptions.RESTART_STRATEGY))
                .isEqualTo("exponential-delay");
        assertThat(
                        CONFIGURATION.get(
                                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_ATTEMPTS))
                .as("never gives up")
                .isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void hasHeapForRowsOfAMillionClassesInTwoSlots() {
        TaskExecutorProcessSpec memory =
                TaskExecutorProcessUtils.processSpecFromConfig(CONFIGURATION);
        assertThat(memory.getTaskHeapSize()).isGreaterThan(MemorySize.ofMebiBytes(1024));
        assertThat(memory.getManagedMemorySize()).isGreaterThan(MemorySize.ofMebiBytes(512));
        assertThat(
                        JobManagerProcessUtils.processSpecFromConfig(CONFIGURATION)
                                .getJvmHeapMemorySize())
                .isGreaterThan(MemorySize.ofMebiBytes(512));
    }

    @Test
    void hasFlagsThatJavaTakes() throws Exception {
        List<String> command = new ArrayList<>(List.of(ClusterProcess.java()));
        command.addAll(List.of(CONFIGURATION.get(CoreOptions.FLINK_JVM_OPTIONS).split(" ")));
        command.add("-version");
        Process java = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> output = java.inputReader().lines().toList();
        assertThat(java.waitFor()).as("%s", output).isZero();
        assertThat(output).noneMatch(line -> line.contains("Unknown"));
        assertThat(command).contains("--add-modules=jdk.incubator.vector");
    }

    /** What is tried on a laptop is what runs elsewhere. */
    @Test
    void isReadByTheProcessesWithPlacesOfTheirOwnAndNothingElse() throws IOException {
        ClusterFiles files = new ClusterFiles(home);
        Files.createDirectories(files.shippedConfiguration());
        Files.copy(
                SHIPPED.resolve("config.yaml"),
                files.shippedConfiguration().resolve("config.yaml"));
        FlinkProcesses.of(files, 2, 2, Map.of("web.refresh-interval", "1000")).writeConfiguration();

        Map<String, String> read = FlinkProcesses.running(files).configuration().toMap();

        read.entrySet().removeAll(CONFIGURATION.toMap().entrySet());
        assertThat(read)
                .containsOnlyKeys(
                        "execution.checkpointing.dir",
                        "execution.checkpointing.savepoint-dir",
                        "io.tmp.dirs",
                        "jobmanager.bind-host",
                        "jobmanager.rpc.address",
                        "jobmanager.rpc.port",
                        "metrics.reporters",
                        "parallelism.default",
                        "rest.address",
                        "rest.bind-address",
                        "rest.bind-port",
                        "rest.port",
                        "taskmanager.bind-host",
                        "taskmanager.host",
                        "web.refresh-interval",
                        "web.tmpdir");
        assertThat(read).containsEntry("web.refresh-interval", "1000");
    }
}
