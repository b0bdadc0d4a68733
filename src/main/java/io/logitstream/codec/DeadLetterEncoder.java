package io.logitstream.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.logitstream.record.DeadLetter;
import io.logitstream.record.Header;
import io.logitstream.record.RawRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes a dead letter as one JSON object of bounded size, without a line end.
 *
 * <pre>
 * {"reason","detail","topic","partition","offset","timestamp",
 *  "key" or "keyBase64","value" or "valueBase64",
 *  "headers":[{"name","value" or "valueBase64"}]}
 * </pre>
 *
 * <p>Bytes that are valid UTF-8 are a text, all others base64 (RFC 4648 section 4, with padding);
 * both give the bytes back. What is missing is absent: a null key, value or header value, the
 * timestamp of a record without one, the headers if there are none.
 *
 * <p>A letter that would be too long has {@code "truncated":true} after the timestamp, followed by
 * {@code "valueBytes"}, the value's length. It loses, only as far as needed and in this order: the
 * end of its value (a text is cut between code points), its headers ({@code "headerCount"} tells
 * how many they were), its key ({@code "keyBytes"}). What is left of a value keeps its form, text
 * or base64.
 *
 * <p>Not thread-safe: its buffers are reused. The returned array is the caller's.
 */
public final class DeadLetterEncoder {

    /** The least that {@link #encode} takes as maxBytes: room for a letter that lost everything. */
    public static final int MIN_BYTES = 8_192;

    /** Kafka's own limit for topics; a record that never was in Kafka may pass it. */
    private static final int MAX_TOPIC_CHARS = 249;

    /** No part of the raw record is written. */
    private static final int NONE = -1;

    private static final int EMPTY_MEMBER_CHARS = "{\"name\":\"\"".length();

    private enum Cut {
        NOTHING,
        VALUE,
        HEADERS,
        KEY
    }

    private final JsonFactory factory = JsonFactories.forWriting();
    private final OutputBuffer out = new OutputBuffer();

    /**
     * Encodes a dead letter.
     *
     * @param letter what to write
     * @param maxBytes how long the result may be, at least {@value #MIN_BYTES}
     * @return UTF-8, at most maxBytes long
     * @throws IllegalArgumentException if maxBytes is too small
     */
    public byte[] encode(DeadLetter letter, int maxBytes) {
        if (maxBytes < MIN_BYTES) {
            throw new IllegalArgumentException(
                    "maxBytes must be at least " + MIN_BYTES + ", not " + maxBytes);
        }
        byte[] value = letter.raw().value();
        boolean text = value != null && Utf8.isValid(value);
        for (Cut cut : Cut.values()) {
            if (leastBytes(letter.raw(), cut) > maxBytes) {
                continue;
            }
            write(letter, cut, NONE, text);
            int room = maxBytes - out.size();
            int keep = value == null ? NONE : JsonRoom.prefixOf(value, text, room);
            boolean whole = value == null || keep == value.length;
            if (room >= 0 && (whole || cut != Cut.NOTHING)) {
                if (keep != NONE) {
                    write(letter, cut, keep, text);
                }
                return out.toByteArray();
            }
        }
        throw new IllegalStateException("a letter without its record passes " + MIN_BYTES);
    }

    /** A bound from below on key and headers, so that what cannot fit is not even tried. */
    private static long leastBytes(RawRecord raw, Cut cut) {
        long bytes = 0;
        if (cut.compareTo(Cut.HEADERS) < 0) {
            for (Header header : raw.headers()) {
                bytes += EMPTY_MEMBER_CHARS + header.name().length();
                bytes += header.value() == null ? 0 : EMPTY_MEMBER_CHARS + header.value().length;
            }
        }
        if (cut.compareTo(Cut.KEY) < 0 && raw.key() != null) {
            bytes += raw.key().length;
        }
        return bytes;
    }

    private void write(DeadLetter letter, Cut cut, int keep, boolean text) {
        RawRecord raw = letter.raw();
        out.reset();
        try (JsonGenerator json = factory.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("reason", letter.fault().reason().code());
            json.writeStringField("detail", Excerpt.printable(letter.fault().detail()));
            writeCoordinates(json, raw);
            if (cut != Cut.NOTHING) {
                writeLosses(json, raw, cut);
            }
            if (cut.compareTo(Cut.KEY) < 0) {
                writeBytes(json, "key", raw.key());
            }
            if (keep != NONE && raw.value() != null) {
                writeBytes(json, "value", raw.value(), keep, text);
            }
            if (cut.compareTo(Cut.HEADERS) < 0 && raw.headers().length > 0) {
                writeHeaders(json, raw.headers());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }

    private static void writeCoordinates(JsonGenerator json, RawRecord raw) throws IOException {
        String topic = raw.topic();
        String shown =
                topic.length() <= MAX_TOPIC_CHARS ? topic : topic.substring(0, MAX_TOPIC_CHARS);
        json.writeStringField("topic", Excerpt.printable(shown));
        json.writeNumberField("partition", raw.partition());
        json.writeNumberField("offset", raw.offset());
        if (raw.timestampMillis() != RawRecord.NO_TIMESTAMP) {
            json.writeNumberField("timestamp", raw.timestampMillis());
        }
    }

    private static void writeLosses(JsonGenerator json, RawRecord raw, Cut cut) throws IOException {
        json.writeBooleanField("truncated", true);
        if (raw.value() != null) {
            json.writeNumberField("valueBytes", raw.value().length);
        }
        if (cut.compareTo(Cut.HEADERS) >= 0) {
            json.writeNumberField("headerCount", raw.headers().length);
        }
        if (cut == Cut.KEY && raw.key() != null) {
            json.writeNumberField("keyBytes", raw.key().length);
        }
    }

    private static void writeHeaders(JsonGenerator json, Header[] headers) throws IOException {
        json.writeArrayFieldStart("headers");
        for (Header header : headers) {
            json.writeStartObject();
            json.writeStringField("name", Excerpt.encodable(header.name()));
            writeBytes(json, "value", header.value());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void writeBytes(JsonGenerator json, String name, byte @Nullable [] bytes)
            throws IOException {
        if (bytes != null) {
            writeBytes(json, name, bytes, bytes.length, Utf8.isValid(bytes));
        }
    }

    private static void writeBytes(
            JsonGenerator json, String name, byte[] bytes, int length, boolean text)
            throws IOException {
        if (text) {
            json.writeFieldName(name);
            json.writeUTF8String(bytes, 0, length);
        } else {
            json.writeFieldName(name + "Base64");
            json.writeBinary(bytes, 0, length);
        }
    }
}
