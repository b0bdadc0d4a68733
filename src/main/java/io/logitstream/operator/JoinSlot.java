package io.logitstream.operator;

import io.logitstream.record.JoinMemory;
import io.logitstream.record.LabelKey;
import io.logitstream.record.PackedRow;
import org.jspecify.annotations.Nullable;

/** The place of one (model, id) in the state of a label join. */
public interface JoinSlot {

    LabelKey key();

    /** Returns what is remembered, {@link JoinMemory#NONE} for nothing. */
    JoinMemory memory();

    void setMemory(JoinMemory memory);

    /** Returns the row that waits, or null. */
    @Nullable PackedRow row();

    /** Sets or, with null, drops the row. */
    void setRow(@Nullable PackedRow row);
}
