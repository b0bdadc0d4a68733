package io.logitstream.operator;

import io.logitstream.record.ShardMemory;
import io.logitstream.record.ShardState;
import java.util.HashMap;
import java.util.Map;

/** A slot on the heap, for a merger without Flink. Not thread-safe. */
public final class MemoryShardSlot implements ShardSlot {

    private final Map<Integer, ShardState> shards = new HashMap<>();
    private ShardMemory memory = ShardMemory.NONE;

    @Override
    public ShardMemory memory() {
        return memory;
    }

    @Override
    public void setMemory(ShardMemory changed) {
        memory = changed;
    }

    @Override
    public ShardState shard(int index) {
        return shards.get(index);
    }

    @Override
    public void setShard(int index, ShardState shard) {
        shards.put(index, shard);
    }

    @Override
    public void dropShards() {
        shards.clear();
    }
}
