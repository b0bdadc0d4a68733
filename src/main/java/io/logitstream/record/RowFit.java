package io.logitstream.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a labelled row says at each of some temperatures of {@link TemperatureFit}. The arrays have
 * one element for each and are not to be modified.
 *
 * @param first the number of the first temperature
 * @param losses the cross-entropies in nats, finite
 * @param entropies in nats
 * @param confidences the largest probabilities
 */
public record RowFit(int first, double[] losses, double[] entropies, double[] confidences) {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RowFit that
                && first == that.first
                && Arrays.equals(losses, that.losses)
                && Arrays.equals(entropies, that.entropies)
                && Arrays.equals(confidences, that.confidences);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(losses);
    }
}
