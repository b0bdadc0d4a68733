package io.logitstream.record;

import org.jspecify.annotations.Nullable;

/**
 * A label as it was sent, decoded but not yet checked against its model.
 *
 * @param id the id of the row it is for
 * @param model the name of the model
 * @param timestampMillis when it was given, in event time, or {@link RawRecord#NO_TIMESTAMP} if
 *     neither the record nor Kafka says
 * @param labelIndex the class if it was given as an index, else {@link ScoreRecord#NO_LABEL}
 * @param labelName the class if it was given as text (a class name, or an index in digits), else
 *     null
 */
public record LabelRecord(
        String id,
        String model,
        long timestampMillis,
        int labelIndex,
        @Nullable String labelName) {}
