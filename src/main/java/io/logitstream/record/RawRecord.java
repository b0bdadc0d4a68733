package io.logitstream.record;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A record as it was read, with its coordinates. It travels beside the decoded record so that a
 * dead letter can carry the original bytes; nobody modifies its arrays.
 *
 * @param topic the topic it was read from ({@code stdin} on the command line)
 * @param partition the partition
 * @param offset the offset in the partition
 * @param timestampMillis the Kafka timestamp, or {@link #NO_TIMESTAMP}
 * @param key the key's bytes, or null
 * @param value the value's bytes, or null (a tombstone)
 * @param headers the headers in their order
 */
public record RawRecord(
        String topic,
        int partition,
        long offset,
        long timestampMillis,
        byte @Nullable [] key,
        byte @Nullable [] value,
        Header[] headers) {

    private static final int HEADER_BYTES = 64;

    /** The record came without a timestamp. */
    public static final long NO_TIMESTAMP = Long.MIN_VALUE;

    /** Returns about how many bytes it has on the heap: key, value, and headers, however short. */
    public long heapBytes() {
        long bytes = (key == null ? 0 : key.length) + (value == null ? 0L : value.length);
        for (Header header : headers) {
            bytes +=
                    HEADER_BYTES
                            + header.name().length()
                            + (header.value() == null ? 0 : header.value().length);
        }
        return bytes;
    }

    /** Returns this without its value. */
    public RawRecord withoutValue() {
        return new RawRecord(topic, partition, offset, timestampMillis, key, null, headers);
    }

    /** Returns its coordinates and time alone. */
    public RawRecord withoutBytes() {
        return new RawRecord(topic, partition, offset, timestampMillis, null, null, Header.NONE);
    }

    /** Returns {@code topic-partition-offset}, the record's id when it brings none. */
    public String coordinates() {
        return topic + "-" + partition + "-" + offset;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RawRecord that
                && topic.equals(that.topic)
                && partition == that.partition
                && offset == that.offset
                && timestampMillis == that.timestampMillis
                && Arrays.equals(key, that.key)
                && Arrays.equals(value, that.value)
                && Arrays.equals(headers, that.headers);
    }

    @Override
    public int hashCode() {
        return Objects.hash(topic, partition, offset, timestampMillis);
    }

    @Override
    public String toString() {
        return coordinates() + " (" + (value == null ? "no value" : value.length + " bytes") + ")";
    }
}
