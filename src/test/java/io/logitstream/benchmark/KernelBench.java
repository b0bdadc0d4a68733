package io.logitstream.benchmark;

import io.logitstream.benchmark.KernelCase.Variant;
import io.logitstream.kernel.RowKernels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.runner.RunnerException;
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
        List<Variant> variants = variants();
        Rounds rounds = new Rounds("KernelBenchmark", isShort);
        List<KernelCase> cases = inputs ? KernelCase.allInputs() : KernelCase.all(variants);
        Collection<Measurement> measured = measure(rounds, cases);
        System.out.printf(
                "%s, JDK %s, %s processors%n%s%n%s%n%n",
                System.getProperty("os.arch"),
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                RowKernels.description(),
                rounds.description());
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

    private static Collection<Measurement> measure(Rounds rounds, List<KernelCase> cases)
            throws RunnerException {
        List<String> ids = cases.stream().map(KernelCase::id).toList();
        List<String> first =
                cases.stream()
                        .filter(each -> each.k() == 1_000 && each.batch() == 1)
                        .map(KernelCase::id)
                        .toList();
        List<Measurement> measured = new ArrayList<>();
        rounds.measure(ids, first)
                .forEach((id, nanos) -> measured.add(Measurement.of(KernelCase.of(id), nanos)));
        return measured;
    }
}
