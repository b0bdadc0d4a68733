package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileReader;
import io.logitstream.connector.JobTopics;
import io.logitstream.local.ContainerConfiguration;
import io.logitstream.local.FlinkOptions;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.container.entrypoint.StandaloneApplicationClusterConfigurationParserFactory;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.execution.ExecutionState;
import org.apache.flink.runtime.messages.webmonitor.JobDetails;
import org.apache.flink.runtime.messages.webmonitor.MultipleJobsDetails;
import org.apache.flink.runtime.rest.util.RestMapperUtils;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.tools.TopicCommand.TopicCommandOptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The job of the compose file: that each command, setting and topic is one that its program takes.
 */
class ComposeJobTest {

    private static ComposeFile compose;
    private static String jar;
    private static List<String> jobArguments;
    private static JobFile job;

    @TempDir Path directory;

    @BeforeAll
    static void read() throws Exception {
        compose = ComposeFile.read(ComposeFileTest.FILE);
        jar = Dockerfile.read(DockerImageTest.FILE).placeOf(BuildVersions.jar());
        CommandLine command = applicationMode(compose.command("jobmanager"));
        assertThat(command.getOptionValue("job-classname")).isEqualTo(Main.class.getName());
        jobArguments = command.getArgList();
        assertThat(picocli(jobArguments)).isEqualTo("run");
        job = JobFileReader.read(jobFile(), overrides(), Map.of());
    }

    /** Parses as Flink's entry point does; what it does not know is for the program. */
    private static CommandLine applicationMode(List<String> command) throws Exception {
        assertThat(command.get(0)).isEqualTo("standalone-job");
        List<String> arguments = new ArrayList<>(List.of("--configDir", "/opt/flink/conf"));
        arguments.addAll(command.subList(1, command.size()));
        return new DefaultParser()
                .parse(
                        new StandaloneApplicationClusterConfigurationParserFactory().getOptions(),
                        arguments.toArray(String[]::new),
                        true);
    }

    /** Returns the command that our command line takes these arguments for. */
    static String picocli(List<String> arguments) {
        return Main.commandLine()
                .parseArgs(arguments.toArray(String[]::new))
                .subcommand()
                .commandSpec()
                .name();
    }

    private static Path jobFile() {
        return compose.onHost("jobmanager", jobArguments.get(jobArguments.indexOf("--job") + 1));
    }

    private static List<String> overrides() {
        List<String> overrides = new ArrayList<>();
        for (int i = 0; i < jobArguments.size(); i++) {
            if (jobArguments.get(i).equals("--set")) {
                overrides.add(jobArguments.get(i + 1));
            }
        }
        return overrides;
    }

    private Configuration configuration(String service) throws Exception {
        return ContainerConfiguration.of(
                Path.of("config/flink/config.yaml"), compose.environment(service), directory);
    }

    @Test
    void jobFileIsValidAsItIsRun() {
        List<String> arguments = new ArrayList<>(List.of("validate", jobFile().toString()));
        overrides().forEach(override -> arguments.addAll(List.of("--set", override)));

        CommandRun run = CommandRun.of(arguments.toArray(String[]::new));

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(jobFile()).isRegularFile();
    }

    @Test
    void flinkHasOnlySettingsThatItKnowsAndReads() throws Exception {
        Map<String, String> environment = compose.environment("jobmanager");
        assertThat(environment)
                .isEqualTo(compose.environment("taskmanager"))
                .containsOnlyKeys("JOB_MANAGER_RPC_ADDRESS", "FLINK_PROPERTIES")
                .containsEntry("JOB_MANAGER_RPC_ADDRESS", "jobmanager");
        assertThat(FlinkOptions.all())
                .containsKeys(
                        ContainerConfiguration.properties(environment)
                                .keySet()
                                .toArray(String[]::new));
        Configuration shipped = GlobalConfiguration.loadConfiguration("config/flink");

        Configuration configuration = configuration("jobmanager");

        Map<String, String> differences = new TreeMap<>(configuration.toMap());
        differences.entrySet().removeAll(shipped.toMap().entrySet());
        Map<String, String> expected =
                new HashMap<>(ContainerConfiguration.properties(environment));
        expected.put("jobmanager.rpc.address", "jobmanager");
        expected.put("blob.server.port", "6124");
        expected.put("query.server.port", "6125");
        assertThat(differences).isEqualTo(expected);
        assertThat(configuration.keySet()).containsAll(shipped.keySet());
        assertThat(configuration.get(CoreOptions.FLINK_JVM_OPTIONS))
                .startsWith("--add-modules=jdk.incubator.vector ");
    }

    @Test
    void flinkIsReachedByItsNames() throws Exception {
        Configuration configuration = configuration("taskmanager");
        assertThat(configuration.toMap())
                .containsEntry("jobmanager.bind-host", "0.0.0.0")
                .containsEntry("taskmanager.bind-host", "0.0.0.0")
                .containsEntry("rest.bind-address", "0.0.0.0")
                .containsEntry("rest.address", "jobmanager");
        int rest = configuration.get(RestOptions.PORT);
        assertThat(compose.ports("jobmanager"))
                .containsExactly(new ComposeFile.Port("127.0.0.1", rest, rest));
        assertThat(check("jobmanager")).contains("http://localhost:" + rest + "/jobs/overview ");
        assertThat(check("taskmanager"))
                .endsWith("http://localhost:" + ComposeMonitoringTest.metricsPort() + "/metrics");
    }

    private static String check(String service) {
        return compose.service(service).at("/healthcheck/test/1").asText();
    }

    /** A job without slots is RUNNING to Flink, while its tasks wait. */
    @Test
    void healthyIsAJobOfWhichAllTasksRun() throws Exception {
        HealthCheck health = HealthCheck.of(compose, "jobmanager");
        assertThat(health.accepts(overview(JobStatus.RUNNING, 12, 0))).isTrue();
        assertThat(health.accepts(overview(JobStatus.RUNNING, 11, 1))).isFalse();
        assertThat(health.accepts(overview(JobStatus.RUNNING, 0, 12))).isFalse();
        assertThat(health.accepts(overview(JobStatus.RESTARTING, 12, 0))).isFalse();
        assertThat(health.accepts(overview(JobStatus.INITIALIZING, 0, 0))).isFalse();
        assertThat(health.accepts("")).isFalse();
    }

    /** What Flink answers of a job. */
    private static String overview(JobStatus status, int running, int scheduled) throws Exception {
        int[] tasks = new int[ExecutionState.values().length];
        tasks[ExecutionState.RUNNING.ordinal()] = running;
        tasks[ExecutionState.SCHEDULED.ordinal()] = scheduled;
        JobDetails job =
                new JobDetails(new JobID(), "job", 1, -1, 1, status, 1, tasks, running + scheduled);
        return RestMapperUtils.getStrictObjectMapper()
                .writeValueAsString(new MultipleJobsDetails(List.of(job)));
    }

    @Test
    void flinkHasRoomForTheJob() throws Exception {
        Configuration configuration = configuration("taskmanager");
        assertThat(TaskExecutorProcessUtils.processSpecFromConfig(configuration).getTaskHeapSize())
                .isGreaterThan(MemorySize.ofMebiBytes(256));
        assertThat(configuration.get(CoreOptions.DEFAULT_PARALLELISM))
                .isEqualTo(configuration.get(TaskManagerOptions.NUM_TASK_SLOTS));
    }

    /** A volume belongs to who its place in the image belongs to, which is not root. */
    @Test
    void checkpointsAreWhereBothCanWrite() throws Exception {
        Configuration configuration = configuration("taskmanager");
        String volume = Dockerfile.read(DockerImageTest.FILE).only("RUN").last();
        for (String service : List.of("jobmanager", "taskmanager")) {
            assertThat(compose.mounts(service))
                    .contains(new ComposeFile.Mount("state", volume, List.of()));
        }
        for (String directory :
                List.of(
                        configuration.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY),
                        configuration.get(CheckpointingOptions.SAVEPOINT_DIRECTORY))) {
            assertThat(URI.create(directory).getScheme()).isEqualTo("file");
            assertThat(Path.of(URI.create(directory)).startsWith(volume)).isTrue();
            assertThat(Files.readString(Path.of("docker/README.md")))
                    .as("says how to find what is there")
                    .contains(" " + URI.create(directory).getPath() + "/*/");
        }
    }

    @Test
    void scoresAreFedToTheJob() {
        List<String> command = compose.command("scores");
        int main = command.indexOf(Main.class.getName());
        assertThat(StrictYaml.texts(compose.service("scores").required("entrypoint")))
                .containsExactly("java");
        assertThat(command.subList(0, main))
                .containsExactly("-Xmx128m", "-cp", jar + ":/opt/flink/lib/*");
        List<String> arguments = command.subList(main + 1, command.size());
        assertThat(picocli(arguments)).isEqualTo("replay");
        assertThat(compose.onHost("scores", arguments.get(1))).isRegularFile();
        assertThat(arguments)
                .containsSubsequence("--topic", job.scores().topic())
                .containsSubsequence("--bootstrap-servers", bootstrapServers());
    }

    private static String bootstrapServers() {
        return job.kafka().properties().get("bootstrap.servers");
    }

    @Test
    void topicsAreThoseOfTheJob() throws Exception {
        Map<String, NewTopic> ofJob =
                JobTopics.of(job).stream().collect(Collectors.toMap(NewTopic::name, t -> t));
        TopicsScript script = TopicsScript.of(compose);
        assertThat(script.text()).contains("PATH=$PATH:/opt/kafka/bin\n");
        List<String> created = new ArrayList<>();
        for (TopicCommandOptions options : script.calls(directory)) {
            String name = options.topic().orElseThrow();
            created.add(name);
            assertThat(options.hasCreateOption() && options.ifNotExists()).isTrue();
            assertThat(options.bootstrapServer()).contains(bootstrapServers());
            assertThat(ofJob).containsKey(name);
            List<String> settings = new ArrayList<>();
            Optional.ofNullable(ofJob.get(name).configs())
                    .orElse(Map.of())
                    .forEach((key, value) -> settings.add(key + "=" + value));
            assertThat(options.topicConfig().orElse(List.of())).as(name).isEqualTo(settings);
            if (name.equals(job.scores().topic())) {
                assertThat(options.partitions())
                        .contains(
                                configuration("taskmanager").get(CoreOptions.DEFAULT_PARALLELISM));
            }
        }
        assertThat(created).containsExactlyInAnyOrderElementsOf(ofJob.keySet());
    }
}
