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
 * @param card of the model ({@link ModelCard#toBytes}), {@link ModelCard#NONE} if the job file has
 *     it. Not to be modified
 */
public record LossPartial(
        String model, String segment, long windowStartMillis, byte[] state, byte[] card) {

    /** Creates what was measured of a model that the job file has. */
    public LossPartial(String model, String segment, long windowStartMillis, byte[] state) {
        this(model, segment, windowStartMillis, state, ModelCard.NONE);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LossPartial that
                && model.equals(that.model)
                && segment.equals(that.segment)
                && windowStartMillis == that.windowStartMillis
                && Arrays.equals(state, that.state)
                && Arrays.equals(card, that.card);
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
