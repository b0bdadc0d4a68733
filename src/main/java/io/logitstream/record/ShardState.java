package io.logitstream.record;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one shard of a row was reduced to: all that crosses the network of it.
 *
 * @param model the model's name
 * @param id the row's id
 * @param timestampMillis event time, or {@link RawRecord#NO_TIMESTAMP}
 * @param label the true class, or {@link ScoreRecord#NO_LABEL} if there is none or one to ignore
 * @param givesLabel whether the record said something of the label
 * @param segment the row's segment, or null
 * @param weight the row's weight
 * @param shard which part of the row this is
 * @param length how many classes it has
 * @param mass the sum of its probabilities where the scores are declared to be such; else 0
 * @param least its least score that is not masked, +infinity if all are; NaN if it is for no label
 *     that comes later
 * @param digest what tells this shard from another one that claims the same place in the row:
 *     shards sent twice have the same, wherever they came from and when; never 0
 * @param state the bytes of its {@link io.logitstream.kernel.RowState}
 * @param origin the record it came in, without the value
 */
public record ShardState(
        String model,
        String id,
        long timestampMillis,
        int label,
        boolean givesLabel,
        @Nullable String segment,
        double weight,
        Shard shard,
        int length,
        double mass,
        float least,
        int digest,
        byte[] state,
        RawRecord origin) {

    /** Returns what its scores and the norm of its row are joined by. */
    public ShardKey key() {
        return new ShardKey(model, id, shard.index(), digest);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ShardState that
                && model.equals(that.model)
                && id.equals(that.id)
                && timestampMillis == that.timestampMillis
                && label == that.label
                && givesLabel == that.givesLabel
                && Objects.equals(segment, that.segment)
                && Double.compare(weight, that.weight) == 0
                && shard.equals(that.shard)
                && length == that.length
                && Double.compare(mass, that.mass) == 0
                && Float.compare(least, that.least) == 0
                && digest == that.digest
                && Arrays.equals(state, that.state)
                && origin.equals(that.origin);
    }

    @Override
    public int hashCode() {
        return Objects.hash(model, id, shard);
    }

    @Override
    public String toString() {
        return "ShardState[" + model + ", " + id + ", " + shard + "]";
    }
}
