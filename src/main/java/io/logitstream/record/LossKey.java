package io.logitstream.record;

/**
 * What loss windows are keyed by.
 *
 * @param model the model's name
 * @param segment the segment, {@link LossAggregate#ALL_SEGMENTS}, or empty for rows without one
 */
public record LossKey(String model, String segment) {

    /**
     * Spelled out, since it decides where state lives: what a record computes by itself is not
     * specified.
     */
    @Override
    public int hashCode() {
        return 31 * model.hashCode() + segment.hashCode();
    }
}
