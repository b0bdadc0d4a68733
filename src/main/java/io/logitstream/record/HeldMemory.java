package io.logitstream.record;

import io.logitstream.record.JoinMemory.Score;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A {@link JoinMemory} in the join's state: one object, unless several labels came. There is one
 * for each id that waits or waited, and how many objects these are decides what the garbage
 * collector and each checkpoint take.
 *
 * @param score how far its score is
 * @param scoreMillis the score's event time, or {@link RawRecord#NO_TIMESTAMP}
 * @param segment the score's segment, or null
 * @param wakeMillis when it is looked at next, in event time, or {@link JoinMemory#NEVER}
 * @param labelMillis when the one label was given, else 0
 * @param labelClass its class, else 0
 * @param labelWeight what the loss of its class is weighted with, else 0
 * @param labelRole its role, as in {@link LabelsSeen}, else {@link #NO_LABEL} or {@link #SEVERAL}
 * @param several the labels, if there are several, else null
 */
public record HeldMemory(
        Score score,
        long scoreMillis,
        @Nullable String segment,
        long wakeMillis,
        long labelMillis,
        int labelClass,
        double labelWeight,
        byte labelRole,
        @Nullable LabelsSeen several) {

    private static final byte VERSION = 1;
    private static final byte NO_LABEL = -1;
    private static final byte SEVERAL = -2;
    private static final Score[] SCORES = Score.values();

    /** Packs a memory. */
    public static HeldMemory of(JoinMemory memory) {
        LabelsSeen labels = memory.labels();
        boolean isOne = labels.size() == 1;
        return new HeldMemory(
                memory.score(),
                memory.scoreMillis(),
                memory.segment(),
                memory.wakeMillis(),
                isOne ? labels.millis(0) : 0,
                isOne ? labels.classIndex(0) : 0,
                isOne ? labels.classWeight(0) : 0,
                isOne ? labels.role(0) : labels.size() == 0 ? NO_LABEL : SEVERAL,
                labels.size() > 1 ? labels : null);
    }

    /** Returns the memory that was packed. */
    public JoinMemory open() {
        return new JoinMemory(score, scoreMillis, segment, labels(), wakeMillis);
    }

    private LabelsSeen labels() {
        return switch (labelRole) {
            case NO_LABEL -> LabelsSeen.NONE;
            case SEVERAL -> several;
            default -> LabelsSeen.one(labelMillis, labelClass, labelWeight, labelRole);
        };
    }

    /**
     * Writes the memory. Version 1, big-endian: version (1 byte), how far the score is (1 byte),
     * its time and its segment, the labels behind their number (1 byte), one after the other, and
     * when it is looked at next. Strings are {@link StringBytes}.
     */
    public void writeTo(DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeByte(score.ordinal());
        out.writeLong(scoreMillis);
        StringBytes.write(segment, out);
        if (labelRole >= 0) {
            out.writeByte(1);
            out.writeLong(labelMillis);
            out.writeInt(labelClass);
            out.writeDouble(labelWeight);
            out.writeByte(labelRole);
        } else {
            labels().writeTo(out);
        }
        out.writeLong(wakeMillis);
    }

    /** Reads a memory. */
    public static HeldMemory readFrom(DataInput in) throws IOException {
        byte version = in.readByte();
        if (version != VERSION) {
            throw new IOException(
                    "a join memory of version " + version + ", which a later logitstream wrote");
        }
        return of(
                new JoinMemory(
                        SCORES[in.readByte()],
                        in.readLong(),
                        StringBytes.readShared(in),
                        LabelsSeen.readFrom(in),
                        in.readLong()));
    }
}
