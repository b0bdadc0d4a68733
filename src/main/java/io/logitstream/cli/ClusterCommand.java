package io.logitstream.cli;

import io.logitstream.local.LocalCluster;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;

/** A real cluster on this machine, to try a job on. */
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a real cluster on this machine, without Docker: a broker, a JobManager and TaskManagers.",
            "Each is a process of its own and listens on 127.0.0.1 only. Flink's configuration is config/flink/config.yaml."
        },
        footer = {
            "",
            "Example:",
            "  logitstream cluster up",
            "  logitstream cluster submit --job jobs/image-classification.yaml",
            "  logitstream replay jobs/recorded/fashion-10.jsonl.gz --topic image-scores \\",
            "    --bootstrap-servers \"$(cat target/cluster/broker)\"",
            "  logitstream cluster read --topic image-predictions --count 3",
            "  logitstream cluster down"
        },
        subcommands = {
            ClusterUpCommand.class,
            ClusterSubmitCommand.class,
            ClusterReadCommand.class,
            ClusterDownCommand.class
        })
final class ClusterCommand {

    /** Returns the root of the project, where its one cluster is. */
    static Path home() throws Failures.CannotStart {
        String home = System.getProperty("logitstream.home");
        if (home == null) {
            throw new Failures.CannotStart("cluster: run it by ./logitstream");
        }
        return Path.of(home);
    }

    /** Returns the cluster that is up. */
    static LocalCluster running() throws IOException, Failures.CannotStart {
        return LocalCluster.find(home())
                .orElseThrow(
                        () ->
                                new Failures.CannotStart(
                                        "cluster: none is up; start one with: ./logitstream cluster up"));
    }
}
