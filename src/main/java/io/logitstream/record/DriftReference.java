package io.logitstream.record;

import java.io.Serializable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the predicted classes of a window are compared with. Only one of the two is given, or none.
 *
 * @param shares the expected share of each class {@code [numClasses]}, summing to 1; empty if not
 *     given. Not to be modified
 * @param firstWindows how many first windows of a (model, segment) give the shares, or 0
 */
public record DriftReference(double[] shares, int firstWindows) implements Serializable {

    /** Predictions are compared with nothing. */
    public static final DriftReference NONE = new DriftReference(new double[0], 0);

    /** Returns the reference of some weights, one for each class, not all 0. */
    public static DriftReference ofWeights(double[] weights) {
        double sum = 0;
        for (double weight : weights) {
            sum += weight;
        }
        double[] shares = new double[weights.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = weights[i] / sum;
        }
        return new DriftReference(shares, 0);
    }

    /** Returns whether there is anything to compare with. */
    public boolean isGiven() {
        return firstWindows > 0 || hasShares();
    }

    /** Returns whether the shares are given, and not to be seen first. */
    public boolean hasShares() {
        return shares.length > 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DriftReference that
                && Arrays.equals(shares, that.shares)
                && firstWindows == that.firstWindows;
    }

    @Override
    public int hashCode() {
        return 31 * firstWindows + Arrays.hashCode(shares);
    }

    @Override
    public String toString() {
        return firstWindows > 0
                ? "the first " + firstWindows + " windows"
                : hasShares() ? shares.length + " shares" : "none";
    }
}
