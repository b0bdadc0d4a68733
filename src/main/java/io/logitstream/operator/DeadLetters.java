package io.logitstream.operator;

import io.logitstream.codec.DeadLetterEncoder;
import io.logitstream.record.DeadLetter;
import io.logitstream.record.Fault;
import io.logitstream.record.Header;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.RawRecord;
import java.nio.charset.StandardCharsets;

/**
 * Makes the record of the dead-letter topic: keyed as the original was, or by its coordinates. Not
 * thread-safe.
 */
final class DeadLetters {

    private final DeadLetterEncoder encoder = new DeadLetterEncoder();
    private final OutputLimit limit;

    DeadLetters(OutputLimit limit) {
        this.limit = limit;
    }

    OutputRecord of(RawRecord raw, Fault fault) {
        return of(raw, raw, fault);
    }

    /**
     * Makes a record.
     *
     * @param shown what the letter has of the record that it is keyed as
     */
    OutputRecord of(RawRecord raw, RawRecord shown, Fault fault) {
        byte[] key = raw.key();
        if (key == null || key.length > OutputLimit.MAX_KEY_BYTES) {
            key = raw.coordinates().getBytes(StandardCharsets.UTF_8);
        }
        byte[] value = encoder.encode(new DeadLetter(shown, fault), limit.maxValueBytes(key));
        return new OutputRecord(key, value, Header.NONE);
    }
}
