package io.logitstream.cli;

import io.logitstream.local.LocalCluster;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts the cluster of processes. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a broker, a JobManager and TaskManagers, which live on when this command has ended.",
            "Configuration, logs, records and state are in target/cluster, the addresses in its files broker and rest."
        })
final class ClusterUpCommand implements Callable<Integer> {

    @Option(
            names = "--task-managers",
            paramLabel = "N",
            defaultValue = "2",
            description = "How many TaskManagers. Default: ${DEFAULT-VALUE}.")
    private int taskManagers;

    @Option(
            names = "--slots",
            paramLabel = "N",
            defaultValue = "2",
            description =
                    "Slots of each. A job takes as many as its parallelism. Default: ${DEFAULT-VALUE}.")
    private int slots;

    @Option(
            names = "--flink",
            paramLabel = "KEY=VALUE",
            description =
                    "Overrides an option of config/flink/config.yaml, for example taskmanager.memory.process.size=1400m. May be given several times.")
    private Map<String, String> flink = new HashMap<>();

    @Override
    public Integer call() throws Exception {
        if (taskManagers < 1 || slots < 1) {
            throw new Failures.CannotStart(
                    "cluster up: --task-managers and --slots must be at least 1");
        }
        Path home = ClusterCommand.home();
        Optional<LocalCluster> other = LocalCluster.find(home);
        if (other.isPresent()) {
            throw new Failures.CannotStart(
                    "cluster up: one is up already, web UI at %s; end it with: ./logitstream cluster down"
                            .formatted(other.get().webUi()));
        }
        LocalCluster cluster =
                LocalCluster.up(home, taskManagers, slots, flink, System.err::println);
        System.out.println("broker   " + cluster.bootstrapServers());
        System.out.println("web UI   " + cluster.webUi());
        System.out.println("logs     " + home.relativize(cluster.logs()));
        System.err.println(
                "next: ./logitstream cluster submit --job jobs/image-classification.yaml");
        return 0;
    }
}
