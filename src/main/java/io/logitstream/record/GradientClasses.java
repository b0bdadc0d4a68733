package io.logitstream.record;

import io.logitstream.kernel.TopK;
import java.io.Serializable;

/**
 * Of which classes the gradient of a row is written.
 *
 * @param best of how many of the best and of the label's, 1 to {@link TopK#MAX_K}; 0 for all
 */
public record GradientClasses(int best) implements Serializable {

    /** All classes. */
    public static final GradientClasses FULL = new GradientClasses(0);

    public GradientClasses {
        if (best < 0 || best > TopK.MAX_K) {
            throw new IllegalArgumentException(
                    "best must be 0 to %d, not %d".formatted(TopK.MAX_K, best));
        }
    }

    /** Returns whether the gradient of every class is written. */
    public boolean isFull() {
        return best == 0;
    }

    @Override
    public String toString() {
        return isFull() ? "full" : "top(" + best + ")";
    }
}
