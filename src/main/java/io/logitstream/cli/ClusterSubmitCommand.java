package io.logitstream.cli;

import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileReader;
import io.logitstream.connector.FlinkChecks;
import io.logitstream.local.LocalCluster;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Submits the job to the cluster of processes. */
@Command(
        name = "submit",
        mixinStandardHelpOptions = true,
        description = {
            "Submits the job of a job file to the cluster: the shipped jar, by Flink's own client.",
            "Ends when all of the job runs. The broker is the cluster's, whatever the job file says, and topics that are missing are created."
        },
        footer = {
            "",
            "Example:",
            "  logitstream cluster submit --job jobs/image-classification.yaml --set predictions.emit=full"
        })
final class ClusterSubmitCommand implements Callable<Integer> {

    private static final int INPUT_PARTITIONS = 4;

    @Option(
            names = "--job",
            required = true,
            paramLabel = "FILE",
            description = "The job file, for example jobs/image-classification.yaml.")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Overrides a key of the job file. May be given several times.")
    private List<String> overrides = new ArrayList<>();

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            description =
                    "How many parallel subtasks, each with a slot. Default: the slots of all TaskManagers but one.")
    private int parallelism;

    @Override
    public Integer call() throws Exception {
        LocalCluster cluster = ClusterCommand.running();
        List<String> all = new ArrayList<>(overrides);
        all.add("kafka.bootstrap.servers=" + cluster.bootstrapServers());
        all.add("kafka.security.protocol=PLAINTEXT");
        JobFile job = JobFileReader.read(file, all, System.getenv());
        RunCommand.require(FlinkChecks.faults(job));
        requireRoom(cluster, job);
        cluster.createMissingTopics(inputs(job), INPUT_PARTITIONS);
        RunCommand.requireBroker(job);
        System.err.println("submitting " + job.name() + " with Flink's client ...");
        String id =
                cluster.submit(
                        parallelism > 0 ? List.of("--parallelism", "" + parallelism) : List.of(),
                        shippedJar(),
                        arguments(all));
        System.out.println("job      " + id);
        System.out.println("web UI   " + cluster.webUi() + "/#/job/running/" + id + "/overview");
        System.err.println("job " + job.name() + " is RUNNING; next, with a FILE of scores:");
        System.err.println(
                "  ./logitstream replay FILE --topic %s --bootstrap-servers %s"
                        .formatted(job.scores().topic(), cluster.bootstrapServers()));
        System.err.println(
                "  ./logitstream cluster read --topic " + job.predictions().topic() + " --count 3");
        return 0;
    }

    private void requireRoom(LocalCluster cluster, JobFile job) throws Exception {
        if (cluster.hasJobNamed(job.name())) {
            throw new Failures.CannotStart(
                    "cluster submit: a job named '%s' runs already, and two must not share a name; choose another with --set name=..."
                            .formatted(job.name()));
        }
        int free = cluster.freeSlots();
        // What a job file says wins over Flink's client.
        int wanted =
                Configuration.fromMap(job.flink())
                        .getOptional(CoreOptions.DEFAULT_PARALLELISM)
                        .orElse(parallelism > 0 ? parallelism : cluster.defaultParallelism());
        if (free < wanted) {
            throw new Failures.CannotStart(
                    "cluster submit: parallelism %d, but %d slots are free; lower it, or start the cluster with more --slots"
                            .formatted(wanted, free));
        }
    }

    private static List<String> inputs(JobFile job) {
        JobFile.Labels labels = job.labels();
        return labels == null
                ? List.of(job.scores().topic())
                : List.of(job.scores().topic(), labels.topic());
    }

    private List<String> arguments(List<String> all) {
        List<String> arguments =
                new ArrayList<>(List.of("run", "--job", file.toAbsolutePath().toString()));
        all.forEach(override -> arguments.addAll(List.of("--set", override)));
        return arguments;
    }

    /** Returns the jar that this class is from. */
    private static Path shippedJar() throws URISyntaxException, Failures.CannotStart {
        Path place =
                Path.of(
                        ClusterSubmitCommand.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        if (!Files.isRegularFile(place)) {
            throw new Failures.CannotStart(
                    "cluster submit: there is no jar to submit; run it by ./logitstream");
        }
        return place;
    }
}
