package io.logitstream.kernel;

/**
 * What is left of a reduced row when its scores are gone, and enough to judge a label once its
 * score is known. Made by {@link RowState#summary}; the figures have the bits and the bounds they
 * have there.
 *
 * @param temperature what divides the scores
 * @param max the largest score, before the temperature
 * @param sum {@code sum exp(z - max z)}, at least 1 but for rounding
 * @param scatter {@code sum p (max p - p)}
 * @param squares {@code sum p^2}, exact enough unless one class has more than half
 * @param meanCrossEntropy the mean of {@code lse - z} over the classes that are not masked, 0 if
 *     the state does not hold it
 */
public record RowSummary(
        double temperature,
        float max,
        double sum,
        double scatter,
        double squares,
        double meanCrossEntropy) {

    static double logSum(double sum) {
        return StrictMath.log(sum);
    }

    static double crossEntropy(double sum, double temperature, float max, float labelScore) {
        return logSum(sum) - ((double) labelScore - max) / temperature;
    }

    /** Returns the largest probability, in (0, 1]. */
    public double confidence() {
        return 1 / sum;
    }

    /** Returns {@code sum p^2}, in (0, 1]. */
    public double sumOfSquares() {
        double largest = confidence();
        return largest > 0.5 ? largest - scatter : squares;
    }

    /**
     * Returns the cross-entropy {@code lse - z_y} in nats, never negative but for rounding;
     * +infinity for a masked class.
     *
     * @param labelScore the score of the true class, before the temperature
     */
    public double crossEntropy(float labelScore) {
        return crossEntropy(sum, temperature, max, labelScore);
    }

    /**
     * Returns the Brier score as the sum over classes, in [0, 2].
     *
     * @param labelScore the score of the true class, before the temperature
     */
    public double brier(float labelScore) {
        double p = StrictMath.exp(((double) labelScore - max) / temperature) / sum;
        double largest = confidence();
        // In this order nothing cancels where the label is all but certain.
        return largest > 0.5
                ? Math.max(0, (largest - p) + (1 - p) - scatter)
                : Math.max(0, sumOfSquares() - 2 * p + 1);
    }
}
