package io.logitstream.record;

import org.jspecify.annotations.Nullable;

/**
 * How far the shares of predicted classes are from those of a reference.
 *
 * @param psi the population stability index {@code sum_k (p_k - q_k) ln(p_k / q_k)}, at least 0;
 *     shares below {@link #LEAST_SHARE} count as that (Yurdakul 2018, Statistical Properties of
 *     Population Stability Index, section 1)
 * @param jensenShannon the Jensen-Shannon divergence in bits, in [0, 1], not its root (Lin 1991,
 *     Divergence Measures Based on the Shannon Entropy, section IV)
 */
public record Drift(double psi, double jensenShannon) {

    /** What the index takes an empty class for, since its logarithm has no value. */
    public static final double LEAST_SHARE = 1e-4;

    private static final double LN_2 = StrictMath.log(2);

    /**
     * Compares predicted classes with a reference.
     *
     * @param counts the predicted classes of a window
     * @param reference the share of each class
     * @return the drift, or null if nothing was predicted
     */
    public static @Nullable Drift between(ClassCounts counts, double[] reference) {
        double[] shares = sharesOf(counts, reference.length);
        if (shares == null) {
            return null;
        }
        double psi = 0;
        double divergence = 0;
        for (int i = 0; i < reference.length; i++) {
            double p = shares[i];
            double q = reference[i];
            double flooredP = Math.max(p, LEAST_SHARE);
            double flooredQ = Math.max(q, LEAST_SHARE);
            psi += (flooredP - flooredQ) * StrictMath.log(flooredP / flooredQ);
            double middle = (p + q) / 2;
            divergence += (part(p, middle) + part(q, middle)) / 2;
        }
        return new Drift(psi, Math.max(0, Math.min(1, divergence / LN_2)));
    }

    private static double part(double share, double middle) {
        return share == 0 ? 0 : share * StrictMath.log(share / middle);
    }

    /** Returns the share of each class among the predicted, or null if nothing was predicted. */
    public static double @Nullable [] sharesOf(ClassCounts counts, int numClasses) {
        long total = 0;
        for (int i = 0; i < numClasses; i++) {
            total += counts.predicted(i);
        }
        if (total == 0) {
            return null;
        }
        double[] shares = new double[numClasses];
        for (int i = 0; i < numClasses; i++) {
            shares[i] = (double) counts.predicted(i) / total;
        }
        return shares;
    }
}
