package io.logitstream.codec;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a score record. All but {@link #SCORES}, {@link #SHARD} and those of {@link
 * #ofSelection} other than {@link #TAILS} are also names of headers; the four of a shard are
 * members of its object in JSON, and {@link #ROWS} is not needed there.
 */
enum Field {
    ID("id"),
    MODEL("model"),
    TIMESTAMP("timestamp"),
    SCORES("scores"),
    LABEL("label"),
    SEGMENT("segment"),
    WEIGHT("weight"),
    CLASSES("classes"),
    REST("rest"),
    LOG_SUM_EXP("logSumExp"),
    LOG_EXPECTED_COUNTS("logExpectedCounts"),
    LABEL_SCORE("labelScore"),
    TAILS("tails"),
    SHARD("shard"),
    SHARD_INDEX("shard-index"),
    SHARD_COUNT("shard-count"),
    SHARD_OFFSET("shard-offset"),
    SHARD_CLASSES("shard-classes"),
    ROWS("rows");

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
            case "classes" -> CLASSES;
            case "rest" -> REST;
            case "logSumExp" -> LOG_SUM_EXP;
            case "logExpectedCounts" -> LOG_EXPECTED_COUNTS;
            case "labelScore" -> LABEL_SCORE;
            case "tails" -> TAILS;
            case "shard" -> SHARD;
            case "shard-index" -> SHARD_INDEX;
            case "shard-count" -> SHARD_COUNT;
            case "shard-offset" -> SHARD_OFFSET;
            case "shard-classes" -> SHARD_CLASSES;
            case "rows" -> ROWS;
            default -> null;
        };
    }

    /** Returns the fields that say which scores of a row were sent. */
    static Set<Field> ofSelection() {
        return OF_SELECTION;
    }

    /** Returns whether it is also the name of a header, in formats whose value is the scores. */
    boolean isHeader() {
        return this == TAILS || this != SCORES && this != SHARD && !OF_SELECTION.contains(this);
    }

    /** Returns the field of a shard that is a member of that name in JSON, or null. */
    static @Nullable Field ofShard(String member) {
        return switch (member) {
            case "index" -> SHARD_INDEX;
            case "count" -> SHARD_COUNT;
            case "offset" -> SHARD_OFFSET;
            case "classes" -> SHARD_CLASSES;
            default -> null;
        };
    }

    private static final Set<Field> OF_SELECTION =
            Collections.unmodifiableSet(EnumSet.range(CLASSES, TAILS));

    private static final List<Field> OF_SHARD =
            List.of(SHARD_INDEX, SHARD_COUNT, SHARD_OFFSET, SHARD_CLASSES);

    /** Returns the numbers that place a shard. */
    static List<Field> ofShard() {
        return OF_SHARD;
    }

    /** Returns which of the numbers that place a shard it is, negative if none. */
    int placeInShard() {
        return ordinal() - SHARD_INDEX.ordinal();
    }

    int bit() {
        return 1 << ordinal();
    }

    @Override
    public String toString() {
        return text;
    }
}
