package io.logitstream.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a row while its shards may still come. Immutable.
 *
 * @param digests what each shard that came was, by {@link ShardState#digest}; 0 if it did not come;
 *     empty if none came. Not to be modified
 * @param dueMillis when the row is over at the latest, in event time
 * @param isOver whether the row is complete or was refused, so that its shards are gone
 */
public record ShardMemory(int[] digests, long dueMillis, boolean isOver) {

    /** Nothing came. */
    public static final ShardMemory NONE = new ShardMemory(new int[0], Long.MAX_VALUE, false);

    /** Returns what is remembered of a row of which nothing came. */
    public static ShardMemory ofRow(int count) {
        return new ShardMemory(new int[count], Long.MAX_VALUE, false);
    }

    /** Returns whether nothing has to be remembered. */
    public boolean isNone() {
        return digests.length == 0;
    }

    /** Returns how many shards the row has. */
    public int count() {
        return digests.length;
    }

    /** Returns whether a shard came. */
    public boolean has(int index) {
        return digests[index] != 0;
    }

    /** Returns whether all shards came. */
    public boolean isComplete() {
        return Arrays.stream(digests).allMatch(digest -> digest != 0);
    }

    /**
     * Returns this with one more shard.
     *
     * @param untilMillis how long it waits for the others
     */
    public ShardMemory with(ShardState shard, long untilMillis) {
        int[] more = digests.clone();
        more[shard.shard().index()] = shard.digest();
        return new ShardMemory(more, Math.min(dueMillis, untilMillis), isOver);
    }

    /** Returns this with a row that is over. */
    public ShardMemory over() {
        return new ShardMemory(digests, dueMillis, true);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ShardMemory that
                && Arrays.equals(digests, that.digests)
                && dueMillis == that.dueMillis
                && isOver == that.isOver;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(digests);
    }

    @Override
    public String toString() {
        return "ShardMemory[" + count() + " shards]";
    }
}
