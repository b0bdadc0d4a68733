package io.logitstream.record;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The labels that came for one id, in the order they came. Immutable, and one array.
 *
 * @param bytes the labels, one behind the other, each in {@value #BYTES} bytes, big-endian: when it
 *     was given in event time (int64), its class (int32), what the loss of this class is weighted
 *     with (float64), and its role (1 byte): {@link #EARLY}, {@link #JOINED} or {@link #OTHER}
 */
public record LabelsSeen(byte[] bytes) {

    /** Nothing came yet. */
    public static final LabelsSeen NONE = new LabelsSeen(new byte[0]);

    /** Waits for a score. */
    public static final byte EARLY = 0;

    /** Is joined to the score. */
    public static final byte JOINED = 1;

    /** Was set aside for another one; stands for all that say the same class. */
    public static final byte OTHER = 2;

    /** More are not held, but for one that is joined. */
    public static final int MAX = 32;

    private static final int CLASS = 8;
    private static final int WEIGHT = 12;
    private static final int ROLE = 20;
    private static final int BYTES = 21;

    private static final VarHandle LONGS = view(long[].class);
    private static final VarHandle INTS = view(int[].class);
    private static final VarHandle DOUBLES = view(double[].class);

    private static VarHandle view(Class<?> array) {
        return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.BIG_ENDIAN);
    }

    /** Returns the number of labels. */
    public int size() {
        return bytes.length / BYTES;
    }

    /** Returns a label. */
    public Label label(int index, String model, String id) {
        return new Label(model, id, classIndex(index), classWeight(index), millis(index));
    }

    /** Returns when a label was given, in event time, or {@link RawRecord#NO_TIMESTAMP}. */
    public long millis(int index) {
        return (long) LONGS.get(bytes, index * BYTES);
    }

    int classIndex(int index) {
        return (int) INTS.get(bytes, index * BYTES + CLASS);
    }

    double classWeight(int index) {
        return (double) DOUBLES.get(bytes, index * BYTES + WEIGHT);
    }

    byte role(int index) {
        return bytes[index * BYTES + ROLE];
    }

    /** Returns whether a label waits for a score. */
    public boolean isEarly(int index) {
        return role(index) == EARLY;
    }

    /** Returns the index of the joined label, or -1. */
    public int joined() {
        for (int i = 0; i < size(); i++) {
            if (role(i) == JOINED) {
                return i;
            }
        }
        return -1;
    }

    /** Returns whether a label that is not early says this class. */
    public boolean says(int classIndex) {
        for (int i = 0; i < size(); i++) {
            if (!isEarly(i) && classIndex(i) == classIndex) {
                return true;
            }
        }
        return false;
    }

    /** Returns these and one more; who holds them minds {@link #MAX}. */
    public LabelsSeen with(Label label, byte role) {
        return with(label.timestampMillis(), label.classIndex(), label.classWeight(), role);
    }

    static LabelsSeen one(long millis, int classIndex, double weight, byte role) {
        return NONE.with(millis, classIndex, weight, role);
    }

    private LabelsSeen with(long millis, int classIndex, double weight, byte role) {
        int end = bytes.length;
        byte[] more = Arrays.copyOf(bytes, end + BYTES);
        LONGS.set(more, end, millis);
        INTS.set(more, end + CLASS, classIndex);
        DOUBLES.set(more, end + WEIGHT, weight);
        more[end + ROLE] = role;
        return new LabelsSeen(more);
    }

    /** Returns these with another joined label in place of the one that was. */
    public LabelsSeen joining(Label label) {
        int before = joined();
        LabelsSeen others = this;
        if (before >= 0) {
            byte[] demoted = bytes.clone();
            demoted[before * BYTES + ROLE] = OTHER;
            others = new LabelsSeen(demoted);
        }
        for (int i = others.size() - 1; i >= 0; i--) {
            // It now stands for those of its class.
            if (!others.isEarly(i) && others.classIndex(i) == label.classIndex()) {
                others = others.without(i);
            }
        }
        return others.with(label, JOINED);
    }

    /** Returns these without one of them. */
    public LabelsSeen without(int index) {
        if (size() == 1) {
            return NONE;
        }
        int at = index * BYTES;
        byte[] fewer = Arrays.copyOf(bytes, bytes.length - BYTES);
        System.arraycopy(bytes, at + BYTES, fewer, at, fewer.length - at);
        return new LabelsSeen(fewer);
    }

    /** Returns those that wait for a score. */
    public LabelsSeen earlyOnly() {
        LabelsSeen early = this;
        for (int i = size() - 1; i >= 0; i--) {
            early = isEarly(i) ? early : early.without(i);
        }
        return early;
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeByte(size());
        out.write(bytes);
    }

    static LabelsSeen readFrom(DataInput in) throws IOException {
        int size = in.readUnsignedByte();
        if (size == 0) {
            return NONE;
        }
        byte[] bytes = new byte[size * BYTES];
        in.readFully(bytes);
        return new LabelsSeen(bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LabelsSeen that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "LabelsSeen[" + size() + "]";
    }
}
