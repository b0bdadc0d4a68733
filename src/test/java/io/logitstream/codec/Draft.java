package io.logitstream.codec;

import io.logitstream.record.Header;
import io.logitstream.record.RawRecord;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A score record that a test is putting together, before it takes the form of a format. */
final class Draft {

    static final long KAFKA_TIME = 1_732_000_000_000L;

    final float[] scores;

    /** Fields by name; numbers and texts alike, as they stand without quotes. */
    final Map<String, String> fields = new LinkedHashMap<>();

    byte @Nullable [] key;
    long kafkaTimestamp = KAFKA_TIME;

    private Draft(float... scores) {
        this.scores = scores;
    }

    static Draft of(float... scores) {
        return new Draft(scores);
    }

    Draft with(String name, String value) {
        fields.put(name, value);
        return this;
    }

    Draft keyed(byte @Nullable [] bytes) {
        key = bytes;
        return this;
    }

    Draft at(long kafkaMillis) {
        kafkaTimestamp = kafkaMillis;
        return this;
    }

    RawRecord raw(byte @Nullable [] value, Header... headers) {
        return new RawRecord("scores", 3, 42, kafkaTimestamp, key, value, headers);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
