package io.logitstream.record;

import org.jspecify.annotations.Nullable;

/**
 * What decoding made of a record: either a score record or a fault, with the bytes it came from.
 *
 * @param raw the record as it was read
 * @param score the decoded scores, or null if there is a fault
 * @param fault what is wrong, or null if there are scores
 */
public record ScoreInput(RawRecord raw, @Nullable ScoreRecord score, @Nullable Fault fault)
        implements DecodedInput<ScoreInput> {

    public static ScoreInput of(RawRecord raw, ScoreRecord score) {
        return new ScoreInput(raw, score, null);
    }

    public static ScoreInput fault(RawRecord raw, FaultReason reason, String detail) {
        return new ScoreInput(raw, null, new Fault(reason, detail));
    }

    @Override
    public long heapBytes() {
        return score == null ? 0 : score.heapBytes();
    }

    @Override
    public ScoreInput withRaw(RawRecord other) {
        return new ScoreInput(other, score, fault);
    }
}
