package io.logitstream.record;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * A label that came by itself, resolved against its model.
 *
 * @param model the model's name
 * @param id the id of the row it is for
 * @param classIndex the class, or {@link ScoreRecord#NO_LABEL} for a label to ignore
 * @param classWeight what the loss of this class is weighted with
 * @param timestampMillis when it was given, in event time, or {@link RawRecord#NO_TIMESTAMP}
 */
public record Label(
        String model, String id, int classIndex, double classWeight, long timestampMillis) {

    /** Creates a label whose class weighs 1. */
    public Label(String model, String id, int classIndex, long timestampMillis) {
        this(model, id, classIndex, 1, timestampMillis);
    }

    /** Returns whether this is joined rather than another one: given first, or the lower class. */
    public boolean isBefore(Label other) {
        return timestampMillis == other.timestampMillis
                ? classIndex < other.classIndex
                : timestampMillis < other.timestampMillis;
    }

    /** Writes the label, as it goes from one subtask to another: no savepoint holds it. */
    public void writeTo(DataOutput out) throws IOException {
        StringBytes.write(model, out);
        StringBytes.write(id, out);
        out.writeInt(classIndex);
        out.writeDouble(classWeight);
        out.writeLong(timestampMillis);
    }

    /** Reads a label. */
    public static Label readFrom(DataInput in) throws IOException {
        return new Label(
                StringBytes.readShared(in),
                StringBytes.read(in),
                in.readInt(),
                in.readDouble(),
                in.readLong());
    }
}
