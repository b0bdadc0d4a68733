package io.logitstream.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A record ready to be written to a topic.
 *
 * @param key the key's bytes; owned by this record, as are the other arrays
 * @param value the value's bytes
 * @param headers the headers in their order
 */
public record OutputRecord(byte[] key, byte[] value, Header[] headers) {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof OutputRecord that
                && Arrays.equals(key, that.key)
                && Arrays.equals(value, that.value)
                && Arrays.equals(headers, that.headers);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(key);
    }

    @Override
    public String toString() {
        return "OutputRecord[" + new String(key, StandardCharsets.UTF_8) + "]";
    }
}
