package io.logitstream.codec;

import static io.logitstream.record.FaultReason.INVALID_TIMESTAMP;

import io.logitstream.record.RawRecord;

/** The event time of a record: its own or, for want of it, Kafka's. */
final class EventTime {

    /** The last millisecond of 9999-12-31 UTC. */
    static final long MAX_MILLIS = 253_402_300_799_999L;

    /**
     * How far an event may lie after Kafka's timestamp. One record from the far future would move
     * the watermark and make all others late.
     */
    static final long MAX_AHEAD_MILLIS = 3_600_000L;

    private EventTime() {}

    /** Returns a record's own time if it can be one. */
    static long checked(long millis) throws FaultException {
        if (millis < 0 || millis > MAX_MILLIS) {
            throw FieldFaults.timestampOutOfRange(Long.toString(millis));
        }
        return millis;
    }

    /**
     * Returns the event time.
     *
     * @param own the record's own time, {@link RawRecord#NO_TIMESTAMP} if it has none
     */
    static long of(long own, RawRecord raw) throws FaultException {
        long kafka = raw.timestampMillis();
        if (own == RawRecord.NO_TIMESTAMP) {
            if (kafka != RawRecord.NO_TIMESTAMP && (kafka < 0 || kafka > MAX_MILLIS)) {
                throw new FaultException(
                        INVALID_TIMESTAMP,
                        "the Kafka timestamp, used for want of another, must be "
                                + FieldFaults.TIMESTAMPS
                                + ", not "
                                + kafka);
            }
            return kafka;
        }
        if (kafka >= 0 && own - kafka > MAX_AHEAD_MILLIS) {
            throw new FaultException(
                    INVALID_TIMESTAMP,
                    "timestamp "
                            + own
                            + " is more than one hour after the Kafka timestamp "
                            + kafka);
        }
        return own;
    }
}
