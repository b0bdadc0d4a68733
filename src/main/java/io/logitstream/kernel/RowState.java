package io.logitstream.kernel;

import java.util.EnumSet;
import java.util.Set;

/**
 * What one softmax row needs, however many classes it has: a commutative monoid under {@link
 * #mergeWith}, whose identity is the cleared state. With {@code z = x / temperature}, {@code m =
 * max z} and {@code e = exp(z - m)} it holds {@code m}, {@code S = sum e}, {@code T = sum (z-m) e},
 * {@code U = sum (z-m)^2 e}, {@code Q = sum e^2}, {@code W = sum e (1-e)}, {@code G = sum (z-m)}
 * over the classes that are not masked, the counts, the top-k and the label's score. Which of the
 * sums is chosen when it is created, so that nothing is paid for that isn't asked for.
 *
 * <p>Figures are in nats and float64. Against exact arithmetic, up to a million classes:
 * log-sum-exp and cross-entropy are within 3e-7 absolute; entropy, {@code sum p^2} and score
 * variance within 1e-6 relative or 1e-7 absolute, the Brier score within 1e-6 absolute; a
 * probability within 4e-7 relative. Rows whose rounding errors all point one way, such as (0, -9,
 * -9, ...), may miss all but the first two and the last by 5e-6, the variance by 5e-6 of the mean
 * squared distance from the largest score. Terms over 80 below the largest count as zero.
 *
 * <p>Longer than most classes: every figure of a row stands here, beside the sums it comes from.
 *
 * <p>Merging is exact in its counts, top-k and maximum, and rounds in its sums: merge in a fixed
 * order where the same bits are needed. Mutable, reused between rows, not thread-safe.
 *
 * <p>The merge of (m, S) pairs is the online softmax of Milakov and Gimelshein (2018), section 3;
 * the other sums extend it. That S is kept in units of a power of two, so that a change of
 * reference costs no exponential and no rounding, is the idea of Dukhan and Ablavatski (2020,
 * Two-Pass Softmax Algorithm, section 4).
 */
public final class RowState {

    /** A group of sums that a state may hold. */
    public enum Sums {
        /** S: log-sum-exp, confidence, cross-entropy, probabilities. */
        LOG_SUM_EXP,
        /** T, U and Q beside S: entropy, score variance, {@code sum p^2}, Brier score. */
        MOMENTS,
        /** G beside S: label smoothing. */
        GAPS
    }

    /** The smallest temperature: below it, differences of scores leave the range of float32. */
    public static final double MIN_TEMPERATURE = 1e-6;

    /** The largest temperature. */
    public static final double MAX_TEMPERATURE = 1e6;

    /** Probabilities below this, 2^-115, are given as 0. */
    public static final float LEAST_PROBABILITY = 0x1p-115f;

    private final double temperature;
    private final EnumSet<Sums> held;

    /** The same, a bit for each in their order: it is asked for in every block. */
    private final byte heldBits;

    private final RowSums sums;
    private final RowSums block;
    private final TopK topK;

    private long classes;
    private long masked;
    private boolean invalid;
    private float labelScore;

    /** The sum whose logarithm was asked for last, and that logarithm, which takes its time. */
    private double lastSum;

    private double logOfLastSum;

    /**
     * Creates the identity of states that hold everything but G.
     *
     * @param temperature divides the scores; {@link #MIN_TEMPERATURE} to {@link #MAX_TEMPERATURE}
     * @param k how many best classes to keep, 0 for none
     */
    public RowState(double temperature, int k) {
        this(temperature, k, EnumSet.of(Sums.MOMENTS));
    }

    /**
     * Creates the identity.
     *
     * @param temperature divides the scores; {@link #MIN_TEMPERATURE} to {@link #MAX_TEMPERATURE}
     * @param k how many best classes to keep, 0 for none
     * @param wanted which sums to hold; may be empty
     */
    public RowState(double temperature, int k, Set<Sums> wanted) {
        if (!(temperature >= MIN_TEMPERATURE && temperature <= MAX_TEMPERATURE)) {
            throw new IllegalArgumentException(
                    "temperature must be from %s to %s, not %s"
                            .formatted(MIN_TEMPERATURE, MAX_TEMPERATURE, temperature));
        }
        this.temperature = temperature;
        this.held = EnumSet.noneOf(Sums.class);
        held.addAll(wanted);
        if (!held.isEmpty()) {
            held.add(Sums.LOG_SUM_EXP);
        }
        int bits = 0;
        for (Sums one : held) {
            bits |= 1 << one.ordinal();
        }
        this.heldBits = (byte) bits;
        this.sums = new RowSums(temperature, holds(Sums.MOMENTS));
        this.block = new RowSums(temperature, holds(Sums.MOMENTS));
        this.topK = new TopK(k);
        clear();
    }

    /** Back to the identity. */
    public void clear() {
        sums.clear();
        classes = 0;
        masked = 0;
        invalid = false;
        labelScore = Float.NaN;
        lastSum = 1;
        logOfLastSum = 0;
        topK.clear();
    }

    /**
     * Adds what {@code other} has seen; {@code other} is left as it is. The two have the same
     * temperature and sums, and disjoint classes.
     */
    public void mergeWith(RowState other) {
        if (other.temperature != temperature || !other.held.equals(held)) {
            throw new IllegalArgumentException(
                    "cannot merge temperature %s and sums %s into temperature %s and sums %s"
                            .formatted(other.temperature, other.held, temperature, held));
        }
        sums.mergeWith(other.sums);
        addCounts(other.classes, other.masked, other.invalid);
        topK.mergeWith(other.topK);
        if (!Float.isNaN(other.labelScore)) {
            labelScore = other.labelScore;
        }
    }

    /** Returns which sums are held, a bit for each in their order. */
    byte heldBits() {
        return heldBits;
    }

    void addCounts(long moreClasses, long moreMasked, boolean sawInvalid) {
        classes += moreClasses;
        masked += moreMasked;
        invalid |= sawInvalid;
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

    RowSums sums() {
        return sums;
    }

    /** Returns whether no class is masked and all scores are near the largest one. */
    boolean isNear() {
        return masked == 0 && sums.areNear();
    }

    /** Returns room for the sums of one block, which a kernel fills and merges into the others. */
    RowSums block() {
        return block;
    }

    boolean holds(Sums wanted) {
        return (heldBits & 1 << wanted.ordinal()) != 0;
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

    private void require(Sums wanted) {
        if (!holds(wanted)) {
            throw new IllegalStateException("this state was created without " + wanted);
        }
    }

    /** Returns {@code S}, relative to the largest score: at least 1 but for rounding. */
    private double sumRelativeToMax() {
        require(Sums.LOG_SUM_EXP);
        return sums.s / sums.maxTerm();
    }

    /** Returns {@code ln S}, S relative to the largest score. */
    double logSum() {
        double sum = sumRelativeToMax();
        if (sum != lastSum) {
            lastSum = sum;
            logOfLastSum = RowSummary.logSum(sum);
        }
        return logOfLastSum;
    }

    /**
     * Returns {@code ln sum exp(z)}, finite unless the row is empty or all masked (then -infinity).
     */
    public double logSumExp() {
        return sums.max / temperature + logSum();
    }

    /** Returns what a term is multiplied with to become a probability. */
    float factor() {
        require(Sums.LOG_SUM_EXP);
        return (float) (1 / sums.s);
    }

    /**
     * Returns the float32 probability of a score of this row, by the same operations as the whole
     * distribution.
     */
    public float probability(float score) {
        float p = sums.term(score) * factor();
        return p < LEAST_PROBABILITY ? 0f : p;
    }

    /** Returns the largest probability, in (0, 1]. */
    public double confidence() {
        return 1 / sumRelativeToMax();
    }

    /** Returns the entropy {@code ln S - T/S} in nats, at least 0. */
    public double entropy() {
        require(Sums.MOMENTS);
        return Math.max(0, logSum() - sums.t / sums.s / temperature);
    }

    /**
     * Returns the variance of {@code z} under the distribution, the second derivative of the loss
     * in 1/T at T = 1.
     */
    public double scoreVariance() {
        require(Sums.MOMENTS);
        double mean = sums.t / sums.s / temperature;
        return Math.max(0, sums.u / sums.s / temperature / temperature - mean * mean);
    }

    /** Returns {@code sum p^2}, in (0, 1]. */
    public double sumOfSquares() {
        require(Sums.MOMENTS);
        return summary().sumOfSquares();
    }

    /** Returns {@code sum p (max p - p)}. */
    private double scatter() {
        return sums.w / (sums.s * sums.s);
    }

    /**
     * Returns the mean of {@code lse - z} over the classes that are not masked: the mean
     * cross-entropy if each of them were the label, what label smoothing adds.
     */
    public double meanCrossEntropy() {
        require(Sums.GAPS);
        return logSum() - sums.g / sums.unmasked / temperature;
    }

    /** Returns what of this row is needed to judge a label: its scores are not. */
    public RowSummary summary() {
        require(Sums.MOMENTS);
        return summary(NearlyCertainRow.norm(sumRelativeToMax(), scatterRelativeToMax(), this));
    }

    /**
     * Returns the same of a row that came whole, whose scores say better how long the gradient is
     * if it has nearly vanished.
     *
     * @param scores the scores that were reduced
     */
    public RowSummary summary(float[] scores) {
        require(Sums.MOMENTS);
        return summary(
                NearlyCertainRow.norm(sumRelativeToMax(), scatterRelativeToMax(), scores, this));
    }

    private RowSummary summary(double bestNorm) {
        return new RowSummary(
                temperature,
                sums.max,
                sumRelativeToMax(),
                scatter(),
                sums.q / (sums.s * sums.s),
                holds(Sums.GAPS) ? meanCrossEntropy() : 0,
                bestNorm,
                null);
    }

    private double scatterRelativeToMax() {
        double scale = sums.maxTerm();
        return sums.w / scale / scale;
    }

    /** Returns the score of the true class, NaN if it is not known. */
    public float labelScore() {
        return labelScore;
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
        return logSum() - ((double) labelScore - sums.max) / temperature;
    }

    /**
     * Returns the multi-class Brier score {@code sum p^2 - 2 p_y + 1}, in [0, 2], which is also the
     * squared norm of the gradient of the loss (Brier 1950, as a sum over classes).
     */
    public double brier() {
        return summary().brier(labelScore);
    }

    @Override
    public String toString() {
        return "RowState[classes=" + classes + ", masked=" + masked + ", max=" + sums.max + "]";
    }
}
