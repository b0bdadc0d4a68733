package io.logitstream.benchmark;

import io.logitstream.benchmark.KernelCase.Variant;
import io.logitstream.kernel.RowKernels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the kernels, side by side. */
@Command(
        name = "kernel",
        mixinStandardHelpOptions = true,
        description = {
            "Measures the softmax kernels with JMH: SIMD, scalar, plain Java with Math.exp, and memory itself.",
            "Prints nanoseconds per element; a copy stands beside softmax, a sum beside top-k."
        },
        footer = {
            "",
            "Examples:",
            "  logitstream bench kernel --short                  under 3 minutes, in one JVM: for orientation",
            "  logitstream bench kernel --json kernel.json       three rounds, each case in a JVM of its own",
            "  logitstream bench kernel --short --peers          torch too, single-threaded (downloads 110 MB once)",
            "  logitstream bench kernel --short --inputs         does the shape of the scores change the speed?"
        })
final class KernelBench implements Callable<Integer> {

    private static final int ROUNDS = 3;

    @Option(
            names = "--short",
            description = "One round in one JVM with short iterations, for orientation.")
    private boolean isShort;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also writes the measurements to FILE, as a JSON array.")
    private Path json;

    @Option(names = "--peers", description = "Also measures torch, through DJL.")
    private boolean peers;

    @Option(
            names = "--inputs",
            description =
                    "Measures the SIMD kernel on rows of other shapes instead: wide, ascending,"
                            + " descending, constant, spiky, masked.")
    private boolean inputs;

    @Override
    public Integer call() throws Exception {
        if (isShort) {
            // Figures for orientation may share the machine with another run's.
            System.setProperty("jmh.ignoreLock", "true");
        }
        List<Variant> variants = variants();
        List<KernelCase> cases = inputs ? KernelCase.allInputs() : KernelCase.all(variants);
        Collection<Measurement> measured = measure(cases);
        System.out.printf(
                "%s, JDK %s, %s processors%n%s%n%s%n%n",
                System.getProperty("os.arch"),
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                RowKernels.description(),
                isShort
                        ? "one round in one JVM, for orientation: leave out --short for figures to quote"
                        : ROUNDS + " rounds, each case in a JVM of its own");
        System.out.print(
                inputs
                        ? MeasurementText.inputTable(measured)
                        : MeasurementText.table(measured, variants));
        if (json != null) {
            Files.writeString(json, MeasurementText.json(measured, inputs));
        }
        return 0;
    }

    private List<Variant> variants() {
        List<Variant> variants = new ArrayList<>(List.of(Variant.values()));
        if (!RowKernels.chosen().equals("simd")) {
            System.err.println("no simd column: " + RowKernels.description());
            variants.remove(Variant.simd);
        }
        if (!peers) {
            variants.remove(Variant.torch);
        }
        return variants;
    }

    private Collection<Measurement> measure(List<KernelCase> cases) throws RunnerException {
        if (isShort) {
            warmUp(cases);
        }
        Map<KernelCase, List<Double>> nanos = new LinkedHashMap<>();
        int rounds = isShort ? 1 : ROUNDS;
        int done = 0;
        for (int round = 0; round < rounds; round++) {
            for (KernelCase each : cases) {
                System.err.printf("%d of %d: %s%n", ++done, rounds * cases.size(), each.id());
                for (RunResult result : new Runner(options(each)).run()) {
                    nanos.computeIfAbsent(each, key -> new ArrayList<>())
                            .addAll(iterations(result));
                }
            }
        }
        List<Measurement> measured = new ArrayList<>();
        nanos.forEach((of, times) -> measured.add(Measurement.of(of, times)));
        return measured;
    }

    /** In one JVM for all, the first cases would be measured before their code is compiled. */
    private void warmUp(List<KernelCase> cases) throws RunnerException {
        System.err.println("warming up");
        for (KernelCase each : cases) {
            if (each.k() == 1_000 && each.batch() == 1) {
                new Runner(options(each)).run();
            }
        }
    }

    private Options options(KernelCase of) {
        TimeValue time = TimeValue.milliseconds(isShort ? 80 : 150);
        return new OptionsBuilder()
                .include("io\\.logitstream\\.benchmark\\.KernelBenchmark\\.run")
                .param("id", of.id())
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
