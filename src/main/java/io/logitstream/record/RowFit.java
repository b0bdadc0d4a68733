package io.logitstream.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a labelled row says at some temperatures of {@link TemperatureFit}, and at its own.
 *
 * @param first the number of the first temperature
 * @param at what it says at this one and those that follow; not to be modified
 * @param now what it says as it was
 */
public record RowFit(int first, At[] at, At now) {

    /**
     * A row at a temperature.
     *
     * @param loss the cross-entropy in nats, finite
     * @param entropy in nats
     * @param confidence the largest probability
     */
    public record At(double loss, double entropy, double confidence) {}

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RowFit that
                && first == that.first
                && Arrays.equals(at, that.at)
                && now.equals(that.now);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(at);
    }
}
