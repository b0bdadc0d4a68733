package io.logitstream.record;

/**
 * What the scores of a shard and the norm of its row are joined by.
 *
 * @param model the model's name
 * @param id the row's id
 * @param index which shard of the row
 * @param digest which of those that claim this place
 */
public record ShardKey(String model, String id, int index, int digest) {

    /** Spelled out for the reason that {@link LabelKey#hashCode} is. */
    @Override
    public int hashCode() {
        return 31 * (31 * (31 * model.hashCode() + id.hashCode()) + index) + digest;
    }
}
