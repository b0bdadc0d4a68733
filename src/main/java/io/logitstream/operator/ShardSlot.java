package io.logitstream.operator;

import io.logitstream.record.ShardMemory;
import io.logitstream.record.ShardState;

/** The place of one row in the state of a {@link ShardMerger}. */
public interface ShardSlot {

    /** Returns what is remembered, {@link ShardMemory#NONE} for nothing. */
    ShardMemory memory();

    void setMemory(ShardMemory memory);

    /** Returns a shard that came and was not dropped. */
    ShardState shard(int index);

    void setShard(int index, ShardState shard);

    /** Drops all shards. */
    void dropShards();
}
