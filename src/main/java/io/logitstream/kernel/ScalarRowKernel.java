package io.logitstream.kernel;

import java.util.Arrays;

/**
 * The order of operations in plain Java, one element at a time. Works on every JVM.
 *
 * <p>The lanes are sixteen slots of small arrays; a block stays in the first-level cache, so that
 * its two trips (maximum, then sums) cost one read of memory.
 */
public final class ScalarRowKernel implements RowKernel {

    private static final int BITS_OF_INFINITY = 0x7f800000;

    @Override
    public void reduce(float[] scores, int from, int to, int firstClass, RowState state) {
        for (int start = from; start < to; start += BLOCK) {
            int end = Math.min(start + BLOCK, to);
            reduceBlock(scores, start, end, firstClass + (start - from), state);
        }
    }

    private static void reduceBlock(
            float[] scores, int start, int end, int firstClass, RowState state) {
        float max = Float.NEGATIVE_INFINITY;
        int masked = 0;
        boolean invalid = false;
        for (int i = start; i < end; i++) {
            float x = scores[i];
            max = x > max ? x : max;
            masked += x == Float.NEGATIVE_INFINITY ? 1 : 0;
            // NaN and +infinity are the only floats whose bits, read as an integer, reach those of
            // +infinity.
            invalid |=
                    (Float.floatToRawIntBits(x) & Integer.MAX_VALUE) >= BITS_OF_INFINITY
                            && !(x < 0);
        }
        state.addCounts(end - start, masked, invalid);
        if (invalid || max == Float.NEGATIVE_INFINITY) {
            return;
        }
        addTerms(scores, start, end, max, state);
        TopK topK = state.topK();
        if (topK.admits(max)) {
            for (int i = start; i < end; i++) {
                if (topK.admits(scores[i])) {
                    topK.offer(scores[i], firstClass + (i - start));
                }
            }
        }
    }

    private static void addTerms(float[] scores, int start, int end, float max, RowState state) {
        float[] lanes = state.lanes();
        Arrays.fill(lanes, 0f);
        float b = state.inverseTemperature();
        for (int i = start; i < end; i++) {
            float d = Math.max((scores[i] - max) * b, -128f);
            float e = Exp.exp(d);
            float de = d * e;
            int lane = (i - start) % LANES;
            lanes[lane] += e;
            lanes[LANES + lane] += de;
            lanes[2 * LANES + lane] = Math.fma(d, de, lanes[2 * LANES + lane]);
            lanes[3 * LANES + lane] = Math.fma(e, e, lanes[3 * LANES + lane]);
        }
        state.addSums(
                max,
                sumOfLanes(lanes, 0),
                sumOfLanes(lanes, LANES),
                sumOfLanes(lanes, 2 * LANES),
                sumOfLanes(lanes, 3 * LANES));
    }

    /** Adds sixteen lanes in float64 as a tree: (i, i+8), then 4, 2, 1 apart. */
    private static double sumOfLanes(float[] lanes, int at) {
        double a0 = sumOfFour(lanes, at);
        double a1 = sumOfFour(lanes, at + 1);
        double a2 = sumOfFour(lanes, at + 2);
        double a3 = sumOfFour(lanes, at + 3);
        return (a0 + a2) + (a1 + a3);
    }

    private static double sumOfFour(float[] lanes, int at) {
        return ((double) lanes[at] + lanes[at + 8]) + ((double) lanes[at + 4] + lanes[at + 12]);
    }

    @Override
    public void probabilitiesInto(float[] scores, RowState state, float[] out) {
        for (int i = 0; i < scores.length; i++) {
            out[i] = state.probability(scores[i]);
        }
    }
}
