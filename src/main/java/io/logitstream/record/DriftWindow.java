package io.logitstream.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A window that may become part of a {@link DriftBaseline}.
 *
 * @param wanted how many windows make the baseline
 * @param predicted how often each class was predicted; not to be modified
 */
public record DriftWindow(int wanted, long[] predicted) {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof DriftWindow that
                && wanted == that.wanted
                && Arrays.equals(predicted, that.predicted);
    }

    @Override
    public int hashCode() {
        return 31 * wanted + Arrays.hashCode(predicted);
    }

    @Override
    public String toString() {
        return "DriftWindow[" + wanted + "]";
    }
}
