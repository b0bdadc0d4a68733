package io.logitstream.record;

import java.io.Serializable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A record that changes a model, as it was read; nobody modifies its arrays.
 *
 * @param kind what it is about
 * @param key the model's name, in UTF-8; empty if it has none
 * @param value what it says; empty if it has none
 */
public record ControlRecord(Kind kind, byte[] key, byte[] value) implements Serializable {

    private static final byte[] NOTHING = {};

    /** What a record is about. */
    public enum Kind {
        /** The whole model. */
        MODEL,
        /** Its temperature. */
        TEMPERATURE
    }

    /**
     * Returns what a record says that was read.
     *
     * @param modelsTopic the topic whose records are whole models, or null if there is none
     */
    public static ControlRecord of(RawRecord raw, @Nullable String modelsTopic) {
        return new ControlRecord(
                raw.topic().equals(modelsTopic) ? Kind.MODEL : Kind.TEMPERATURE,
                raw.key() == null ? NOTHING : raw.key(),
                raw.value() == null ? NOTHING : raw.value());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ControlRecord that
                && kind == that.kind
                && Arrays.equals(key, that.key)
                && Arrays.equals(value, that.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return "ControlRecord[" + kind + ", " + value.length + " bytes]";
    }
}
