package io.logitstream.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The first windows of a (model, segment), as predicted classes.
 *
 * @param windows how many windows were added
 * @param endMillis the end of the last of them
 * @param predicted how often each class was predicted in all of them; not to be modified
 */
public record DriftBaseline(int windows, long endMillis, long[] predicted) {

    /** No window was added. */
    public static final DriftBaseline NONE = new DriftBaseline(0, Long.MIN_VALUE, new long[0]);

    /**
     * Returns this and one more window, which ended after those before. It is added only if there
     * are not enough yet, and if anything was predicted in it.
     *
     * @param wanted how many windows make the baseline
     */
    public DriftBaseline with(long windowEndMillis, long[] more, int wanted) {
        if (windows >= wanted || Arrays.stream(more).sum() == 0) {
            return this;
        }
        long[] sum = Arrays.copyOf(predicted, Math.max(predicted.length, more.length));
        for (int i = 0; i < more.length; i++) {
            sum[i] += more[i];
        }
        return new DriftBaseline(windows + 1, windowEndMillis, sum);
    }

    /**
     * Compares a window with the baseline. It is compared only if all windows of the baseline had
     * stopped taking late rows before it was first published, so that the result does not depend on
     * when it was.
     *
     * @param wanted how many windows make the baseline
     * @param keptMillis how long after its end a window may change
     * @return the drift, or null if there is none to tell
     */
    public @Nullable Drift compare(
            ClassCounts window, long windowEndMillis, int wanted, long keptMillis) {
        long total = Arrays.stream(predicted).sum();
        if (windows < wanted || endMillis + keptMillis >= windowEndMillis) {
            return null;
        }
        int numClasses = Math.max(predicted.length, window.numClasses());
        double[] shares = new double[numClasses];
        for (int i = 0; i < predicted.length; i++) {
            shares[i] = (double) predicted[i] / total;
        }
        return Drift.between(window, shares);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DriftBaseline that
                && windows == that.windows
                && endMillis == that.endMillis
                && Arrays.equals(predicted, that.predicted);
    }

    @Override
    public int hashCode() {
        return 31 * windows + Arrays.hashCode(predicted);
    }

    @Override
    public String toString() {
        return "DriftBaseline[" + windows + " windows]";
    }
}
