package io.logitstream.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.local.ContainerConfiguration;
import io.logitstream.local.ExitHook;
import io.logitstream.local.JobRest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint;
import org.apache.flink.runtime.clusterframework.BootstrapTools;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessSpec;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobmanager.JobManagerProcessSpec;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.runtime.util.config.memory.ProcessMemoryUtils;

/**
 * Services of the compose file as processes of this machine, in a directory in place of an image.
 * They end with this process, however that ends itself, unless it is killed.
 */
final class ComposeProcesses implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ComposeFile compose;
    private final Path home;
    private final String bootstrapServers;
    private final Configuration configuration;
    private final Map<String, Process> processes = new LinkedHashMap<>();
    private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final ExitHook exitHook = ExitHook.running(this::end, "end-compose-processes");

    /**
     * Makes ready what the services need.
     *
     * @param home an empty directory, for what an image has in {@code /opt/flink}
     * @param bootstrapServers the broker
     */
    ComposeProcesses(ComposeFile compose, Path home, String bootstrapServers) throws Exception {
        this.compose = compose;
        this.home = home;
        this.bootstrapServers = bootstrapServers;
        Files.createDirectories(home.resolve("lib"));
        Files.createDirectories(home.resolve("usrlib"));
        Files.createSymbolicLink(
                home.resolve("usrlib/logitstream.jar"),
                Path.of(BuildVersions.jar()).toAbsolutePath());
        Path conf = Files.createDirectories(home.resolve("conf"));
        configuration =
                ContainerConfiguration.of(
                        Path.of("config/flink/config.yaml"),
                        compose.environment("jobmanager"),
                        conf);
        configuration.addAll(ContainerConfiguration.placesOnThisMachine(home));
        BootstrapTools.writeConfiguration(configuration, conf.resolve("config.yaml").toFile());
    }

    private String rest() {
        return "http://127.0.0.1:" + configuration.get(RestOptions.PORT);
    }

    /** Returns what the JobManager answers, or nothing if it does not. */
    String get(String path) throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(rest() + path)).timeout(PATIENCE).build();
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return "";
        }
    }

    /** Starts the service {@code jobmanager} as Flink's entry point and its script would. */
    void startJobManager() throws IOException {
        JobManagerProcessSpec memory = JobManagerProcessUtils.processSpecFromConfig(configuration);
        List<String> command = java();
        command.addAll(
                words(JobManagerProcessUtils.generateJvmParametersStr(memory, configuration)));
        command.addAll(words(configuration.get(CoreOptions.FLINK_JVM_OPTIONS)));
        command.addAll(List.of("-cp", flink() + ":" + container()));
        command.add(StandaloneApplicationClusterEntryPoint.class.getName());
        command.addAll(List.of("--configDir", home.resolve("conf").toString()));
        command.addAll(here(compose.command("jobmanager").stream().skip(1)));
        start("jobmanager", command);
    }

    /** Starts the service {@code taskmanager} likewise. */
    void startTaskManager() throws IOException {
        TaskExecutorProcessSpec memory =
                TaskExecutorProcessUtils.processSpecFromConfig(configuration);
        List<String> command = java();
        command.addAll(words(ProcessMemoryUtils.generateJvmParametersStr(memory)));
        command.addAll(words(configuration.get(CoreOptions.FLINK_JVM_OPTIONS)));
        command.addAll(List.of("-cp", flink(), TaskManagerRunner.class.getName()));
        command.addAll(List.of("--configDir", home.resolve("conf").toString()));
        command.addAll(words(TaskExecutorProcessUtils.generateDynamicConfigsStr(memory)));
        start("taskmanager", command);
    }

    /** Starts the service {@code scores}. */
    void startScores() throws IOException {
        List<String> command = java();
        command.addAll(here(compose.command("scores").stream()));
        start("scores", command);
    }

    private static List<String> java() {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin/java").toString());
        // As Flink's scripts do; it has the name that they look for.
        command.add(
                "-Dlog4j.configurationFile="
                        + Path.of("config/flink/log4j-console.properties").toUri());
        return command;
    }

    /** Returns words of a command with the places of this machine. */
    private List<String> here(Stream<String> words) throws IOException {
        String flink = flink();
        String jobs = Path.of("jobs").toAbsolutePath().toString();
        return words.map(
                        word ->
                                word.replace("/opt/flink/lib/*", flink)
                                        .replace("/opt/flink", home.toString())
                                        .replace("/opt/logitstream/jobs", jobs)
                                        .replace("kafka:9092", bootstrapServers))
                .toList();
    }

    /** What an image has in {@code /opt/flink/lib}. */
    private static String flink() throws IOException {
        return Files.readString(Path.of("target/cluster-class-path")).strip();
    }

    private static String container() {
        return StandaloneApplicationClusterEntryPoint.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
    }

    private static List<String> words(String text) {
        return Stream.of(text.split("\\s+")).filter(word -> !word.isEmpty()).toList();
    }

    private void start(String service, List<String> command) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log(service).toFile());
        // Beside it, application mode finds the directory usrlib.
        builder.environment().put("FLINK_LIB_DIR", home.resolve("lib").toString());
        processes.put(service, builder.start());
    }

    private Path log(String service) {
        return home.resolve(service + ".log");
    }

    /**
     * Stops the job with a savepoint, as Flink's client does, and returns what its JobManager ended
     * with. It waits until somebody has asked what became of the savepoint.
     */
    int stopJob() throws Exception {
        String job = new ObjectMapper().readTree(get("/jobs/overview")).at("/jobs/0/jid").asText();
        new JobRest(rest()).stop(job, false, Duration.ofMinutes(1));
        Process process = processes.get("jobmanager");
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("the JobManager goes on:\n" + endOf("jobmanager"));
        }
        return process.exitValue();
    }

    private String endOf(String service) throws IOException {
        String log = said(service);
        return log.substring(Math.max(0, log.length() - 4000));
    }

    /** Returns what a service has said. */
    String said(String service) throws IOException {
        return Files.readString(log(service));
    }

    @Override
    public void close() {
        exitHook.cancel();
        end();
    }

    private void end() {
        processes.values().forEach(Process::destroyForcibly);
        processes.values().forEach(process -> process.onExit().join());
    }
}
