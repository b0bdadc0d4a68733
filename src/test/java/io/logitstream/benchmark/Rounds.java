package io.logitstream.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs cases of a JMH benchmark one after the other, and all of them again: what else the machine
 * does then slows all of them.
 *
 * @param benchmark the name of a class with a method {@code run} and a parameter {@code id}; only
 *     its name, since it is compiled after all others
 * @param isShort whether there is one round in this JVM with short iterations, for orientation, in
 *     place of some with a JVM for each case
 */
record Rounds(String benchmark, boolean isShort) {

    private static final int ROUNDS = 3;

    /** Says how it was measured. */
    String description() {
        return isShort
                ? "one round in one JVM, for orientation: leave out --short for figures to quote"
                : ROUNDS + " rounds, each case in a JVM of its own";
    }

    /**
     * Measures cases.
     *
     * @param ids the cases
     * @param first those that warm up what all use; in one JVM for all, the first cases would be
     *     measured before their code is compiled
     * @return the score of each iteration, by case
     */
    Map<String, List<Double>> measure(List<String> ids, List<String> first) throws RunnerException {
        if (isShort) {
            // Figures for orientation may share the machine with another run's.
            System.setProperty("jmh.ignoreLock", "true");
            System.err.println("warming up");
            for (String id : first) {
                new Runner(options(id)).run();
            }
        }
        Map<String, List<Double>> scores = new LinkedHashMap<>();
        int rounds = isShort ? 1 : ROUNDS;
        int done = 0;
        for (int round = 0; round < rounds; round++) {
            for (String id : ids) {
                System.err.printf("%d of %d: %s%n", ++done, rounds * ids.size(), id);
                for (RunResult result : new Runner(options(id)).run()) {
                    scores.computeIfAbsent(id, key -> new ArrayList<>()).addAll(iterations(result));
                }
            }
        }
        return scores;
    }

    private Options options(String id) {
        TimeValue time = TimeValue.milliseconds(isShort ? 80 : 150);
        return new OptionsBuilder()
                .include("io\\.logitstream\\.benchmark\\." + benchmark + "\\.run")
                .param("id", id)
                .forks(isShort ? 0 : 1)
                .warmupIterations(isShort ? 2 : 15)
                .warmupTime(time)
                .measurementIterations(isShort ? 3 : 4)
                .measurementTime(time)
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .build();
    }

    private static List<Double> iterations(RunResult result) {
        List<Double> scores = new ArrayList<>();
        for (BenchmarkResult fork : result.getBenchmarkResults()) {
            for (IterationResult iteration : fork.getIterationResults()) {
                scores.add(iteration.getPrimaryResult().getScore());
            }
        }
        return scores;
    }
}
