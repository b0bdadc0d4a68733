package io.logitstream.kernel;

/**
 * What one softmax row needs, however many classes it has: a commutative monoid under {@link
 * #mergeWith}, whose identity is the cleared state. With {@code z = x / temperature}, {@code m =
 * max z} and {@code e = exp(z - m)} it holds {@code m}, {@code S = sum e}, {@code T = sum (z-m) e},
 * {@code U = sum (z-m)^2 e}, {@code Q = sum e^2}, the counts, the top-k and the label's score.
 *
 * <p>Figures are in nats and float64. Against exact arithmetic, up to a million classes:
 * log-sum-exp and cross-entropy are within 5e-6 absolute, entropy within 5e-6 absolute or relative,
 * {@code sum p^2} within 1e-5 relative, the score variance within 1e-5 of the mean squared distance
 * from the largest score (plus 1e-9), the Brier score within 1e-5 absolute, a probability within
 * {@code 5e-6 + 1.8e-7 |z-m|} relative. What comes near these is a row like (0, -9, -9, ...), where
 * the roundings of a lane all point one way; scores without such a pattern are five times better.
 * Terms more than 80 below the maximum count as zero.
 *
 * <p>Merging is exact in its counts, top-k and maximum, and rounds in its sums: merge in a fixed
 * order where the same bits are needed. Mutable, reused between rows, not thread-safe.
 *
 * <p>The merge of (m, S) pairs is the online softmax of Milakov and Gimelshein (2018), section 3;
 * T, U and Q extend it.
 */
public final class RowState {

    /** The smallest temperature: below it, differences of scores leave the range of float32. */
    public static final double MIN_TEMPERATURE = 1e-6;

    /** The largest temperature. */
    public static final double MAX_TEMPERATURE = 1e6;

    private final double temperature;
    private final float inverseTemperature;
    private final TopK topK;
    private final float[] lanes = new float[4 * RowKernel.LANES];

    private float maxScore;
    private double s;
    private double t;
    private double u;
    private double q;
    private long classes;
    private long masked;
    private boolean invalid;
    private float labelScore;

    /**
     * Creates the identity.
     *
     * @param temperature divides the scores; {@link #MIN_TEMPERATURE} to {@link #MAX_TEMPERATURE}
     * @param k how many best classes to keep, at least 1
     */
    public RowState(double temperature, int k) {
        if (!(temperature >= MIN_TEMPERATURE && temperature <= MAX_TEMPERATURE)) {
            throw new IllegalArgumentException(
                    "temperature must be from %s to %s, not %s"
                            .formatted(MIN_TEMPERATURE, MAX_TEMPERATURE, temperature));
        }
        this.temperature = temperature;
        this.inverseTemperature = (float) (1 / temperature);
        this.topK = new TopK(k);
        clear();
    }

    /** Back to the identity. */
    public void clear() {
        maxScore = Float.NEGATIVE_INFINITY;
        s = 0;
        t = 0;
        u = 0;
        q = 0;
        classes = 0;
        masked = 0;
        invalid = false;
        labelScore = Float.NaN;
        topK.clear();
    }

    /**
     * Adds what {@code other} has seen; {@code other} is left as it is. The two have the same
     * temperature and disjoint classes.
     */
    public void mergeWith(RowState other) {
        if (other.temperature != temperature) {
            throw new IllegalArgumentException(
                    "cannot merge temperature "
                            + other.temperature
                            + " into temperature "
                            + temperature);
        }
        addSums(other.maxScore, other.s, other.t, other.u, other.q);
        addCounts(other.classes, other.masked, other.invalid);
        topK.mergeWith(other.topK);
        if (!Float.isNaN(other.labelScore)) {
            labelScore = other.labelScore;
        }
    }

    /** Adds sums taken relative to {@code otherMax} (a raw score), as {@link #mergeWith} does. */
    void addSums(float otherMax, double s2, double t2, double u2, double q2) {
        if (otherMax == Float.NEGATIVE_INFINITY) {
            return;
        }
        if (otherMax > maxScore) {
            rescaleTo(otherMax);
        }
        double d = scaledDifference(otherMax, maxScore);
        double f = d == 0 ? 1 : StrictMath.exp(d);
        s += f * s2;
        t += f * (t2 + d * s2);
        u += f * (u2 + 2 * d * t2 + d * d * s2);
        q += f * f * q2;
    }

    private void rescaleTo(float newMax) {
        if (maxScore != Float.NEGATIVE_INFINITY) {
            double d = scaledDifference(maxScore, newMax);
            double f = StrictMath.exp(d);
            u = f * (u + 2 * d * t + d * d * s);
            t = f * (t + d * s);
            s = f * s;
            q = f * f * q;
        }
        maxScore = newMax;
    }

    void addCounts(long moreClasses, long moreMasked, boolean sawInvalid) {
        classes += moreClasses;
        masked += moreMasked;
        invalid |= sawInvalid;
    }

    private double scaledDifference(float score, float reference) {
        return ((double) score - reference) / temperature;
    }

    /**
     * Tells the state the score of the row's true class, as it was given (before the temperature).
     */
    public void setLabelScore(float score) {
        labelScore = score;
    }

    /** Returns what divides the scores. */
    public double temperature() {
        return temperature;
    }

    /** Returns {@code (float) (1 / temperature)}, the factor of the order of operations. */
    float inverseTemperature() {
        return inverseTemperature;
    }

    /**
     * Returns room for a kernel's lanes, so that it need not allocate; its content has no meaning
     * between blocks.
     */
    float[] lanes() {
        return lanes;
    }

    /** Returns the best classes. */
    public TopK topK() {
        return topK;
    }

    /** Returns the number of classes seen, masked ones included. */
    public long classes() {
        return classes;
    }

    /** Returns the number of classes with score -infinity. */
    public long masked() {
        return masked;
    }

    /** Returns whether NaN or +infinity was among the scores; no other figure is defined then. */
    public boolean isInvalid() {
        return invalid;
    }

    /** Returns whether there is no class with a score, so no distribution. */
    public boolean isAllMasked() {
        return masked == classes;
    }

    /**
     * Returns {@code ln sum exp(z)}, finite unless the row is empty or all masked (then -infinity).
     */
    public double logSumExp() {
        return maxScore / temperature + StrictMath.log(s);
    }

    /**
     * Returns the float32 probability of a score of this row, by the same operations as the whole
     * distribution.
     */
    public float probability(float score) {
        return (float) (Exp.exp((score - maxScore) * inverseTemperature) * (1 / s));
    }

    /** Returns the largest probability, in (0, 1]. */
    public double confidence() {
        return 1 / s;
    }

    /** Returns the entropy {@code ln S - T/S} in nats, at least 0. */
    public double entropy() {
        return Math.max(0, StrictMath.log(s) - t / s);
    }

    /**
     * Returns the variance of {@code z} under the distribution, the second derivative of the loss
     * in 1/T at T = 1.
     */
    public double scoreVariance() {
        double mean = t / s;
        return Math.max(0, u / s - mean * mean);
    }

    /** Returns {@code sum p^2}, in (0, 1]. */
    public double sumOfSquares() {
        return q / (s * s);
    }

    /** Returns whether the score of the true class is known. */
    public boolean hasLabel() {
        return !Float.isNaN(labelScore);
    }

    /**
     * Returns the cross-entropy {@code lse - z_y} in nats, formed from the scores and so finite
     * whenever the label's score is, however small its probability; +infinity if the label is a
     * masked class.
     */
    public double crossEntropy() {
        return StrictMath.log(s) - scaledDifference(labelScore, maxScore);
    }

    /**
     * Returns the multi-class Brier score {@code sum p^2 - 2 p_y + 1}, in [0, 2], which is also the
     * squared norm of the gradient of the loss (Brier 1950, as a sum over classes).
     */
    public double brier() {
        double labelProbability = StrictMath.exp(scaledDifference(labelScore, maxScore)) / s;
        return Math.max(0, sumOfSquares() - 2 * labelProbability + 1);
    }

    @Override
    public String toString() {
        return "RowState[classes="
                + classes
                + ", masked="
                + masked
                + ", logSumExp="
                + logSumExp()
                + "]";
    }
}
