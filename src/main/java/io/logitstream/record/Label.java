package io.logitstream.record;

/**
 * A label that came by itself, resolved against its model.
 *
 * @param model the model's name
 * @param id the id of the row it is for
 * @param classIndex the class, or {@link ScoreRecord#NO_LABEL} for a label to ignore
 * @param timestampMillis when it was given, in event time, or {@link RawRecord#NO_TIMESTAMP}
 */
public record Label(String model, String id, int classIndex, long timestampMillis) {}
