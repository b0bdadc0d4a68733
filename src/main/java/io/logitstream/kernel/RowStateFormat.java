package io.logitstream.kernel;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The bytes of a row state, big-endian, 101 and 8 for each of the best classes: version (1 byte),
 * temperature (float64), which sums are held (1 byte), classes and masked (int64 each), invalid (1
 * byte), label's score (float32), then what {@link RowSums} and {@link TopK} write. Equal states
 * give equal bytes.
 */
public final class RowStateFormat {

    private static final byte VERSION = 1;

    private RowStateFormat() {}

    /** Writes a state. */
    public static void write(RowState state, DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeDouble(state.temperature());
        out.writeByte(state.heldBits());
        out.writeLong(state.classes());
        out.writeLong(state.masked());
        out.writeBoolean(state.isInvalid());
        out.writeFloat(state.labelScore());
        state.sums().writeTo(out);
        state.topK().writeTo(out);
    }

    /**
     * Makes a state what was written, keeping as many of its best classes as it holds.
     *
     * @throws IllegalArgumentException if that had another temperature, other sums, or too few of
     *     the best classes
     */
    public static void read(DataInput in, RowState into) throws IOException {
        byte version = in.readByte();
        if (version != VERSION) {
            throw new IllegalArgumentException(
                    "a row state of version " + version + ", which a later logitstream wrote");
        }
        double temperature = in.readDouble();
        byte held = in.readByte();
        if (temperature != into.temperature() || held != into.heldBits()) {
            throw new IllegalArgumentException(
                    "a state of temperature %s and sums %d does not fit temperature %s and sums %d"
                            .formatted(temperature, held, into.temperature(), into.heldBits()));
        }
        into.clear();
        into.addCounts(in.readLong(), in.readLong(), in.readBoolean());
        into.setLabelScore(in.readFloat());
        into.sums().readFrom(in);
        into.topK().readFrom(in);
    }
}
