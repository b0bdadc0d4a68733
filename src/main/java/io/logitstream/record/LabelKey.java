package io.logitstream.record;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What scores and labels are joined by.
 *
 * @param model the model's name
 * @param id the id of the row
 */
public record LabelKey(String model, String id) {

    /**
     * Spelled out, since it decides where state lives: what a record computes by itself is not
     * specified.
     */
    @Override
    public int hashCode() {
        return 31 * model.hashCode() + id.hashCode();
    }

    /** Writes the key; equal keys give equal bytes. */
    public void writeTo(DataOutput out) throws IOException {
        StringBytes.write(model, out);
        StringBytes.write(id, out);
    }

    /** Reads a key. */
    public static LabelKey readFrom(DataInput in) throws IOException {
        return new LabelKey(StringBytes.readShared(in), StringBytes.read(in));
    }
}
