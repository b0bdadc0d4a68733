package io.logitstream.kernel;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Confidence against accuracy in 15 equal-width bins ((m-1)/15, m/15], 0 in the first (Guo et al.
 * 2017, On Calibration of Modern Neural Networks, section 2). Each is kept as {@value #PARTS} equal
 * parts, of which the equal-mass error is made. Sums are exact, so merging in any order gives the
 * same bits, and a row that is taken away leaves no trace. Not thread-safe.
 */
public final class CalibrationBins {

    /** Number of bins. */
    public static final int BINS = 15;

    private static final int PARTS = 16;
    private static final int FINE = BINS * PARTS;

    private final @Nullable Fine[] fine = new Fine[FINE];

    /** A part of a bin. */
    private static final class Fine {
        long count;
        final ExactSum weight = new ExactSum();
        final ExactSum confidence = new ExactSum();
        final ExactSum correct = new ExactSum();

        void add(Fine other) {
            count += other.count;
            weight.mergeWith(other.weight);
            confidence.mergeWith(other.confidence);
            correct.mergeWith(other.correct);
        }

        boolean isEmpty() {
            ExactSum zero = new ExactSum();
            return count == 0
                    && weight.equals(zero)
                    && confidence.equals(zero)
                    && correct.equals(zero);
        }

        double gap() {
            return Math.abs(correct.value() - confidence.value());
        }
    }

    /**
     * Adds a labelled row.
     *
     * @param confidence its largest probability, in [0, 1]
     * @param isCorrect whether the class of that probability is the label
     * @param weight the row's weight, not negative, below {@link ExactSum#LIMIT}
     */
    public void add(double confidence, boolean isCorrect, double weight) {
        change(confidence, isCorrect, weight, 1);
    }

    /** Takes away a row that was added, here or in a state this one is merged with. */
    public void remove(double confidence, boolean isCorrect, double weight) {
        change(confidence, isCorrect, weight, -1);
    }

    private void change(double confidence, boolean isCorrect, double weight, int sign) {
        Fine bin = fine(partOf(confidence));
        bin.count += sign;
        bin.weight.add(sign * weight);
        bin.confidence.add(sign * (weight * confidence));
        if (isCorrect) {
            bin.correct.add(sign * weight);
        }
    }

    private Fine fine(int index) {
        Fine bin = fine[index];
        if (bin == null) {
            bin = new Fine();
            fine[index] = bin;
        }
        return bin;
    }

    /** Finds the part by its edges as float64: a product with their number may round onto one. */
    private static int partOf(double confidence) {
        int bin = Math.min(FINE - 1, (int) (confidence * FINE));
        return bin > 0 && confidence <= bin / (double) FINE ? bin - 1 : bin;
    }

    /** Returns the bin of a confidence, from 0 to 14. */
    public static int binOf(double confidence) {
        return partOf(confidence) / PARTS;
    }

    /** Adds all rows of {@code other}, which is left as it is. */
    public void mergeWith(CalibrationBins other) {
        for (int index = 0; index < FINE; index++) {
            Fine theirs = other.fine[index];
            if (theirs != null) {
                fine(index).add(theirs);
            }
        }
    }

    /** Returns the sum of the parts of a bin. */
    private Fine bin(int bin) {
        Fine sum = new Fine();
        for (int index = bin * PARTS; index < (bin + 1) * PARTS; index++) {
            Fine part = fine[index];
            if (part != null) {
                sum.add(part);
            }
        }
        return sum;
    }

    /** Returns the number of rows in a bin. */
    public long count(int bin) {
        return bin(bin).count;
    }

    /** Returns the weight in a bin. */
    public double weight(int bin) {
        return bin(bin).weight.value();
    }

    /** Returns the weighted mean confidence of a bin, or NaN if it has no weight. */
    public double confidence(int bin) {
        Fine sum = bin(bin);
        return sum.confidence.value() / sum.weight.value();
    }

    /** Returns the weighted accuracy of a bin, or NaN if it has no weight. */
    public double accuracy(int bin) {
        Fine sum = bin(bin);
        return sum.correct.value() / sum.weight.value();
    }

    private ExactSum totalWeight() {
        ExactSum total = new ExactSum();
        for (Fine part : fine) {
            if (part != null) {
                total.mergeWith(part.weight);
            }
        }
        return total;
    }

    /**
     * Returns the expected calibration error {@code sum_b (w_b / w) |accuracy_b - confidence_b|},
     * in [0, 1], or NaN if there is no weight.
     */
    public double expectedError() {
        double gaps = 0;
        for (int bin = 0; bin < BINS; bin++) {
            gaps += bin(bin).gap();
        }
        return gaps / totalWeight().value();
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
     * Returns, approximately, the expected calibration error over {@value #BINS} bins of equal mass
     * in place of equal width (Nguyen and O'Connor 2015, Posterior calibration and exploratory
     * analysis for NLP models, section 3), or NaN if there is no weight. Approximate since a part,
     * {@code 1/240} wide, falls as a whole into the bin of its middle.
     */
    public double adaptiveError() {
        double total = totalWeight().value();
        Fine[] groups = new Fine[BINS];
        double before = 0;
        for (Fine part : fine) {
            if (part != null) {
                double weight = part.weight.value();
                int group = (int) ((before + weight / 2) / total * BINS);
                group = Math.max(0, Math.min(BINS - 1, group));
                if (groups[group] == null) {
                    groups[group] = new Fine();
                }
                groups[group].add(part);
                before += weight;
            }
        }
        double gaps = 0;
        for (Fine group : groups) {
            gaps += group == null ? 0 : group.gap();
        }
        return gaps / total;
    }

    /**
     * Writes the parts that are not empty: their number (int16), then for each, ascending, its
     * index (int16), its count (int64) and its sums of weight, weighted confidence and correct
     * weight ({@link ExactSum#writeTo}).
     */
    public void writeTo(DataOutput out) throws IOException {
        int filled = 0;
        for (int index = 0; index < FINE; index++) {
            Fine part = fine[index];
            if (part != null && part.isEmpty()) {
                fine[index] = null;
            }
            filled += fine[index] == null ? 0 : 1;
        }
        out.writeShort(filled);
        for (int index = 0; index < FINE; index++) {
            Fine part = fine[index];
            if (part != null) {
                out.writeShort(index);
                out.writeLong(part.count);
                part.weight.writeTo(out);
                part.confidence.writeTo(out);
                part.correct.writeTo(out);
            }
        }
    }

    /**
     * Reads what {@link #writeTo} wrote.
     *
     * @throws IllegalArgumentException if it did not
     */
    public static CalibrationBins readFrom(DataInput in) throws IOException {
        CalibrationBins bins = new CalibrationBins();
        int filled = in.readShort();
        int last = -1;
        for (int left = filled; left > 0; left--) {
            int index = in.readShort();
            if (index <= last || index >= FINE) {
                throw new IllegalArgumentException(
                        "calibration bin " + index + " cannot follow bin " + last);
            }
            last = index;
            Fine part = bins.fine(index);
            part.count = in.readLong();
            part.weight.mergeWith(ExactSum.readFrom(in));
            part.confidence.mergeWith(ExactSum.readFrom(in));
            part.correct.mergeWith(ExactSum.readFrom(in));
        }
        return bins;
    }
}
