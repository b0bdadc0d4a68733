package io.logitstream.kernel;

/**
 * What makes the scores of one row a sparse distribution, {@code p_i = max(0, u_i - tau)^n} with
 * {@code u = (x - max x) / temperature / n}: sparsemax for n = 1 (Martins and Astudillo 2016, From
 * Softmax to Sparsemax, section 2.2), 1.5-entmax for n = 2 (Peters, Niculae and Martins 2019,
 * Sparse Sequence-to-Sequence Models, section 3.1). In general it is alpha-entmax with {@code alpha
 * = 1 + 1/n}.
 *
 * @param power n, 1 or 2
 * @param tau in [-1, 0)
 * @param support how many probabilities are above 0
 * @param entropy the Tsallis entropy that belongs to the loss: {@code (1 - sum p^alpha) / (alpha
 *     (alpha - 1))}, at least 0
 * @param mean {@code sum p (x - max x) / temperature}, at most 0
 */
public record SparseThreshold(int power, double tau, int support, double entropy, double mean) {

    /** Returns how far below the largest score, in units of the temperature, the support ends. */
    static double reach(int power) {
        return power;
    }

    /**
     * Returns the probability of a score.
     *
     * @param below the score less the largest one, over the temperature; at most 0
     */
    public double probability(double below) {
        return probability(below, power, tau);
    }

    static double probability(double below, int power, double tau) {
        double d = below / power - tau;
        return d <= 0 ? 0 : power == 1 ? d : d * d;
    }

    /**
     * Returns the Fenchel-Young loss of a label, {@code sum p z + H(p) - z_y} (Blondel, Martins and
     * Niculae 2020, Learning with Fenchel-Young Losses, section 3.2 and proposition 3): 0 if and
     * only if all probability is the label's, convex in the scores, its gradient {@code p - y}.
     * Finite whenever the label's score is, +infinity for a masked class.
     *
     * @param below the label's score less the largest one, over the temperature; at most 0
     */
    public double loss(double below) {
        return Math.max(0, mean + entropy - below);
    }
}
