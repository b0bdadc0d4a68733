package io.logitstream.operator;

import io.logitstream.record.JoinMemory;

/**
 * The times at which the label join looks at what it holds: late enough that many ids share one,
 * early enough that what ends still counts in its window. What a row or a label ends with is for
 * the window of its time, which is open until the wait after its end; so one of the times is the
 * last millisecond of that.
 *
 * @param stepMillis how far they are apart, a divisor of the window's length
 * @param offsetMillis one of them, at least 0 and less than a step
 */
record WakeGrid(long stepMillis, long offsetMillis) {

    private static final long MOST_MILLIS = 1_000;
    private static final long STEPS_OF_WAIT = 8;

    /** Returns the times of a join: at least eight in a wait of 8 ms or more, and one a second. */
    static WakeGrid of(long waitMillis, long windowMillis) {
        long step = Math.max(1, Math.min(MOST_MILLIS, waitMillis / STEPS_OF_WAIT));
        while (windowMillis % step != 0) {
            step--;
        }
        return new WakeGrid(step, Math.floorMod(waitMillis - 1, step));
    }

    /** Returns the first of the times that is not before another, {@link JoinMemory#NEVER} kept. */
    long from(long millis) {
        return millis == JoinMemory.NEVER
                ? millis
                : millis + Math.floorMod(offsetMillis - millis, stepMillis);
    }
}
