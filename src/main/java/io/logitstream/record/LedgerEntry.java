package io.logitstream.record;

import org.jspecify.annotations.Nullable;

/**
 * A score or a label that did not end as one would wish.
 *
 * @param kind where it ended
 * @param model the model's name
 * @param id the id of the score or label
 * @param segment the score's segment, or null
 * @param scoreMillis event time of the score, or {@link RawRecord#NO_TIMESTAMP} if it is not known
 * @param labelClass the label's class; {@link ScoreRecord#NO_LABEL} for none or one to ignore
 * @param labelMillis event time of the label, or {@link RawRecord#NO_TIMESTAMP} if there is none
 */
public record LedgerEntry(
        LossTerm.Kind kind,
        String model,
        String id,
        @Nullable String segment,
        long scoreMillis,
        int labelClass,
        long labelMillis) {}
