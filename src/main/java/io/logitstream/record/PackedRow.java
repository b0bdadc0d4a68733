package io.logitstream.record;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A {@link WaitingRow} on the way to the join and in its state: what finds a label for it, and the
 * rest as bytes, which are opened once there is one. So a row that waits is two objects, and a
 * checkpoint copies it.
 *
 * @param model the model's name
 * @param id the row's id
 * @param segment the row's segment, or null
 * @param timestampMillis event time, or {@link RawRecord#NO_TIMESTAMP}
 * @param rest everything else, as {@link WaitingRowFormat} has it; not to be modified
 */
public record PackedRow(
        String model, String id, @Nullable String segment, long timestampMillis, byte[] rest) {

    private static final byte VERSION = 1;

    /** Packs a row. */
    public static PackedRow of(WaitingRow row) {
        return new PackedRow(
                row.model(),
                row.id(),
                row.segment(),
                row.timestampMillis(),
                WaitingRowFormat.pack(row));
    }

    /** Returns the row that was packed. */
    public WaitingRow open() {
        return WaitingRowFormat.open(this);
    }

    /**
     * Writes the row. Version 1, big-endian: version (1 byte), then the components in their order,
     * the rest behind the number of its bytes (int32). Strings are {@link StringBytes}.
     */
    public void writeTo(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        StringBytes.write(model, out);
        StringBytes.write(id, out);
        StringBytes.write(segment, out);
        out.writeLong(timestampMillis);
        out.writeInt(rest.length);
        out.write(rest);
    }

    /** Reads a row. */
    public static PackedRow readFrom(DataInput in) throws IOException {
        byte version = in.readByte();
        if (version != VERSION) {
            throw new IOException(
                    "a waiting row of version " + version + ", which a later logitstream wrote");
        }
        String model = StringBytes.readShared(in);
        String id = StringBytes.read(in);
        String segment = StringBytes.readShared(in);
        long timestampMillis = in.readLong();
        byte[] rest = new byte[in.readInt()];
        in.readFully(rest);
        return new PackedRow(model, id, segment, timestampMillis, rest);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PackedRow that
                && model.equals(that.model)
                && id.equals(that.id)
                && Objects.equals(segment, that.segment)
                && timestampMillis == that.timestampMillis
                && Arrays.equals(rest, that.rest);
    }

    @Override
    public int hashCode() {
        return Objects.hash(model, id, timestampMillis);
    }

    @Override
    public String toString() {
        return "PackedRow[" + model + ", " + id + "]";
    }
}
