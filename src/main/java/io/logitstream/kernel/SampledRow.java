package io.logitstream.kernel;

/**
 * Estimates the cross-entropy of a row from classes drawn at random and the label. With scores z,
 * label y and n draws i, of which the sampler is expected to make {@code E_i} of their class,
 * {@code w_i = exp(z_i) / E_i}, but 0 where the draw is the label, and
 *
 * <pre>
 * Z = exp(z_y) + sum w_i
 * V = n / (n - 1) sum (w_i - mean w)^2
 * log-sum-exp = ln Z + V / (2 Z^2)
 * standard error = sqrt(V) / Z
 * </pre>
 *
 * <p>Z is without bias: its draws are importance samples, corrected by the logarithm of the
 * expected counts (Jean, Cho, Memisevic and Bengio 2015, On Using Very Large Target Vocabulary for
 * Neural Machine Translation, section 3). Its logarithm has a bias of {@code -V / (2 Z^2)} to first
 * order, which is taken back; both that and the standard error are the delta method, and good while
 * the standard error is below about one half. Draws are taken as independent. Of a sampler that
 * draws no class twice, whose expected counts are inclusion probabilities, Z is without bias too,
 * and the standard error is on the safe side.
 *
 * <p>In float64, in the order of the draws. Allocates nothing but for more draws than ever before.
 * Not thread-safe.
 */
public final class SampledRow {

    private final double temperature;
    private double[] weights = new double[0];
    private int draws;
    private double top;
    private double reference;
    private double sum;
    private double variance;
    private double label;

    /**
     * Creates a row.
     *
     * @param temperature divides the scores
     */
    public SampledRow(double temperature) {
        this.temperature = temperature;
    }

    /**
     * Becomes a row.
     *
     * @param classes the class of each draw, at least 2
     * @param scores their scores, neither NaN nor +infinity
     * @param logExpectedCounts {@code ln E} of each, finite
     * @param labelClass the true class
     * @param labelScore its score, finite
     */
    public void become(
            int[] classes,
            float[] scores,
            float[] logExpectedCounts,
            int labelClass,
            float labelScore) {
        draws = classes.length;
        if (weights.length < draws) {
            weights = new double[draws];
        }
        // Everything is relative to the largest score, beside which all else may be lost.
        top = labelScore;
        for (int i = 0; i < draws; i++) {
            top = classes[i] == labelClass ? top : Math.max(top, scores[i]);
        }
        label = (labelScore - top) / temperature;
        reference = label;
        for (int i = 0; i < draws; i++) {
            weights[i] =
                    classes[i] == labelClass
                            ? Double.NEGATIVE_INFINITY
                            : (scores[i] - top) / temperature - logExpectedCounts[i];
            reference = Math.max(reference, weights[i]);
        }
        double drawn = 0;
        for (int i = 0; i < draws; i++) {
            weights[i] = StrictMath.exp(weights[i] - reference);
            drawn += weights[i];
        }
        double mean = drawn / draws;
        double squares = 0;
        for (int i = 0; i < draws; i++) {
            squares += (weights[i] - mean) * (weights[i] - mean);
        }
        sum = StrictMath.exp(label - reference) + drawn;
        variance = squares * draws / (draws - 1);
    }

    /** Returns how many classes were drawn. */
    public int draws() {
        return draws;
    }

    /** Returns the estimate of {@code ln sum exp(z)}, in nats. */
    public double logSumExp() {
        return top / temperature + reference + logSum();
    }

    /** Returns what the sum adds to the reference. */
    private double logSum() {
        return StrictMath.log(sum) + variance / (2 * sum * sum);
    }

    /** Returns the standard error of that, and of the loss, in nats. */
    public double standardError() {
        return Math.sqrt(variance) / sum;
    }

    /** Returns the estimate of the cross-entropy of the label in nats, not negative. */
    public double loss() {
        return reference - label + logSum();
    }

    /** Returns the estimate of the probability of a score; it may be above 1. */
    public double probability(float score) {
        return StrictMath.exp((score - top) / temperature - reference - logSum());
    }
}
