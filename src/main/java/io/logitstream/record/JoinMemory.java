package io.logitstream.record;

import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one id while its score and its labels may still come. Small: the row itself
 * is kept apart.
 *
 * @param hasScore whether its score came
 * @param isWaiting whether the score still waits for labels, so that its row is kept
 * @param scoreMillis the score's event time, or {@link RawRecord#NO_TIMESTAMP}
 * @param segment the score's segment, or null
 * @param labels the labels that came
 */
public record JoinMemory(
        boolean hasScore,
        boolean isWaiting,
        long scoreMillis,
        @Nullable String segment,
        LabelsSeen labels) {

    /** Nothing came. */
    public static final JoinMemory NONE =
            new JoinMemory(false, false, RawRecord.NO_TIMESTAMP, null, LabelsSeen.NONE);

    /** Returns whether nothing has to be remembered. */
    public boolean isNone() {
        return !hasScore && labels.size() == 0;
    }

    /** Returns this with other labels. */
    public JoinMemory with(LabelsSeen others) {
        return new JoinMemory(hasScore, isWaiting, scoreMillis, segment, others);
    }

    /** Returns this with a score that waits, and without labels. */
    public static JoinMemory of(WaitingRow row) {
        return new JoinMemory(true, true, row.timestampMillis(), row.segment(), LabelsSeen.NONE);
    }

    /** Returns this with a score that waits no more. */
    public JoinMemory expired() {
        return new JoinMemory(true, false, scoreMillis, segment, labels.earlyOnly());
    }

    /** Returns this without the score. */
    public JoinMemory withoutScore() {
        return NONE.with(labels.earlyOnly());
    }
}
