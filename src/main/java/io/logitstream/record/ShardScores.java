package io.logitstream.record;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The scores of a shard that waits to become a part of the distribution.
 *
 * @param model the model's name
 * @param id the row's id
 * @param index which shard of the row
 * @param digest which of those that claim this place
 * @param timestampMillis event time, or {@link RawRecord#NO_TIMESTAMP}
 * @param scores the logits; not to be modified
 */
public record ShardScores(
        String model, String id, int index, int digest, long timestampMillis, float[] scores) {

    /** Returns the scores of a shard. */
    public static ShardScores of(ShardState shard, float[] scores) {
        return new ShardScores(
                shard.model(),
                shard.id(),
                shard.shard().index(),
                shard.digest(),
                shard.timestampMillis(),
                scores);
    }

    /** Returns what they and the norm of their row are joined by. */
    public ShardKey key() {
        return new ShardKey(model, id, index, digest);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ShardScores that
                && model.equals(that.model)
                && id.equals(that.id)
                && index == that.index
                && digest == that.digest
                && timestampMillis == that.timestampMillis
                && Arrays.equals(scores, that.scores);
    }

    @Override
    public int hashCode() {
        return Objects.hash(model, id, index);
    }

    @Override
    public String toString() {
        return "ShardScores[" + model + ", " + id + ", " + index + "]";
    }
}
