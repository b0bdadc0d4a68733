package io.logitstream.record;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one subtask has measured of one window since it last said so.
 *
 * @param model the model's name
 * @param segment the segment, {@link LossAggregate#ALL_SEGMENTS}, or empty for rows without one
 * @param windowStartMillis start of the window in event time
 * @param state the loss state's bytes as {@link LossStateFormat} writes them; owned by this record,
 *     nobody modifies them
 */
public record LossPartial(String model, String segment, long windowStartMillis, byte[] state) {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LossPartial that
                && model.equals(that.model)
                && segment.equals(that.segment)
                && windowStartMillis == that.windowStartMillis
                && Arrays.equals(state, that.state);
    }

    @Override
    public int hashCode() {
        return Objects.hash(model, segment, windowStartMillis);
    }

    @Override
    public String toString() {
        return "LossPartial[" + model + ", " + segment + ", " + windowStartMillis + "]";
    }
}
