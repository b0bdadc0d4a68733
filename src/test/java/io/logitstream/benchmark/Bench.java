package io.logitstream.benchmark;

import io.logitstream.benchmark.job.JobBench;
import io.logitstream.benchmark.job.ScaleBench;
import io.logitstream.cli.Main;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The command line of the benchmarks, {@code logitstream bench}. They are built with the tests, so
 * that neither JMH nor a peer is ever in the shipped jar.
 */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Runs the benchmarks behind the tables of the README.",
        footer = {
            "",
            "Examples:",
            "  logitstream bench kernel --short",
            "  logitstream bench decode --short",
            "  logitstream bench labels --short",
            "  logitstream bench shards",
            "  logitstream bench job --short"
        },
        subcommands = {
            KernelBench.class,
            DecodeBench.class,
            LabelsBench.class,
            ShardsBench.class,
            ControlBench.class,
            JobBench.class,
            ScaleBench.class,
            CommandLine.HelpCommand.class
        })
public final class Bench {

    private Bench() {}

    /** Runs a benchmark and ends the process with its exit code. */
    public static void main(String[] args) {
        System.exit(Main.inHouseStyle(new CommandLine(new Bench())).execute(args));
    }
}
