package io.logitstream.kernel;

/**
 * A row of independent classes, any number of which may be true: {@code p = 1 / (1 + exp(-z))} for
 * each, with {@code z = score / temperature}. A class of score -infinity is masked: its probability
 * is 0, and no figure counts it. With y = 1 for a true class and 0 for another, and means over the
 * classes that are not masked, there is
 *
 * <ul>
 *   <li>the loss, mean of {@code ln(1 + exp(z)) - y z}, the binary cross-entropy of PyTorch 2.5's
 *       <a href="https://pytorch.org/docs/2.5/generated/torch.nn.BCEWithLogitsLoss.html">
 *       BCEWithLogitsLoss</a> with reduction mean; it is formed as {@code max(z, 0) - y z + ln(1 +
 *       exp(-|z|))}, where nothing cancels and nothing overflows;
 *   <li>the entropy, mean of {@code ln(1 + exp(z)) - p z}: the loss to expect if the probabilities
 *       are true, in [0, ln 2];
 *   <li>the Brier score, mean of {@code (p - y)^2}, in [0, 1].
 * </ul>
 *
 * <p>All in float64 and {@link StrictMath}, in the order of the classes, so every kernel gives the
 * same bits. One logarithm is taken of the product of {@value #BLOCK} factors {@code 1 + exp(-|z|)}
 * in [1, 2], which cannot overflow; that is what makes the loss exact to 1e-15 absolute only, not
 * to 1e-15 of itself, when all scores are far on the right side. Up to ten million classes, loss
 * and entropy are within 1e-15 absolute plus 1e-11 relative, the Brier score within 1e-11 absolute,
 * a probability within {@code 1e-15 (1 + |z|)} relative where it is a normal float64. Allocates
 * nothing. Not thread-safe.
 */
public final class SigmoidRow {

    private static final int BLOCK = 512;

    private final double temperature;

    private float[] scores = new float[0];
    private int from;
    private int to;
    private int unmasked;
    private double logs;
    private double spread;
    private double squares;

    /**
     * Creates a row.
     *
     * @param temperature divides the scores; {@link RowState#MIN_TEMPERATURE} to {@link
     *     RowState#MAX_TEMPERATURE}
     */
    public SigmoidRow(double temperature) {
        this.temperature = temperature;
    }

    /**
     * Becomes a row.
     *
     * @param row the scores, neither NaN nor +infinity and not all -infinity. Not modified, and
     *     read until the next row
     * @param start first index of the row
     * @param end one past the last index of the row
     */
    public void become(float[] row, int start, int end) {
        scores = row;
        from = start;
        to = end;
        unmasked = 0;
        logs = 0;
        spread = 0;
        squares = 0;
        for (int block = start; block < end; block += BLOCK) {
            addBlock(block, Math.min(block + BLOCK, end));
        }
    }

    private void addBlock(int start, int end) {
        double factors = 1;
        double ofEntropy = 0;
        double ofBrier = 0;
        for (int i = start; i < end; i++) {
            float score = scores[i];
            if (score == Float.NEGATIVE_INFINITY) {
                continue;
            }
            unmasked++;
            double distance = Math.abs(score / temperature);
            double e = StrictMath.exp(-distance);
            double larger = 1 / (1 + e);
            double smaller = e * larger;
            double p = score >= 0 ? larger : smaller;
            factors *= 1 + e;
            ofEntropy += distance * smaller;
            ofBrier += p * p;
        }
        logs += StrictMath.log(factors);
        spread += ofEntropy;
        squares += ofBrier;
    }

    /** Returns the probability of a score, in [0, 1]. */
    public double probability(float score) {
        double e = StrictMath.exp(-Math.abs(score / temperature));
        double larger = 1 / (1 + e);
        return score >= 0 ? larger : e * larger;
    }

    /** Returns the entropy in nats. */
    public double entropy() {
        return (logs + spread) / unmasked;
    }

    /**
     * Returns the loss in nats, +infinity if one of the true classes is masked.
     *
     * @param labels the true classes of the row, sorted; may be empty
     */
    public double lossNats(ClassSet labels) {
        double wrong = 0;
        int next = from;
        for (int i = 0; i < labels.size(); i++) {
            int at = from + labels.classAt(i);
            wrong += positives(next, at) + Math.max(0, -scores[at]);
            next = at + 1;
        }
        wrong += positives(next, to);
        return (wrong / temperature + logs) / unmasked;
    }

    /** Returns the sum of the scores above 0 of some classes. */
    private double positives(int start, int end) {
        double sum = 0;
        for (int block = start; block < end; block += BLOCK) {
            double ofBlock = 0;
            for (int i = block; i < Math.min(block + BLOCK, end); i++) {
                ofBlock += Math.max(0, scores[i]);
            }
            sum += ofBlock;
        }
        return sum;
    }

    /**
     * Returns the Brier score.
     *
     * @param labels the true classes of the row, sorted; may be empty
     */
    public double brier(ClassSet labels) {
        double sum = squares;
        for (int i = 0; i < labels.size(); i++) {
            float score = scores[from + labels.classAt(i)];
            if (score != Float.NEGATIVE_INFINITY) {
                // (p - 1)^2 in place of p^2.
                sum += probability(-score) - probability(score);
            }
        }
        return Math.max(0, sum / unmasked);
    }

    /** Writes the probabilities of all classes in float32. */
    public void probabilitiesInto(float[] out, int at) {
        for (int i = from; i < to; i++) {
            out[at + i - from] = (float) probability(scores[i]);
        }
    }
}
