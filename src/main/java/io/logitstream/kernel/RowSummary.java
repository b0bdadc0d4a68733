package io.logitstream.kernel;

import org.jspecify.annotations.Nullable;

/**
 * What is left of a reduced row when its scores are gone, and enough to judge a label once its
 * score is known. Made by {@link RowState#summary}; the figures have the bits and the bounds they
 * have there, or at {@link SparseRow}.
 *
 * @param temperature what divides the scores
 * @param max the largest score, before the temperature
 * @param sum {@code sum exp(z - max z)}, at least 1 but for rounding; of a sparse row, 1 over its
 *     largest probability
 * @param scatter {@code sum p (max p - p)}
 * @param squares {@code sum p^2}, exact enough unless one class has more than half
 * @param meanCrossEntropy the mean of {@code lse - z} over the classes that are not masked, 0 if
 *     the state does not hold it
 * @param bestNorm the norm of the gradient if the best class is the label, of a row where that has
 *     nearly all probability; else NaN
 * @param sparse what makes the scores a sparse distribution, or null if they have a softmax
 */
public record RowSummary(
        double temperature,
        float max,
        double sum,
        double scatter,
        double squares,
        double meanCrossEntropy,
        double bestNorm,
        @Nullable SparseThreshold sparse) {

    /** Creates the summary of a softmax row whose best class does not have nearly all. */
    public RowSummary(
            double temperature,
            float max,
            double sum,
            double scatter,
            double squares,
            double meanCrossEntropy) {
        this(temperature, max, sum, scatter, squares, meanCrossEntropy, Double.NaN, null);
    }

    /**
     * Returns the same softmax row with another sum, which is not that of the known scores: what
     * needs all of them is NaN.
     */
    public RowSummary withSum(double other) {
        return new RowSummary(temperature, max, other, Double.NaN, Double.NaN, 0);
    }

    static double logSum(double sum) {
        return StrictMath.log(sum);
    }

    /** Returns the largest probability, in (0, 1]. */
    public double confidence() {
        return 1 / sum;
    }

    /** Returns {@code sum p^2}, in (0, 1]. */
    public double sumOfSquares() {
        double largest = confidence();
        return sparse == null && largest > 0.5 ? largest - scatter : squares;
    }

    /**
     * Returns, of a softmax row, the cross-entropy {@code lse - z_y} in nats, never negative but
     * for rounding; +infinity for a masked class.
     *
     * @param labelScore the score of the true class, before the temperature
     */
    public double crossEntropy(float labelScore) {
        return logSum(sum) - below(labelScore);
    }

    /** Returns how far a score is below the largest one, over the temperature; at most 0. */
    double below(float score) {
        return ((double) score - max) / temperature;
    }

    /**
     * Returns the Brier score as the sum over classes, in [0, 2].
     *
     * @param labelScore the score of the true class, before the temperature
     */
    public double brier(float labelScore) {
        if (sparse != null) {
            double p = sparse.probability(below(labelScore));
            return (1 - p) * (1 - p) + Math.max(0, squares - p * p);
        }
        double p = StrictMath.exp(((double) labelScore - max) / temperature) / sum;
        double largest = confidence();
        // In this order nothing cancels where the label is all but certain.
        return largest > 0.5
                ? Math.max(0, (largest - p) + (1 - p) - scatter)
                : Math.max(0, sumOfSquares() - 2 * p + 1);
    }

    /**
     * Returns the norm of the gradient {@code p - y} of the loss with respect to the scores over
     * the temperature, in [0, sqrt 2].
     *
     * @param labelScore the score of the true class, before the temperature
     * @param brier its {@linkplain #brier Brier score}
     */
    public double gradientNorm(float labelScore, double brier) {
        return labelScore == max && !Double.isNaN(bestNorm) ? bestNorm : Math.sqrt(brier);
    }
}
