package io.logitstream.operator;

import io.logitstream.config.JobFile;
import java.io.Serializable;

/**
 * How far ahead of event time the label join says that it is. What it ends is in time for a window
 * until the window's allowed lateness is over, so windows need not wait for labels that are behind
 * by less than the lateness is longer than the wait. But while scores pause, the join's time is
 * that of the labels alone, and windows must not be ahead of the rows that come then.
 *
 * @param aheadMillis by how much at most
 * @param behindMillis how far rows of the join are behind others
 */
record JoinClock(long aheadMillis, long behindMillis) implements Serializable {

    static JoinClock of(JobFile job) {
        return new JoinClock(
                job.labelsAheadMillis(), job.shards() == null ? 0 : job.shards().waitMillis());
    }

    /**
     * Returns the watermark to send.
     *
     * @param joinMillis the join's own
     * @param rowsMillis that of its rows, also while they pause
     */
    long ahead(long joinMillis, long rowsMillis) {
        if (joinMillis == Long.MAX_VALUE) {
            return joinMillis;
        }
        long rows =
                rowsMillis > Long.MAX_VALUE - behindMillis
                        ? Long.MAX_VALUE
                        : rowsMillis + behindMillis;
        return Math.min(joinMillis + aheadMillis, Math.max(joinMillis, rows));
    }
}
