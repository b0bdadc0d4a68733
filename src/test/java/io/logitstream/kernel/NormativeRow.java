package io.logitstream.kernel;

import java.util.Arrays;

/**
 * The order of operations once more, written from the package page alone: every group padded with
 * -infinity to 16 lanes, every lane an array element, nothing fused or skipped. Slow and plain; it
 * shows that the page says all there is to know.
 */
final class NormativeRow {

    private static final int LANES = 16;
    private static final int BLOCK = 512;

    private final double temperature;
    private final float b;

    private float reference = Float.NEGATIVE_INFINITY;
    private final double[] sums = new double[4];
    private int classes;
    private int masked;
    private boolean invalid;

    NormativeRow(float[] row, double temperature) {
        this.temperature = temperature;
        this.b = (float) (1 / temperature);
        for (int start = 0; start < row.length; start += BLOCK) {
            reduceBlock(Arrays.copyOfRange(row, start, Math.min(start + BLOCK, row.length)));
        }
    }

    private void reduceBlock(float[] block) {
        float max = Float.NEGATIVE_INFINITY;
        boolean valid = true;
        for (float x : block) {
            valid &= !Float.isNaN(x) && x != Float.POSITIVE_INFINITY;
            max = Math.max(max, x);
            masked += x == Float.NEGATIVE_INFINITY ? 1 : 0;
        }
        classes += block.length;
        invalid |= !valid;
        if (!valid || max == Float.NEGATIVE_INFINITY) {
            return;
        }
        int groups = (block.length + LANES - 1) / LANES;
        float[] padded = Arrays.copyOf(block, groups * LANES);
        Arrays.fill(padded, block.length, padded.length, Float.NEGATIVE_INFINITY);
        float[][] lanes = new float[LANES][4];
        for (int i = 0; i < padded.length; i++) {
            addTerm(padded[i], max, lanes[i % LANES]);
        }
        double[] blockSums = new double[4];
        for (int sum = 0; sum < 4; sum++) {
            double[] a = new double[LANES];
            for (int lane = 0; lane < LANES; lane++) {
                a[lane] = lanes[lane][sum];
            }
            for (int apart = LANES / 2; apart >= 1; apart /= 2) {
                for (int i = 0; i < apart; i++) {
                    a[i] += a[i + apart];
                }
            }
            blockSums[sum] = a[0];
        }
        merge(max, blockSums);
    }

    private void addTerm(float x, float max, float[] lane) {
        float d = Math.max((x - max) * b, -128f);
        float e = exp32(d);
        float de = d * e;
        lane[0] = lane[0] + e;
        lane[1] = lane[1] + de;
        lane[2] = Math.fma(d, de, lane[2]);
        lane[3] = Math.fma(e, e, lane[3]);
    }

    private static float exp32(float d) {
        if (d < -80f) {
            return 0f;
        }
        float n = (float) Math.rint(d * 0x1.715476p+0f);
        float r = Math.fma(n, -0x1.62p-1f, d);
        r = Math.fma(n, -0x1.c85fep-10f, r);
        float[] coefficients = {
            0x1.6ac74cp-10f, 0x1.123dep-7f, 0x1.555858p-5f, 0x1.55548cp-3f, 0x1.fffffcp-2f, 1f, 1f
        };
        float p = coefficients[0];
        for (int i = 1; i < coefficients.length; i++) {
            p = Math.fma(p, r, coefficients[i]);
        }
        return Math.scalb(p, (int) n);
    }

    private void merge(float max, double[] blockSums) {
        if (max > reference) {
            if (reference != Float.NEGATIVE_INFINITY) {
                carry(sums, reference, max);
            }
            reference = max;
        }
        carry(blockSums, max, reference);
        for (int i = 0; i < 4; i++) {
            sums[i] += blockSums[i];
        }
    }

    private void carry(double[] of, float from, float to) {
        double d = ((double) from - (double) to) / temperature;
        double f = StrictMath.exp(d);
        of[2] = f * ((of[2] + (2 * d) * of[1]) + (d * d) * of[0]);
        of[1] = f * (of[1] + d * of[0]);
        of[0] = f * of[0];
        of[3] = (f * f) * of[3];
    }

    float probability(float score) {
        return (float) (exp32((score - reference) * b) * (1 / sums[0]));
    }

    /** The figures of a valid row with a label, in the manner of {@link StateBits}. */
    String bits(float labelScore, int[] ranking) {
        double s = sums[0];
        double ln = StrictMath.log(s);
        double sumOfSquares = sums[3] / (s * s);
        double mean = sums[1] / s;
        double labelDistance = ((double) labelScore - (double) reference) / temperature;
        double labelProbability = StrictMath.exp(labelDistance) / s;
        return StateBits.of(
                classes,
                masked,
                invalid,
                ranking,
                reference / temperature + ln,
                1 / s,
                Math.max(0, ln - mean),
                sumOfSquares,
                Math.max(0, sums[2] / s - mean * mean),
                ln - labelDistance,
                Math.max(0, sumOfSquares - 2 * labelProbability + 1));
    }
}
