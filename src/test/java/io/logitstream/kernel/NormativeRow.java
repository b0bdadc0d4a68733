package io.logitstream.kernel;

import java.util.Arrays;

/**
 * The order of operations once more, written from the package page alone: every lane an array
 * element, every carry written out, nothing fused or skipped. Slow and plain; it shows that the
 * page says all there is to know.
 */
final class NormativeRow {

    private static final int LANES = 16;
    private static final int BLOCK = 2048;
    private static final float R = 0x1.8p+23f;
    private static final double LN_2 = 0x1.62e42fefa39efp-1;

    private final double temperature;
    private final float c;
    private final float cLow;

    /** The row's reference: its largest score, what scores are relative to, the exponent. */
    private Reference at = new Reference(Float.NEGATIVE_INFINITY, 0, 0);

    /** S, T1, U, Q, W, G. */
    private final double[] sums = new double[6];

    private int classes;
    private int masked;
    private boolean invalid;

    private record Reference(float max, float anchor, int exponent) {}

    NormativeRow(float[] row, double temperature) {
        this.temperature = temperature;
        double exact = 0x1.71547652b82fep+0 / temperature;
        this.c = (float) exact;
        this.cLow = (float) (exact - c);
        for (int start = 0; start < row.length; start += BLOCK) {
            reduceBlock(Arrays.copyOfRange(row, start, Math.min(start + BLOCK, row.length)));
        }
    }

    private void reduceBlock(float[] block) {
        float max = Float.NEGATIVE_INFINITY;
        boolean valid = true;
        int maskedHere = 0;
        for (float x : block) {
            valid &= !Float.isNaN(x) && x != Float.POSITIVE_INFINITY;
            max = Math.max(max, x);
            maskedHere += x == Float.NEGATIVE_INFINITY ? 1 : 0;
        }
        if (valid && maskedHere < block.length) {
            Reference reference = referenceOf(max);
            merge(reference, sumsOf(block, reference), block.length - maskedHere);
        }
        invalid |= !valid;
        classes += block.length;
        masked += maskedHere;
    }

    private Reference referenceOf(float max) {
        float anchor = Math.abs((double) max) > 1024 * temperature ? max : 0f;
        int n = (int) (Math.fma(max - anchor, c, R) - R);
        return new Reference(max, anchor, n % 2 == 0 ? n : n - 1);
    }

    private double[] sumsOf(float[] block, Reference reference) {
        int pairs = (block.length + 2 * LANES - 1) / (2 * LANES);
        float top = reference.max - reference.anchor;
        float lowest = (float) (top - 80 * temperature);
        double[][] a = new double[6][LANES];
        for (int lane = 0; lane < LANES; lane++) {
            float s = 8;
            float correction = 0;
            for (int pair = 0; pair < pairs; pair++) {
                int i = pair * 2 * LANES + lane;
                float both = termAt(block, i, reference) + termAt(block, i + LANES, reference);
                float t = s + both;
                correction = correction + (both - (t - s));
                s = t;
            }
            a[0][lane] = ((double) s - 8) + correction;
            float[] others = new float[5];
            for (int i = lane; i < block.length; i += LANES) {
                float x = block[i] - reference.anchor;
                float e = term(x, reference);
                float d = x <= lowest ? 0 : x - top;
                float de = d * e;
                others[0] = others[0] + de;
                others[1] = Math.fma(de, d, others[1]);
                others[2] = Math.fma(e, e, others[2]);
                others[3] = Math.fma(e, term(top, reference) - e, others[3]);
                others[4] =
                        others[4]
                                + (block[i] == Float.NEGATIVE_INFINITY
                                        ? 0
                                        : block[i] - reference.max);
            }
            for (int sum = 1; sum < 6; sum++) {
                a[sum][lane] = others[sum - 1];
            }
        }
        double[] blockSums = new double[6];
        for (int sum = 0; sum < 6; sum++) {
            for (int apart = LANES / 2; apart >= 1; apart /= 2) {
                for (int i = 0; i < apart; i++) {
                    a[sum][i] += a[sum][i + apart];
                }
            }
            blockSums[sum] = a[sum][0];
        }
        return blockSums;
    }

    private float termAt(float[] block, int i, Reference reference) {
        return i < block.length ? term(block[i] - reference.anchor, reference) : 0;
    }

    /** {@code x} is relative to the anchor. */
    private float term(float x, Reference reference) {
        float top = reference.max - reference.anchor;
        float raised = Math.max(x, (float) (top - 80 * temperature));
        float rounder = R - reference.exponent;
        float y = Math.fma(raised, c, rounder);
        float f = Math.fma(raised, cLow, Math.fma(raised, c, rounder - y));
        float[] coefficients = {
            0x1.416b52p-13f,
            0x1.5f082ep-10f,
            0x1.3b2dep-7f,
            0x1.c6af7cp-5f,
            0x1.ebfbdcp-3f,
            0x1.62e43p-1f,
            1f
        };
        float p = coefficients[0];
        for (int i = 1; i < coefficients.length; i++) {
            p = Math.fma(p, f, coefficients[i]);
        }
        return Math.scalb(p, (int) (y - R));
    }

    private void merge(Reference reference, double[] blockSums, int unmasked) {
        if (reference.max > at.max) {
            if (at.max != Float.NEGATIVE_INFINITY) {
                carry(sums, at, reference, classes - masked);
            }
            at = reference;
        }
        carry(blockSums, reference, at, unmasked);
        for (int i = 0; i < sums.length; i++) {
            sums[i] += blockSums[i];
        }
    }

    private void carry(double[] of, Reference from, Reference to, int unmasked) {
        double d = (double) from.max - (double) to.max;
        int powers = from.exponent - to.exponent;
        double f =
                from.anchor == to.anchor
                        ? Math.pow(2, powers)
                        : StrictMath.exp(
                                ((double) from.anchor - to.anchor) / temperature + powers * LN_2);
        of[2] = f * ((of[2] + (2 * d) * of[1]) + (d * d) * of[0]);
        of[1] = f * (of[1] + d * of[0]);
        of[0] = f * of[0];
        of[3] = (f * f) * of[3];
        of[4] = (f * f) * of[4] + (termOfMax(to) - f * termOfMax(from)) * of[0];
        of[5] = of[5] + d * unmasked;
    }

    private float termOfMax(Reference of) {
        return term(of.max - of.anchor, of);
    }

    float probability(float score) {
        float p = term(score - at.anchor, at) * (float) (1 / sums[0]);
        return p < 0x1p-115f ? 0 : p;
    }

    float logProbability(float score) {
        return Math.fma(score - at.max, (float) (1 / temperature), -(float) logSum());
    }

    private double logSum() {
        return StrictMath.log(sums[0] / termOfMax(at));
    }

    double meanCrossEntropy() {
        return logSum() - sums[5] / (classes - masked) / temperature;
    }

    /** The figures of a valid row with a label, in the manner of {@link StateBits}. */
    String bits(float labelScore, int[] ranking) {
        double s = sums[0] / termOfMax(at);
        double ln = StrictMath.log(s);
        double largest = 1 / s;
        double scatter = sums[4] / (sums[0] * sums[0]);
        double sumOfSquares = largest > 0.5 ? largest - scatter : sums[3] / (sums[0] * sums[0]);
        double mean = sums[1] / sums[0] / temperature;
        double labelDistance = ((double) labelScore - (double) at.max) / temperature;
        double p = StrictMath.exp(labelDistance) / s;
        return StateBits.of(
                classes,
                masked,
                invalid,
                ranking,
                at.max / temperature + ln,
                1 / s,
                Math.max(0, ln - mean),
                sumOfSquares,
                Math.max(0, sums[2] / sums[0] / temperature / temperature - mean * mean),
                ln - labelDistance,
                largest > 0.5
                        ? Math.max(0, (largest - p) + (1 - p) - scatter)
                        : Math.max(0, sumOfSquares - 2 * p + 1));
    }
}
