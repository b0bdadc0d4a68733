package io.logitstream.local;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.client.cli.CliFrontend;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;
import org.apache.flink.runtime.clusterframework.BootstrapTools;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.jobmanager.JobManagerProcessSpec;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;

/**
 * The Flink part of a cluster of processes: Flink's own main classes, with the shipped
 * configuration and the flags that Flink's own scripts would compute from it.
 *
 * @param files where everything is
 * @param configuration the shipped one, with addresses and directories of this cluster
 */
record FlinkProcesses(ClusterFiles files, Configuration configuration) {

    static final String JOB_MANAGER = "jobmanager";
    static final String TASK_MANAGER = "taskmanager-";

    static final String CLIENT = "client";

    private static final String VECTORS = "jdk.incubator.vector";

    /**
     * Reads the shipped configuration, and puts this cluster's places into it.
     *
     * @param taskManagers at least 1
     * @param slots of each task manager, at least 1
     * @param extra options that win over everything set here
     */
    static FlinkProcesses of(
            ClusterFiles files, int taskManagers, int slots, Map<String, String> extra) {
        Configuration configuration =
                GlobalConfiguration.loadConfiguration(files.shippedConfiguration().toString());
        setAddresses(configuration);
        setDirectories(configuration, files);
        configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, slots);
        // Jobs go on without one of the task managers, if there are several.
        configuration.set(CoreOptions.DEFAULT_PARALLELISM, Math.max(1, taskManagers - 1) * slots);
        configuration.addAll(Configuration.fromMap(extra));
        String port = extra.get(RestOptions.PORT.key());
        if (port != null && !extra.containsKey(RestOptions.BIND_PORT.key())) {
            configuration.set(RestOptions.BIND_PORT, port);
        }
        return new FlinkProcesses(files, configuration);
    }

    /** Returns those that run already, with the configuration that they read. */
    static FlinkProcesses running(ClusterFiles files) {
        return new FlinkProcesses(
                files, GlobalConfiguration.loadConfiguration(files.configuration().toString()));
    }

    private static void setAddresses(Configuration configuration) {
        String host = BrokerSettings.HOST;
        configuration.set(JobManagerOptions.ADDRESS, host);
        configuration.set(JobManagerOptions.BIND_HOST, host);
        configuration.set(JobManagerOptions.PORT, FreePorts.find());
        configuration.set(RestOptions.ADDRESS, host);
        configuration.set(RestOptions.BIND_ADDRESS, host);
        int rest = FreePorts.find();
        configuration.set(RestOptions.PORT, rest);
        configuration.set(RestOptions.BIND_PORT, Integer.toString(rest));
        configuration.set(TaskManagerOptions.HOST, host);
        configuration.set(TaskManagerOptions.BIND_HOST, host);
        // It listens on all addresses of the machine, so it is only there for who asks for it.
        configuration.set(MetricOptions.REPORTERS_LIST, "none");
    }

    private static void setDirectories(Configuration configuration, ClusterFiles files) {
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY, "" + files.checkpoints().toUri());
        configuration.set(
                CheckpointingOptions.SAVEPOINT_DIRECTORY, "" + files.savepoints().toUri());
        configuration.set(CoreOptions.TMP_DIRS, files.scratch().toString());
        configuration.set(WebOptions.TMP_DIR, files.scratch().toString());
    }

    /** Writes what the processes read. */
    void writeConfiguration() throws IOException {
        Files.createDirectories(files.configuration());
        Files.createDirectories(files.scratch());
        BootstrapTools.writeConfiguration(
                configuration, files.configuration().resolve("config.yaml").toFile());
    }

    /** Returns the address of REST and web page. */
    String rest() {
        return "http://"
                + configuration.get(RestOptions.ADDRESS)
                + ":"
                + configuration.get(RestOptions.PORT);
    }

    ClusterProcess startJobManager() throws IOException {
        JobManagerProcessSpec memory = JobManagerProcessUtils.processSpecFromConfig(configuration);
        List<String> options =
                words(JobManagerProcessUtils.generateJvmParametersStr(memory, configuration));
        options.addAll(javaOptions(JOB_MANAGER, CoreOptions.FLINK_JM_JVM_OPTIONS));
        return start(
                JOB_MANAGER,
                options,
                StandaloneSessionClusterEntrypoint.class,
                words(JobManagerProcessUtils.generateDynamicConfigsStr(memory)));
    }

    ClusterProcess startTaskManager(int number) throws IOException {
        String role = TASK_MANAGER + number;
        TaskExecutorProcessSpec memory =
                TaskExecutorProcessUtils.processSpecFromConfig(configuration);
        List<String> options = words(ProcessMemoryUtils.generateJvmParametersStr(memory));
        options.addAll(javaOptions(role, CoreOptions.FLINK_TM_JVM_OPTIONS));
        List<String> settings = words(TaskExecutorProcessUtils.generateDynamicConfigsStr(memory));
        settings.addAll(
                List.of("-D", TaskManagerOptions.TASK_MANAGER_RESOURCE_ID.key() + "=" + role));
        return start(role, options, TaskManagerRunner.class, settings);
    }

    private ClusterProcess start(
            String role, List<String> options, Class<?> main, List<String> settings)
            throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(main.getName(), "--configDir", files.configuration().toString()));
        command.addAll(settings);
        return ClusterProcess.start(
                files, role, new ClusterProcess.Program(files.flinkClassPath(), options, command));
    }

    /** Returns what runs Flink's own client with these arguments. */
    ClusterProcess.Program client(List<String> arguments) throws IOException {
        List<String> options = javaOptions(CLIENT, CoreOptions.FLINK_CLI_JVM_OPTIONS);
        options.add("-Xmx512m");
        List<String> command = new ArrayList<>(List.of(CliFrontend.class.getName()));
        command.addAll(arguments);
        return new ClusterProcess.Program(files.flinkClassPath(), options, command);
    }

    /** Returns the flag that names the shipped configuration of logs. */
    static String logging(ClusterFiles files) {
        Path log4j = files.shippedConfiguration().resolve("log4j-console.properties");
        return "-Dlog4j2.configurationFile=" + log4j.toUri();
    }

    private List<String> javaOptions(String role, ConfigOption<String> ofRole) {
        List<String> options = new ArrayList<>();
        for (ConfigOption<String> option :
                List.of(
                        CoreOptions.FLINK_DEFAULT_JVM_OPTIONS,
                        CoreOptions.FLINK_JVM_OPTIONS,
                        ofRole)) {
            options.addAll(words(configuration.getOptional(option).orElse("")));
        }
        // A Java cut down to fewer modules may lack the vectors; it runs with the scalar kernel.
        if (ModuleFinder.ofSystem().find(VECTORS).isEmpty()) {
            options.removeIf(("--add-modules=" + VECTORS)::equals);
        }
        options.add(logging(files));
        // Where the web page looks for the log.
        options.add("-Dlog.file=" + files.log(role));
        return options;
    }

    private static List<String> words(String text) {
        return Stream.of(text.split("\\s+"))
                .filter(word -> !word.isEmpty())
                .collect(Collectors.toCollection(ArrayList::new));
    }
}
