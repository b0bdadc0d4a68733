package io.logitstream.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * Stands for the benchmarks where they are not: they are built with the tests, and {@code
 * ./logitstream bench} starts them there.
 */
@Command(
        name = "bench",
        description =
                "Runs the benchmarks behind the tables of the README; only in a checkout of the"
                        + " sources.")
final class BenchCommand implements Callable<Integer> {

    @Unmatched private List<String> ignored = List.of();

    @Override
    public Integer call() throws Failures.CannotStart {
        throw new Failures.CannotStart(
                "bench: the benchmarks are not in the jar; run ./logitstream bench in a checkout of the sources");
    }
}
