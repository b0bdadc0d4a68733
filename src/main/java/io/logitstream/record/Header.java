package io.logitstream.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One header of a Kafka record.
 *
 * @param name the header's name
 * @param value its bytes, or null as Kafka allows; owned by the record it came with, nobody
 *     modifies it
 */
public record Header(String name, byte @Nullable [] value) {

    /** No headers. */
    public static final Header[] NONE = {};

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Header that
                && name.equals(that.name)
                && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return 31 * name.hashCode() + Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return name + "=" + (value == null ? "null" : value.length + " bytes");
    }
}
