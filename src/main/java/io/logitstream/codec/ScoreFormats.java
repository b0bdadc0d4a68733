package io.logitstream.codec;

import java.io.InputStream;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * The formats score records can come in, by the name that {@code scores.format} gives in a job
 * file. The one place where a format is added.
 */
public final class ScoreFormats {

    private static final String JSON = "json";
    private static final String FLOAT32 = "float32";
    private static final Set<String> NAMES =
            Collections.unmodifiableSortedSet(new TreeSet<>(Set.of(JSON, FLOAT32)));

    private ScoreFormats() {}

    /** Returns the names of all formats in alphabetical order. */
    public static Set<String> names() {
        return NAMES;
    }

    /**
     * Returns a new decoder of a format.
     *
     * @throws IllegalArgumentException if there is no such format
     */
    public static ScoreDecoder decoder(String name, DecoderLimits limits) {
        return switch (name) {
            case JSON -> new JsonScoreDecoder(limits);
            case FLOAT32 -> new Float32ScoreDecoder(limits);
            default -> throw unknown(name);
        };
    }

    /**
     * Returns a reader that cuts a stream into records of a format.
     *
     * @throws IllegalArgumentException if there is no such format
     */
    public static ScoreReader reader(String name, InputStream in, DecoderLimits limits) {
        return switch (name) {
            case JSON -> new JsonLineReader(in);
            case FLOAT32 -> new Float32RowReader(in, limits.maxClasses());
            default -> throw unknown(name);
        };
    }

    /** Returns a reader that takes each line for a record, as labels are read. */
    public static ScoreReader lines(InputStream in) {
        return new JsonLineReader(in);
    }

    private static IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException(
                "score format must be one of " + NAMES + ", not " + name);
    }
}
