package io.logitstream.codec;

import org.jspecify.annotations.Nullable;

/** The fields of a score record; all but the scores are also names of headers. */
enum Field {
    ID("id"),
    MODEL("model"),
    TIMESTAMP("timestamp"),
    SCORES("scores"),
    LABEL("label"),
    SEGMENT("segment"),
    WEIGHT("weight");

    private final String text;

    Field(String text) {
        this.text = text;
    }

    /** Returns the field of that name, or null if records may have it, but it means nothing. */
    static @Nullable Field named(String name) {
        return switch (name) {
            case "id" -> ID;
            case "model" -> MODEL;
            case "timestamp" -> TIMESTAMP;
            case "scores" -> SCORES;
            case "label" -> LABEL;
            case "segment" -> SEGMENT;
            case "weight" -> WEIGHT;
            default -> null;
        };
    }

    int bit() {
        return 1 << ordinal();
    }

    @Override
    public String toString() {
        return text;
    }
}
