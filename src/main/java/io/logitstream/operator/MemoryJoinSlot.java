package io.logitstream.operator;

import io.logitstream.record.JoinMemory;
import io.logitstream.record.LabelKey;
import io.logitstream.record.PackedRow;
import org.jspecify.annotations.Nullable;

/** A slot on the heap, for a join without Flink. Not thread-safe. */
public final class MemoryJoinSlot implements JoinSlot {

    private final LabelKey key;
    private JoinMemory memory = JoinMemory.NONE;
    private @Nullable PackedRow row;

    /** Creates an empty slot. */
    public MemoryJoinSlot(LabelKey key) {
        this.key = key;
    }

    @Override
    public LabelKey key() {
        return key;
    }

    @Override
    public JoinMemory memory() {
        return memory;
    }

    @Override
    public void setMemory(JoinMemory changed) {
        memory = changed;
    }

    @Override
    public @Nullable PackedRow row() {
        return row;
    }

    @Override
    public void setRow(@Nullable PackedRow changed) {
        row = changed;
    }
}
