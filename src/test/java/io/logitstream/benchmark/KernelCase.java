package io.logitstream.benchmark;

import java.util.ArrayList;
import java.util.List;

/**
 * What one measurement of the kernel benchmark computes.
 *
 * @param kernel what is computed of a row
 * @param variant who computes it
 * @param k classes in a row
 * @param batch rows, one after the other in one array
 * @param input what the scores look like
 */
record KernelCase(Kernel kernel, Variant variant, int k, int batch, Input input) {

    private static final int[] SIZES = {10, 100, 1_000, 10_000, 100_000, 1_000_000};
    private static final int BATCH = 64;
    private static final int BATCH_K = 1_000;

    /** What is computed of a row; the names are those of the JSON. */
    enum Kernel {
        softmax,
        logSumExp,
        crossEntropy,
        topK,
        logSumExpTopK,
        probabilities,
        sparsemaxTopK,
        entmax15TopK;

        /** The power of a sparse distribution, 0 for the softmax. */
        int sparsePower() {
            return this == sparsemaxTopK ? 1 : this == entmax15TopK ? 2 : 0;
        }
    }

    /** Who computes it. Copy and read compute nothing: they are the memory's own speed. */
    enum Variant {
        simd("simd"),
        scalar("scalar"),
        mathExp("math-exp"),
        copy("copy"),
        read("read"),
        torch("torch");

        final String word;

        Variant(String word) {
            this.word = word;
        }

        /** Whether a kernel is compared with it: a softmax is read and written, a top-k read. */
        boolean suits(Kernel kernel) {
            return switch (this) {
                case copy -> kernel == Kernel.softmax;
                case read -> kernel == Kernel.topK;
                case torch -> kernel.sparsePower() == 0;
                default -> true;
            };
        }
    }

    /** The cases of a run, those that are compared next to each other. */
    static List<KernelCase> all(List<Variant> variants) {
        List<KernelCase> cases = new ArrayList<>();
        for (Kernel kernel : Kernel.values()) {
            for (int size : SIZES) {
                add(cases, kernel, variants, size, 1);
            }
            add(cases, kernel, variants, BATCH_K, BATCH);
        }
        return cases;
    }

    private static void add(
            List<KernelCase> cases, Kernel kernel, List<Variant> variants, int k, int batch) {
        for (Variant variant : variants) {
            if (variant.suits(kernel)) {
                cases.add(new KernelCase(kernel, variant, k, batch, Input.gaussian));
            }
        }
    }

    /** The cases that show whether the shape of the scores changes the speed. */
    static List<KernelCase> allInputs() {
        List<KernelCase> cases = new ArrayList<>();
        for (Kernel kernel : List.of(Kernel.logSumExpTopK, Kernel.softmax)) {
            for (int size : new int[] {1_000, 100_000}) {
                for (Input input : Input.values()) {
                    cases.add(new KernelCase(kernel, Variant.simd, size, 1, input));
                }
            }
        }
        return cases;
    }

    /** Returns the case as one word, which {@link #of} reads. */
    String id() {
        return String.join("/", kernel.name(), variant.name(), "" + k, "" + batch, input.name());
    }

    static KernelCase of(String id) {
        String[] parts = id.split("/");
        return new KernelCase(
                Kernel.valueOf(parts[0]),
                Variant.valueOf(parts[1]),
                Integer.parseInt(parts[2]),
                Integer.parseInt(parts[3]),
                Input.valueOf(parts[4]));
    }
}
