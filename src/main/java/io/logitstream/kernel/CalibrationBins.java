package io.logitstream.kernel;

/**
 * Confidence against accuracy in 15 equal-width bins ((m-1)/15, m/15], 0 in the first (Guo et al.
 * 2017, On Calibration of Modern Neural Networks, section 2). Sums are exact, so merging in any
 * order gives the same bits. Not thread-safe.
 */
public final class CalibrationBins {

    /** Number of bins. */
    public static final int BINS = 15;

    private final long[] counts = new long[BINS];
    private final ExactSum[] weights = zeros();
    private final ExactSum[] confidences = zeros();
    private final ExactSum[] correct = zeros();

    private static ExactSum[] zeros() {
        ExactSum[] sums = new ExactSum[BINS];
        for (int bin = 0; bin < BINS; bin++) {
            sums[bin] = new ExactSum();
        }
        return sums;
    }

    /**
     * Adds a labelled row.
     *
     * @param confidence its largest probability, in [0, 1]
     * @param isCorrect whether the class of that probability is the label
     * @param weight the row's weight, not negative, below {@link ExactSum#LIMIT}
     */
    public void add(double confidence, boolean isCorrect, double weight) {
        int bin = binOf(confidence);
        counts[bin]++;
        weights[bin].add(weight);
        confidences[bin].add(weight * confidence);
        if (isCorrect) {
            correct[bin].add(weight);
        }
    }

    /** Finds the bin by its edges as float64: a product with 15 may round onto an edge. */
    private static int binOf(double confidence) {
        int bin = Math.min(BINS - 1, (int) (confidence * BINS));
        return bin > 0 && confidence <= bin / (double) BINS ? bin - 1 : bin;
    }

    /** Adds all rows of {@code other}, which is left as it is. */
    public void mergeWith(CalibrationBins other) {
        for (int bin = 0; bin < BINS; bin++) {
            counts[bin] += other.counts[bin];
            weights[bin].mergeWith(other.weights[bin]);
            confidences[bin].mergeWith(other.confidences[bin]);
            correct[bin].mergeWith(other.correct[bin]);
        }
    }

    /** Returns the number of rows in a bin. */
    public long count(int bin) {
        return counts[bin];
    }

    /** Returns the weighted mean confidence of a bin, or NaN if it has no weight. */
    public double confidence(int bin) {
        return confidences[bin].value() / weights[bin].value();
    }

    /** Returns the weighted accuracy of a bin, or NaN if it has no weight. */
    public double accuracy(int bin) {
        return correct[bin].value() / weights[bin].value();
    }

    /**
     * Returns the expected calibration error {@code sum_b (w_b / w) |accuracy_b - confidence_b|},
     * in [0, 1], or NaN if there is no weight.
     */
    public double expectedError() {
        double gaps = 0;
        ExactSum total = new ExactSum();
        for (int bin = 0; bin < BINS; bin++) {
            gaps += Math.abs(correct[bin].value() - confidences[bin].value());
            total.mergeWith(weights[bin]);
        }
        return gaps / total.value();
    }

    /**
     * Returns the maximum calibration error, the largest gap of a bin, in [0, 1], or NaN if there
     * is no weight.
     */
    public double maximumError() {
        double largest = Double.NaN;
        for (int bin = 0; bin < BINS; bin++) {
            double gap = Math.abs(accuracy(bin) - confidence(bin));
            largest = !Double.isNaN(gap) && !(gap <= largest) ? gap : largest;
        }
        return largest;
    }

    /**
     * Returns the exact sums of a bin, in the order weight, confidence, correct: what a serialised
     * state holds.
     */
    public ExactSum[] sums(int bin) {
        return new ExactSum[] {weights[bin], confidences[bin], correct[bin]};
    }

    /** Adds rows given as their count and the three sums of {@link #sums}. */
    public void addSums(
            int bin, long count, ExactSum weight, ExactSum confidence, ExactSum correctWeight) {
        counts[bin] += count;
        weights[bin].mergeWith(weight);
        confidences[bin].mergeWith(confidence);
        correct[bin].mergeWith(correctWeight);
    }
}
