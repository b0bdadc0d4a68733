package io.logitstream.record;

import org.jspecify.annotations.Nullable;

/**
 * What is remembered of one id while its score and its labels may still come. Small: the row itself
 * is kept apart, and the state has it as a {@link HeldMemory}.
 *
 * @param score how far its score is
 * @param scoreMillis the score's event time, or {@link RawRecord#NO_TIMESTAMP}
 * @param segment the score's segment, or null
 * @param labels the labels that came
 * @param wakeMillis when it is looked at next, in event time, or {@link #NEVER}
 */
public record JoinMemory(
        Score score,
        long scoreMillis,
        @Nullable String segment,
        LabelsSeen labels,
        long wakeMillis) {

    /** No time. */
    public static final long NEVER = Long.MAX_VALUE;

    /** Nothing came. */
    public static final JoinMemory NONE =
            new JoinMemory(Score.NONE, RawRecord.NO_TIMESTAMP, null, LabelsSeen.NONE, NEVER);

    /** How long after a joined label none comes that was given before, or with it. */
    private static final long SETTLED_AFTER = 1;

    /** How far a score is. Written by their order. */
    public enum Score {
        /** Did not come, or is forgotten. */
        NONE,
        /** Its row waits for labels. */
        WAITING,
        /** Its label is certain, so its row is gone; other labels may come. */
        SETTLED,
        /** Its wait is over: labels are too late. */
        OVER
    }

    /** Returns whether nothing has to be remembered. */
    public boolean isNone() {
        return !hasScore() && labels.size() == 0;
    }

    /** Returns whether its score came. */
    public boolean hasScore() {
        return score != Score.NONE;
    }

    /** Returns whether its row is kept, for labels that come. */
    public boolean isWaiting() {
        return score == Score.WAITING;
    }

    /** Returns whether its label is certain: one is joined and none comes that was given before. */
    public boolean isSettled(long labelsMillis) {
        int joined = labels.joined();
        return joined >= 0 && isOver(labels.millis(joined), SETTLED_AFTER, labelsMillis);
    }

    /**
     * Returns whether event time has passed a wait.
     *
     * @param nowMillis event time, or {@link Long#MAX_VALUE} to end every wait
     */
    public static boolean isOver(long millis, long waits, long nowMillis) {
        return nowMillis == Long.MAX_VALUE
                || (millis != RawRecord.NO_TIMESTAMP && nowMillis >= millis + waits);
    }

    /**
     * Returns when something of this ends, or {@link #NEVER}.
     *
     * @param waitMillis how long scores and labels wait for each other
     * @param nowMillis how far event time has come: a row whose label would be certain by it, but
     *     for labels that pause, is kept until its wait is over
     */
    public long endMillis(long waitMillis, long nowMillis) {
        long end = NEVER;
        if (isWaiting()) {
            int joined = labels.joined();
            if (joined >= 0 && !isSettled(nowMillis)) {
                end = earlier(end, labels.millis(joined), SETTLED_AFTER);
            }
            end = earlier(end, scoreMillis, waitMillis);
        } else if (hasScore()) {
            end = earlier(end, scoreMillis, 2 * waitMillis);
        }
        for (int i = 0; i < labels.size(); i++) {
            if (labels.isEarly(i)) {
                end = earlier(end, labels.millis(i), waitMillis);
            }
        }
        return end;
    }

    private static long earlier(long end, long millis, long waits) {
        return millis == RawRecord.NO_TIMESTAMP ? end : Math.min(end, millis + waits);
    }

    /** Returns this with a score that waits, and without labels. */
    public JoinMemory with(PackedRow row) {
        return new JoinMemory(
                Score.WAITING, row.timestampMillis(), row.segment(), LabelsSeen.NONE, wakeMillis);
    }

    /** Returns this with other labels. */
    public JoinMemory with(LabelsSeen others) {
        return others == labels
                ? this
                : new JoinMemory(score, scoreMillis, segment, others, wakeMillis);
    }

    /** Returns this with another time to be looked at. */
    public JoinMemory wakingAt(long millis) {
        return millis == wakeMillis
                ? this
                : new JoinMemory(score, scoreMillis, segment, labels, millis);
    }

    /** Returns this with a row that is gone, since its label is certain. */
    public JoinMemory settled() {
        return new JoinMemory(Score.SETTLED, scoreMillis, segment, labels, wakeMillis);
    }

    /** Returns this with a score that waits no more. */
    public JoinMemory over() {
        return new JoinMemory(Score.OVER, scoreMillis, segment, labels.earlyOnly(), wakeMillis);
    }

    /** Returns this without the score. */
    public JoinMemory withoutScore() {
        return NONE.with(labels.earlyOnly()).wakingAt(wakeMillis);
    }
}
