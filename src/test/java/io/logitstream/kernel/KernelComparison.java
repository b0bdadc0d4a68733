package io.logitstream.kernel;

import io.logitstream.kernel.simd.SimdLaneLoops;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Random;

/**
 * A process of its own: compares the SIMD kernel with the scalar one, bit for bit, over 100,000
 * rows of a seed, and prints a digest of everything they returned. Started with another JDK or
 * another width of vectors, it must print the same digest.
 *
 * <p>Argument: the seed.
 */
final class KernelComparison {

    private static final double[] TEMPERATURES = {1, 1, 0.05, 0.3251856, 7.5, 1e-6, 1e6};
    private static final double[] DEVIATIONS = {0, 0.3, 3, 15, 60, 3000};

    /** How many rows of each size. */
    private static final int[][] SIZES = {
        {0, 1_000}, {1, 8_000}, {2, 8_000}, {15, 10_000}, {16, 10_000}, {17, 10_000},
        {31, 10_000}, {32, 10_000}, {33, 10_000}, {511, 5_000}, {512, 5_000}, {513, 5_000},
        {1_000, 6_000}, {4_097, 1_900}, {100_003, 100}
    };

    private final Random random;
    private final RowKernel scalar = RowKernels.createScalar();
    private final RowKernel simd = new RowKernel(SimdLaneLoops.create(new ScalarLaneLoops()));

    /** Standard normal numbers that rows are cut from: drawing each anew would take the time. */
    private final float[] pool = new float[200_000];

    private long digest;
    private int rows;

    private KernelComparison(long seed) {
        random = new Random(seed);
        for (int i = 0; i < pool.length; i++) {
            pool[i] = (float) random.nextGaussian();
        }
    }

    public static void main(String[] args) {
        KernelComparison comparison = new KernelComparison(Long.parseLong(args[0]));
        for (int[] size : SIZES) {
            for (int i = 0; i < size[1]; i++) {
                comparison.compare(size[0]);
            }
        }
        System.out.printf("%d rows, digest %016x%n", comparison.rows, comparison.digest);
    }

    private void compare(int numClasses) {
        rows++;
        double temperature = TEMPERATURES[random.nextInt(TEMPERATURES.length)];
        float[] row = row(numClasses, temperature);
        int k = random.nextInt(8) == 0 ? random.nextInt(TopK.MAX_K + 1) : 5;
        RowState expected = reduce(scalar, row, temperature, k);
        RowState actual = reduce(simd, row, temperature, k);
        check("state", bits(expected), bits(actual));
        if (!expected.isInvalid() && !expected.isAllMasked()) {
            compareDistributions(row, expected, actual);
        }
    }

    private static RowState reduce(RowKernel kernel, float[] row, double temperature, int k) {
        RowState state =
                new RowState(temperature, k, EnumSet.of(RowState.Sums.MOMENTS, RowState.Sums.GAPS));
        kernel.reduce(row, 0, row.length, 0, state);
        state.setLabelScore(row.length == 0 ? 0 : row[row.length / 2]);
        return state;
    }

    private static long[] bits(RowState state) {
        if (state.isInvalid()) {
            return new long[] {-1, state.classes()};
        }
        RowSums sums = state.sums();
        TopK best = state.topK();
        long[] bits = new long[13 + 2 * best.size()];
        double[] figures = {
            sums.max,
            sums.exponent,
            sums.s,
            sums.t,
            sums.u,
            sums.q,
            sums.w,
            sums.g,
            state.logSumExp(),
            state.crossEntropy(),
            state.brier()
        };
        for (int i = 0; i < figures.length; i++) {
            bits[i] = Double.doubleToLongBits(figures[i]);
        }
        bits[11] = state.classes();
        bits[12] = state.masked();
        for (int rank = 0; rank < best.size(); rank++) {
            bits[13 + 2 * rank] = best.classAt(rank);
            bits[14 + 2 * rank] = Float.floatToRawIntBits(best.score(rank));
        }
        return bits;
    }

    private void compareDistributions(float[] row, RowState expected, RowState actual) {
        float[] p = new float[row.length];
        float[] q = new float[row.length];
        scalar.probabilitiesInto(row, 0, row.length, expected, p, 0);
        simd.probabilitiesInto(row, 0, row.length, actual, q, 0);
        check("probabilities", bits(p), bits(q));
        RowState fresh = new RowState(expected.temperature(), 0);
        simd.softmaxInto(row, 0, row.length, fresh, q, 0);
        check("softmax", bits(p), bits(q));
        scalar.logProbabilitiesInto(row, 0, row.length, expected, p, 0);
        simd.logProbabilitiesInto(row, 0, row.length, actual, q, 0);
        check("log-probabilities", bits(p), bits(q));
    }

    private static long[] bits(float[] values) {
        long[] bits = new long[values.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToIntBits(values[i]);
        }
        return bits;
    }

    private void check(String what, long[] expected, long[] actual) {
        if (!Arrays.equals(expected, actual)) {
            throw new AssertionError(
                    "row %d: %s differ at %d of %d"
                            .formatted(
                                    rows,
                                    what,
                                    Arrays.mismatch(expected, actual),
                                    expected.length));
        }
        for (long bits : actual) {
            digest = (digest ^ bits) * 0x9e3779b97f4a7c15L;
            digest ^= digest >>> 29;
        }
    }

    private float[] row(int numClasses, double temperature) {
        float[] row = new float[numClasses];
        int from = random.nextInt(pool.length - numClasses);
        double deviation = DEVIATIONS[random.nextInt(DEVIATIONS.length)] * temperature;
        double mean = (random.nextInt(4) == 0 ? 1000 : 10) * temperature * random.nextGaussian();
        for (int i = 0; i < numClasses; i++) {
            row[i] = (float) (mean + deviation * pool[from + i]);
        }
        int kind = random.nextInt(10);
        if (numClasses > 0 && kind == 0) {
            Arrays.sort(row);
        } else if (numClasses > 0 && kind == 1) {
            row[random.nextInt(numClasses)] = Float.MAX_VALUE * (random.nextBoolean() ? 1 : -1);
        } else if (numClasses > 0 && kind == 2) {
            float[] special = {Float.NaN, Float.POSITIVE_INFINITY, -0f, Float.MIN_VALUE};
            row[random.nextInt(numClasses)] = special[random.nextInt(special.length)];
        } else if (kind < 6) {
            TestRows.masked(random, row, kind == 3 ? 0.01 : kind == 4 ? 0.5 : 0.999, -1);
        }
        return row;
    }
}
