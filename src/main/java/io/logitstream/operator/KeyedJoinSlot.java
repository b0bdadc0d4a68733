package io.logitstream.operator;

import io.logitstream.record.HeldMemory;
import io.logitstream.record.JoinMemory;
import io.logitstream.record.LabelKey;
import io.logitstream.record.PackedRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.flink.api.common.state.ValueState;
import org.jspecify.annotations.Nullable;

/**
 * The slot of the current key of Flink's state. Memory and row are read and written at most once
 * for each event, and a row that comes and goes in one is never written.
 */
final class KeyedJoinSlot implements JoinSlot {

    private final ValueState<HeldMemory> memories;
    private final ValueState<PackedRow> rows;

    private LabelKey key;
    private JoinMemory stored;
    private JoinMemory memory;
    private @Nullable PackedRow row;
    private boolean isRowRead;
    private boolean isRowChanged;

    KeyedJoinSlot(ValueState<HeldMemory> memories, ValueState<PackedRow> rows) {
        this.memories = memories;
        this.rows = rows;
    }

    /** Reads what there is of a key, which is the current one. */
    void load(LabelKey current) throws IOException {
        key = current;
        HeldMemory held = memories.value();
        stored = held == null ? JoinMemory.NONE : held.open();
        memory = stored;
        row = null;
        isRowRead = !stored.isWaiting();
        isRowChanged = false;
    }

    /** Writes what changed. */
    void store() throws IOException {
        if (memory != stored) {
            memories.update(memory.isNone() ? null : HeldMemory.of(memory));
        }
        if (isRowChanged && (row != null || stored.isWaiting())) {
            rows.update(row);
        }
    }

    @Override
    public LabelKey key() {
        return key;
    }

    /** Returns when it is to be looked at, {@link JoinMemory#NEVER} if that is already known. */
    long wakesAnew() {
        return memory.wakeMillis() == stored.wakeMillis() ? JoinMemory.NEVER : memory.wakeMillis();
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
        if (!isRowRead) {
            try {
                row = rows.value();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            isRowRead = true;
        }
        return row;
    }

    @Override
    public void setRow(@Nullable PackedRow changed) {
        row = changed;
        isRowRead = true;
        isRowChanged = true;
    }
}
