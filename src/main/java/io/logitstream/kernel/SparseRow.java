package io.logitstream.kernel;

import java.util.Arrays;

/**
 * Finds the threshold of a sparse row. One pass reads the scores, at the speed of a top-k: only
 * those within reach of the largest one can be in the support, {@code T} for sparsemax and {@code 2
 * T} for 1.5-entmax. Among these few Newton's method, which from below never passes the root, drops
 * what is below the threshold, until a closed form over those left (the papers named at {@link
 * SparseThreshold}: sparsemax algorithm 1, entmax algorithm 1) confirms itself. Nothing is sorted.
 *
 * <p>All sums are in float64 and in the order of the classes, so every kernel gives the same bits.
 * Probabilities are within 1e-12 of exact arithmetic for rows of which a million scores or fewer
 * are within reach. Grows to the widest candidates, then allocates nothing. Not thread-safe.
 */
public final class SparseRow {

    private final int power;
    private final double temperature;
    private double[] candidates = new double[64];
    private int size;

    private float max;
    private double tau;
    private int support;
    private double squares;
    private double entropy;
    private double mean;

    /**
     * Creates a row.
     *
     * @param power 1 for sparsemax, 2 for 1.5-entmax
     * @param temperature divides the scores; {@link RowState#MIN_TEMPERATURE} to {@link
     *     RowState#MAX_TEMPERATURE}
     */
    public SparseRow(int power, double temperature) {
        if (power != 1 && power != 2) {
            throw new IllegalArgumentException("power must be 1 or 2, not " + power);
        }
        this.power = power;
        this.temperature = temperature;
    }

    /**
     * Becomes the row that a kernel has just reduced.
     *
     * @param kernel the kernel, whose last row it was
     * @param scores the scores it reduced, not modified
     * @param from first index of the row
     * @param to one past the last index of the row
     * @param largest the largest score, finite
     */
    public void become(RowKernel kernel, float[] scores, int from, int to, float largest) {
        max = largest;
        size = 0;
        double bound = largest - SparseThreshold.reach(power) * temperature;
        gather(scores, from, to, Math.nextDown((float) bound), kernel.maxima());
        solve();
        measure();
    }

    /** Takes the scores above a bound, in the order of the classes. */
    private void gather(float[] scores, int from, int to, float bound, RowMaxima maxima) {
        int blockSize = maxima.blockSize();
        for (int start = from, block = 0; start < to; start += blockSize, block++) {
            if (maxima.ofBlock(block) > bound) {
                int end = Math.min(start + blockSize, to);
                for (int i = start; i < end; i++) {
                    if (scores[i] > bound) {
                        add(scores[i]);
                    }
                }
            }
        }
    }

    private void add(float score) {
        if (size == candidates.length) {
            candidates = Arrays.copyOf(candidates, 2 * size);
        }
        candidates[size++] = below(score) / power;
    }

    private double below(float score) {
        return ((double) score - max) / temperature;
    }

    private void solve() {
        tau = -1;
        while (true) {
            int before = size;
            double next = tau + step();
            if (size == before) {
                double closed = closedForm();
                if (closed >= tau && allAbove(closed)) {
                    tau = closed;
                    return;
                }
            }
            if (!(next > tau)) {
                return;
            }
            tau = next;
        }
    }

    /** Drops what is not above the threshold and returns Newton's step for the rest. */
    private double step() {
        int kept = 0;
        double first = 0;
        double second = 0;
        for (int i = 0; i < size; i++) {
            double d = candidates[i] - tau;
            if (d > 0) {
                candidates[kept++] = candidates[i];
                first += d;
                second += d * d;
            }
        }
        size = kept;
        return power == 1 ? (first - 1) / kept : (second - 1) / (2 * first);
    }

    /** Returns the threshold if all that are left are the support, NaN if they cannot be. */
    private double closedForm() {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += candidates[i];
        }
        if (power == 1) {
            return (sum - 1) / size;
        }
        double average = sum / size;
        double scatter = 0;
        for (int i = 0; i < size; i++) {
            double d = candidates[i] - average;
            scatter += d * d;
        }
        return average - Math.sqrt((1 - scatter) / size);
    }

    private boolean allAbove(double threshold) {
        for (int i = 0; i < size; i++) {
            if (candidates[i] <= threshold) {
                return false;
            }
        }
        return true;
    }

    private void measure() {
        support = 0;
        squares = 0;
        mean = 0;
        double powers = 0;
        for (int i = 0; i < size; i++) {
            double d = candidates[i] - tau;
            if (d <= 0) {
                continue;
            }
            double p = power == 1 ? d : d * d;
            support++;
            squares += p * p;
            powers += p * d;
            mean += p * candidates[i] * power;
        }
        entropy = Math.max(0, power == 1 ? (1 - squares) / 2 : (1 - powers) / 0.75);
    }

    /** Returns how many probabilities are above 0. */
    public int support() {
        return support;
    }

    /** Returns the largest probability, in (0, 1]. */
    public double confidence() {
        return 1 / inverseOfLargest();
    }

    private double inverseOfLargest() {
        return 1 / SparseThreshold.probability(0, power, tau);
    }

    /** Returns the entropy of {@link SparseThreshold#entropy}. */
    public double entropy() {
        return entropy;
    }

    /** Returns the probability of a score of this row, in float32. */
    public float probability(float score) {
        return score == Float.NEGATIVE_INFINITY
                ? 0
                : (float) SparseThreshold.probability(below(score), power, tau);
    }

    /** Returns what is needed to judge a label. */
    public RowSummary summary() {
        return new RowSummary(
                temperature,
                max,
                inverseOfLargest(),
                0,
                squares,
                0,
                Double.NaN,
                new SparseThreshold(power, tau, support, entropy, mean));
    }

    /**
     * Writes the probabilities of scores of this row: {@code out[at + i] = p(scores[from + i])}.
     */
    public void probabilitiesInto(float[] scores, int from, int to, float[] out, int at) {
        double bound = max - SparseThreshold.reach(power) * temperature;
        Arrays.fill(out, at, at + (to - from), 0f);
        for (int i = from; i < to; i++) {
            if (scores[i] >= bound) {
                out[at + (i - from)] = probability(scores[i]);
            }
        }
    }
}
