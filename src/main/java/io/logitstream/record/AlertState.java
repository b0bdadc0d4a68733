package io.logitstream.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a rule has seen of one (model, segment).
 *
 * @param isRaised whether the alert is on
 * @param windowStarts the latest windows that have the figure, ascending, at most as many as the
 *     rule looks at; not to be modified, like the other array
 * @param values the figure in each
 */
public record AlertState(boolean isRaised, long[] windowStarts, double[] values) {

    /** Nothing was seen. */
    public static final AlertState NONE = new AlertState(false, new long[0], new double[0]);

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof AlertState that
                && isRaised == that.isRaised
                && Arrays.equals(windowStarts, that.windowStarts)
                && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(windowStarts) + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "AlertState[" + isRaised + ", " + windowStarts.length + " windows]";
    }
}
