package io.logitstream.record;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The labels that came for one id, in the order they came. Immutable.
 *
 * @param millis when each was given, in event time; not to be modified, like the other arrays
 * @param classes the class of each
 * @param weights what the loss of each class is weighted with
 * @param roles what each is: {@link #EARLY}, {@link #JOINED} or {@link #OTHER}
 */
public record LabelsSeen(long[] millis, int[] classes, double[] weights, byte[] roles) {

    /** Nothing came yet. */
    public static final LabelsSeen NONE =
            new LabelsSeen(new long[0], new int[0], new double[0], new byte[0]);

    /** Waits for a score. */
    public static final byte EARLY = 0;

    /** Is joined to the score. */
    public static final byte JOINED = 1;

    /** Was set aside for another one; stands for all that say the same class. */
    public static final byte OTHER = 2;

    /** More are not held, but for one that is joined. */
    public static final int MAX = 32;

    /** Returns the number of labels. */
    public int size() {
        return millis.length;
    }

    /** Returns a label. */
    public Label label(int index, String model, String id) {
        return new Label(model, id, classes[index], weights[index], millis[index]);
    }

    /** Returns whether a label waits for a score. */
    public boolean isEarly(int index) {
        return roles[index] == EARLY;
    }

    /** Returns the index of the joined label, or -1. */
    public int joined() {
        for (int i = 0; i < roles.length; i++) {
            if (roles[i] == JOINED) {
                return i;
            }
        }
        return -1;
    }

    /** Returns whether a label that is not early says this class. */
    public boolean says(int classIndex) {
        for (int i = 0; i < roles.length; i++) {
            if (roles[i] != EARLY && classes[i] == classIndex) {
                return true;
            }
        }
        return false;
    }

    /** Returns these and one more; who holds them minds {@link #MAX}. */
    public LabelsSeen with(Label label, byte role) {
        int size = size();
        LabelsSeen more =
                new LabelsSeen(
                        Arrays.copyOf(millis, size + 1),
                        Arrays.copyOf(classes, size + 1),
                        Arrays.copyOf(weights, size + 1),
                        Arrays.copyOf(roles, size + 1));
        more.millis[size] = label.timestampMillis();
        more.classes[size] = label.classIndex();
        more.weights[size] = label.classWeight();
        more.roles[size] = role;
        return more;
    }

    /** Returns these with another joined label in place of the one that was. */
    public LabelsSeen joining(Label label) {
        int before = joined();
        LabelsSeen others = this;
        if (before >= 0) {
            byte[] demoted = roles.clone();
            demoted[before] = OTHER;
            others = new LabelsSeen(millis, classes, weights, demoted);
        }
        for (int i = others.size() - 1; i >= 0; i--) {
            // It now stands for those of its class.
            if (!others.isEarly(i) && others.classes[i] == label.classIndex()) {
                others = others.without(i);
            }
        }
        return others.with(label, JOINED);
    }

    /** Returns these without one of them. */
    public LabelsSeen without(int index) {
        int size = size() - 1;
        LabelsSeen fewer =
                new LabelsSeen(
                        Arrays.copyOf(millis, size),
                        Arrays.copyOf(classes, size),
                        Arrays.copyOf(weights, size),
                        Arrays.copyOf(roles, size));
        System.arraycopy(millis, index + 1, fewer.millis, index, size - index);
        System.arraycopy(classes, index + 1, fewer.classes, index, size - index);
        System.arraycopy(weights, index + 1, fewer.weights, index, size - index);
        System.arraycopy(roles, index + 1, fewer.roles, index, size - index);
        return fewer;
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
        for (int i = 0; i < size(); i++) {
            out.writeLong(millis[i]);
            out.writeInt(classes[i]);
            out.writeDouble(weights[i]);
            out.writeByte(roles[i]);
        }
    }

    static LabelsSeen readFrom(DataInput in) throws IOException {
        int size = in.readUnsignedByte();
        if (size == 0) {
            return NONE;
        }
        LabelsSeen seen =
                new LabelsSeen(new long[size], new int[size], new double[size], new byte[size]);
        for (int i = 0; i < size; i++) {
            seen.millis[i] = in.readLong();
            seen.classes[i] = in.readInt();
            seen.weights[i] = in.readDouble();
            seen.roles[i] = in.readByte();
        }
        return seen;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LabelsSeen that
                && Arrays.equals(millis, that.millis)
                && Arrays.equals(classes, that.classes)
                && Arrays.equals(weights, that.weights)
                && Arrays.equals(roles, that.roles);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(millis) + Arrays.hashCode(classes);
    }

    @Override
    public String toString() {
        return "LabelsSeen[" + size() + "]";
    }
}
