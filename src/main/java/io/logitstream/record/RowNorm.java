package io.logitstream.record;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one shard needs of its row to become a part of the distribution.
 *
 * @param model the model's name
 * @param id the row's id
 * @param timestampMillis the row's event time, or {@link RawRecord#NO_TIMESTAMP}
 * @param shard which part of the row it is
 * @param digest which of those that claim this place
 * @param state the bytes of the {@link io.logitstream.kernel.RowState} of the whole row; empty if
 *     there will be no distribution
 * @param isExact whether all shards came
 * @param origin the record the shard came in, without the value
 */
public record RowNorm(
        String model,
        String id,
        long timestampMillis,
        Shard shard,
        int digest,
        byte[] state,
        boolean isExact,
        RawRecord origin) {

    /** Returns what it and the scores of the shard are joined by. */
    public ShardKey key() {
        return new ShardKey(model, id, shard.index(), digest);
    }

    /** Returns whether there will be a distribution. */
    public boolean isGiven() {
        return state.length > 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RowNorm that
                && model.equals(that.model)
                && id.equals(that.id)
                && timestampMillis == that.timestampMillis
                && shard.equals(that.shard)
                && digest == that.digest
                && Arrays.equals(state, that.state)
                && isExact == that.isExact
                && origin.equals(that.origin);
    }

    @Override
    public int hashCode() {
        return Objects.hash(model, id, shard);
    }

    @Override
    public String toString() {
        return "RowNorm[" + model + ", " + id + ", " + shard + "]";
    }
}
