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

    public static LabelInput of(RawRecord raw, LabelRecord label) {
        return new LabelInput(raw, label, null);
    }

    public static LabelInput fault(RawRecord raw, FaultReason reason, String detail) {
        return new LabelInput(raw, null, new Fault(reason, detail));
    }

    @Override
    public long decodedBytes() {
        return 0;
    }

    @Override
    public LabelInput withRaw(RawRecord other) {
        return new LabelInput(other, label, fault);
    }
}
