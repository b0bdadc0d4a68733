package io.logitstream.record;

import org.jspecify.annotations.Nullable;

/**
 * What decoding made of a record of the labels topic: either a label or a fault, with the bytes it
 * came from.
 *
 * @param raw the record as it was read
 * @param label the decoded label, or null if there is a fault
 * @param fault what is wrong, or null if there is a label
 */
public record LabelInput(RawRecord raw, @Nullable LabelRecord label, @Nullable Fault fault)
        implements DecodedInput<LabelInput> {

    /** A label, its id and what holds them, but for the bytes of the record. */
    private static final int OBJECTS_BYTES = 256;

    public static LabelInput of(RawRecord raw, LabelRecord label) {
        return new LabelInput(raw, label, null);
    }

    public static LabelInput fault(RawRecord raw, FaultReason reason, String detail) {
        return new LabelInput(raw, null, new Fault(reason, detail));
    }

    @Override
    public long heapBytes() {
        return OBJECTS_BYTES;
    }

    @Override
    public LabelInput withRaw(RawRecord other) {
        return new LabelInput(other, label, fault);
    }
}
