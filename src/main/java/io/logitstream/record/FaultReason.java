package io.logitstream.record;

/**
 * Why a record became a dead letter. The code is part of the output format and of metric names:
 * never renamed.
 */
public enum FaultReason {
    /**
     * The value is absent, cut off, not valid UTF-8, not JSON, or not a whole number of float32.
     */
    MALFORMED("malformed"),
    /** A field is missing, given twice, or of the wrong type or size. */
    INVALID_FIELD("invalid-field"),
    /** The model is not in the job file, or not named where the job has several. */
    UNKNOWN_MODEL("unknown-model"),
    /** A score is NaN, +infinity, or a number float32 cannot hold. */
    INVALID_SCORE("invalid-score"),
    /** The number of scores is not the model's number of classes. */
    WRONG_CLASS_COUNT("wrong-class-count"),
    /**
     * A shard that its row has no place for: the job takes none, or it overlaps or contradicts
     * others of its row, or leaves a gap to them.
     */
    INVALID_SHARD("invalid-shard"),
    /** Shards of the row did not come in time; the letter is about one that did. */
    MISSING_SHARDS("missing-shards"),
    /** Every class is masked, so there is no distribution. */
    ALL_MASKED("all-masked"),
    /** The scores contradict what the job file declares them to be. */
    NOT_AS_DECLARED("not-as-declared"),
    /** The label is not one of the model's classes. */
    UNKNOWN_LABEL("unknown-label"),
    /**
     * The event time is missing where it is needed, negative, or more than an hour ahead of the
     * Kafka timestamp.
     */
    INVALID_TIMESTAMP("invalid-timestamp"),
    /**
     * The record arrived after its window's allowed lateness; its prediction was written, its loss
     * was not counted.
     */
    TOO_LATE("too-late"),
    /**
     * A record of the control topic that is neither a model nor its retirement, or not one the job
     * can have; the model stays as it was.
     */
    INVALID_MODEL("invalid-model"),
    /** The output would not fit the producer's {@code max.request.size}. */
    OUTPUT_TOO_LARGE("output-too-large");

    private final String code;

    FaultReason(String code) {
        this.code = code;
    }

    /** Returns the kebab-case code written to dead letters and metrics. */
    public String code() {
        return code;
    }
}
