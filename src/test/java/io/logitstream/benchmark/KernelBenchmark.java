package io.logitstream.benchmark;

import io.logitstream.kernel.RowKernels;
import java.util.ServiceLoader;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One case, which the parameter names; run by {@link KernelBench}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class KernelBenchmark {

    static final int BEST = 5;
    private static final double TOLERANCE = 1e-5;

    /** A {@link KernelCase#id()}. */
    @Param("softmax/simd/1000/1/gaussian")
    public String id;

    private CaseCode code;

    /** Makes the rows, and checks what the code computes of them. */
    @Setup
    public void prepare() {
        KernelCase of = KernelCase.of(id);
        float[] rows = of.input().rows(of.k() * of.batch());
        int label = 0;
        code = codeOf(of, rows, label);
        PlainCode plain = new PlainCode(of, rows, label, BEST);
        code.run();
        plain.run();
        double expected = plain.check();
        double actual = code.check();
        if (Math.abs(actual - expected) > TOLERANCE * Math.max(1, Math.abs(expected))) {
            throw new IllegalStateException(
                    of + " computes " + actual + " where Math.exp computes " + expected);
        }
    }

    private static CaseCode codeOf(KernelCase of, float[] rows, int label) {
        return switch (of.variant()) {
            case simd -> new RowKernelCode(of, RowKernels.create(), rows, label, BEST);
            case scalar -> new RowKernelCode(of, RowKernels.createScalar(), rows, label, BEST);
            case mathExp -> new PlainCode(of, rows, label, BEST);
            case copy -> new MemoryCode(true, rows);
            case read -> new MemoryCode(false, rows);
            case torch ->
                    ServiceLoader.load(Peer.class)
                            .findFirst()
                            .orElseThrow(() -> new IllegalStateException("no peer was built"))
                            .code(of, rows, label, BEST);
        };
    }

    /** Computes all rows once. */
    @Benchmark
    public double run() {
        return code.run();
    }

    /** Gives back what the code holds. */
    @TearDown
    public void close() {
        code.close();
    }
}
