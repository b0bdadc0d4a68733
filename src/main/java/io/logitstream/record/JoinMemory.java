package io.logitstream.record;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one id while its score and its labels may still come. Small: the row itself
 * is kept apart.
 *
 * @param hasScore whether its score came
 * @param isWaiting whether the score still waits for labels; its row is kept until one is settled
 * @param scoreMillis the score's event time, or {@link RawRecord#NO_TIMESTAMP}
 * @param segment the score's segment, or null
 * @param labels the labels that came
 */
public record JoinMemory(
        boolean hasScore,
        boolean isWaiting,
        long scoreMillis,
        @Nullable String segment,
        LabelsSeen labels) {

    private static final byte VERSION = 1;

    /** Nothing came. */
    public static final JoinMemory NONE =
            new JoinMemory(false, false, RawRecord.NO_TIMESTAMP, null, LabelsSeen.NONE);

    /** Returns whether nothing has to be remembered. */
    public boolean isNone() {
        return !hasScore && labels.size() == 0;
    }

    /** Returns this with other labels. */
    public JoinMemory with(LabelsSeen others) {
        return others == labels
                ? this
                : new JoinMemory(hasScore, isWaiting, scoreMillis, segment, others);
    }

    /** Returns this with a score that waits, and without labels. */
    public static JoinMemory of(PackedRow row) {
        return new JoinMemory(true, true, row.timestampMillis(), row.segment(), LabelsSeen.NONE);
    }

    /** Returns this with a score that waits no more. */
    public JoinMemory expired() {
        return new JoinMemory(true, false, scoreMillis, segment, labels.earlyOnly());
    }

    /** Returns this without the score. */
    public JoinMemory withoutScore() {
        return NONE.with(labels.earlyOnly());
    }

    /**
     * Writes the memory. Version 1, big-endian: version (1 byte), the components in their order,
     * the labels behind their number (1 byte), one after the other.
     */
    public void writeTo(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeBoolean(hasScore);
        out.writeBoolean(isWaiting);
        out.writeLong(scoreMillis);
        StringBytes.write(segment, out);
        labels.writeTo(out);
    }

    /** Reads a memory. */
    public static JoinMemory readFrom(DataInput in) throws IOException {
        byte version = in.readByte();
        if (version != VERSION) {
            throw new IOException(
                    "a join memory of version " + version + ", which a later logitstream wrote");
        }
        return new JoinMemory(
                in.readBoolean(),
                in.readBoolean(),
                in.readLong(),
                StringBytes.readShared(in),
                LabelsSeen.readFrom(in));
    }
}
