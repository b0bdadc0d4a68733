package io.logitstream.record;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One row of raw scores, decoded but not yet checked against its model.
 *
 * @param id names the row; the key of its prediction
 * @param model the name of the model that gave the scores
 * @param timestampMillis event time, or {@link RawRecord#NO_TIMESTAMP} if neither the record nor
 *     Kafka has one
 * @param scores float32 {@code [numClasses]} as they were sent; may be the decoder's reused buffer:
 *     valid until it decodes the next record, and only the decoder and the classifier may write to
 *     it
 * @param labelIndex the true class if the record gave it as an index, else {@link #NO_LABEL}
 * @param labelName the true class if the record gave it as text (a class name, or an index in
 *     digits), else null
 * @param segment the part of the traffic the row belongs to, or null
 * @param weight the row's weight in every mean, finite and not negative; 1 unless the record says
 *     otherwise
 * @param shard which part of the row the scores are, or null if they are all of it; then {@code
 *     scores} are as many as the shard has
 * @param selection which scores these are, or null if there is one for each class, or for each of
 *     the shard
 * @param row which row of its record this is, from 0, or {@link #ONLY_ROW}
 * @param labelSet the true classes if the record gave a set of them, perhaps empty or the same one
 *     again; then there is no other label. Else null
 */
public record ScoreRecord(
        String id,
        String model,
        long timestampMillis,
        float[] scores,
        int labelIndex,
        @Nullable String labelName,
        @Nullable String segment,
        double weight,
        @Nullable Shard shard,
        @Nullable Selection selection,
        int row,
        @Nullable List<GivenLabel> labelSet) {

    /** The record has no label. */
    public static final int NO_LABEL = -1;

    private static final int OBJECTS_BYTES = 256;
    private static final int LABEL_BYTES = 64;

    /** The record has no other row. */
    public static final int ONLY_ROW = -1;

    public ScoreRecord {
        labelSet = labelSet == null ? null : List.copyOf(labelSet);
    }

    /** Creates a row without a set of labels. */
    public ScoreRecord(
            String id,
            String model,
            long timestampMillis,
            float[] scores,
            int labelIndex,
            @Nullable String labelName,
            @Nullable String segment,
            double weight,
            @Nullable Shard shard,
            @Nullable Selection selection,
            int row) {
        this(
                id,
                model,
                timestampMillis,
                scores,
                labelIndex,
                labelName,
                segment,
                weight,
                shard,
                selection,
                row,
                null);
    }

    /** Creates a whole row, the only one of its record. */
    public ScoreRecord(
            String id,
            String model,
            long timestampMillis,
            float[] scores,
            int labelIndex,
            @Nullable String labelName,
            @Nullable String segment,
            double weight) {
        this(
                id,
                model,
                timestampMillis,
                scores,
                labelIndex,
                labelName,
                segment,
                weight,
                null,
                null,
                ONLY_ROW);
    }

    /** Returns the same in arrays that no decoder writes to. */
    public ScoreRecord copy() {
        return new ScoreRecord(
                id,
                model,
                timestampMillis,
                scores.clone(),
                labelIndex,
                labelName,
                segment,
                weight,
                shard,
                selection == null ? null : selection.copy(),
                row,
                labelSet);
    }

    /** Returns whether the record says something of its label, be it one to ignore or no class. */
    public boolean givesLabel() {
        return labelName != null || labelIndex != NO_LABEL || labelSet != null;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ScoreRecord that
                && id.equals(that.id)
                && model.equals(that.model)
                && timestampMillis == that.timestampMillis
                && Arrays.equals(scores, that.scores)
                && labelIndex == that.labelIndex
                && Objects.equals(labelName, that.labelName)
                && Objects.equals(segment, that.segment)
                && Double.compare(weight, that.weight) == 0
                && Objects.equals(shard, that.shard)
                && Objects.equals(selection, that.selection)
                && row == that.row
                && Objects.equals(labelSet, that.labelSet);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, model, timestampMillis);
    }

    @Override
    public String toString() {
        return "ScoreRecord[" + id + ", model=" + model + ", " + scores.length + " scores]";
    }

    /** Returns about how many bytes it has on the heap. */
    public long heapBytes() {
        long numbers = scores.length;
        if (selection != null) {
            numbers += selection.indices().length + selection.logExpectedCounts().length;
        }
        int labels = labelSet == null ? 0 : labelSet.size();
        return OBJECTS_BYTES + 2L * id.length() + 4 * numbers + (long) LABEL_BYTES * labels;
    }
}
