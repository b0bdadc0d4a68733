package io.logitstream.codec;

import static io.logitstream.record.FaultReason.INVALID_FIELD;
import static io.logitstream.record.FaultReason.MALFORMED;
import static io.logitstream.record.FaultReason.UNKNOWN_MODEL;

import io.logitstream.record.LabelRecord;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.Selection;
import io.logitstream.record.Shard;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one record of scores or of a label while it is decoded, with the rules that hold in
 * every format.
 *
 * <p>A rule that needs no other field is checked when the field is set, the others and the defaults
 * in {@link #toRecord}. Reused from record to record; not thread-safe.
 */
final class RecordFields {

    /** Most characters (UTF-16) of an id, model, label or segment. */
    static final int MAX_TEXT_CHARS = 1_024;

    /** Most rows of a record, and most labels of a row. */
    static final int MAX_ROWS = 10_000;

    /** Stands for all segments in the aggregates. */
    static final String RESERVED_SEGMENT = "*";

    private final @Nullable String onlyModel;

    private int seen;
    private @Nullable String id;
    private @Nullable String model;
    private @Nullable String labelName;
    private @Nullable String segment;
    private long timestampMillis;
    private int labelIndex;
    private double weight;
    private @Nullable String idOfRows;
    private final RowLabels rowLabels = new RowLabels();
    private final ShardPlace shard = new ShardPlace();
    private final SelectionFields selection;

    RecordFields(DecoderLimits limits) {
        onlyModel = limits.onlyModel();
        selection = new SelectionFields(limits.maxClasses());
        clear();
    }

    /** Returns the value of a record that must have one. */
    static byte[] valueOf(RawRecord raw) throws FaultException {
        byte[] value = raw.value();
        if (value == null || value.length == 0) {
            throw new FaultException(
                    MALFORMED, value == null ? "the record has no value" : "the value is empty");
        }
        return value;
    }

    void clear() {
        seen = 0;
        id = null;
        idOfRows = null;
        model = null;
        labelName = null;
        segment = null;
        timestampMillis = RawRecord.NO_TIMESTAMP;
        labelIndex = ScoreRecord.NO_LABEL;
        weight = 1;
        rowLabels.clear();
        shard.clear();
        selection.clear();
    }

    /** Returns the fields that say which scores were sent. */
    SelectionFields selection() {
        return selection;
    }

    /** Notes that the record is a shard. */
    void beginShard() {
        shard.begin();
    }

    /** Returns where the labels of an array go, by {@link #nextRowLabel}. */
    RowLabels rowLabels() {
        return rowLabels;
    }

    /** Makes the label that was set last the next one of the array or set. */
    void nextRowLabel() throws FaultException {
        rowLabels.add(labelIndex, labelName);
        labelIndex = ScoreRecord.NO_LABEL;
        labelName = null;
    }

    /** Notes that the record has the field, even if it is null. */
    void see(Field field) throws FaultException {
        if ((seen & field.bit()) != 0) {
            throw new FaultException(INVALID_FIELD, field + " is given twice");
        }
        seen |= field.bit();
    }

    boolean hasSeen(Field field) {
        return (seen & field.bit()) != 0;
    }

    /** Sets an id, model, label or segment. */
    void setText(Field field, String text) throws FaultException {
        checkLength(field.toString(), text);
        if (Excerpt.hasUnpairedSurrogate(text)) {
            throw new FaultException(
                    INVALID_FIELD, field + " has half a surrogate pair: " + Excerpt.quoted(text));
        }
        switch (field) {
            case ID -> id = checkId(text);
            case MODEL -> model = text;
            case LABEL -> labelName = text;
            case SEGMENT -> segment = checkSegment(text);
            default -> throw new IllegalArgumentException(field + " is no text");
        }
    }

    void setTimestamp(long millis) throws FaultException {
        timestampMillis = EventTime.checked(millis);
    }

    /** Sets a label that was given as a number: what is no index is text, for it may be ignored. */
    void setLabelIndex(long index) {
        if (index < 0 || index > Integer.MAX_VALUE) {
            labelName = Long.toString(index);
        } else {
            labelIndex = (int) index;
        }
    }

    /** Sets the weight from its value and the text it was read from. */
    void setWeight(double value, String text) throws FaultException {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new FaultException(
                    INVALID_FIELD,
                    "weight must be finite and at least 0, not " + Excerpt.cut(text));
        }
        // Adding 0 turns -0 into 0, and nothing else into anything.
        weight = value + 0.0;
    }

    /** Sets one of the numbers that place a shard. */
    void setOfShard(Field field, long number) throws FaultException {
        if (number < 0 || number > Integer.MAX_VALUE) {
            throw FieldFaults.outOfRange(field.toString(), Long.toString(number));
        }
        shard.set(field, (int) number);
    }

    /** Adds the defaults and checks what depends on the raw record. */
    ScoreRecord toRecord(RawRecord raw, float[] scores) throws FaultException {
        Shard place = shard.shard();
        Selection selected = selection.selection(scores.length);
        if (place != null && selected != null) {
            throw new FaultException(
                    INVALID_FIELD,
                    "a shard must have all its scores, so neither classes nor tails");
        }
        return new ScoreRecord(
                recordId(raw),
                recordModel(),
                EventTime.of(timestampMillis, raw),
                scores,
                labelIndex,
                labelName,
                segment,
                weight,
                place,
                selected,
                ScoreRecord.ONLY_ROW,
                rowLabels.onlySet());
    }

    /** Checks what a record of several rows may have, once for all of them. */
    void checkRows(RawRecord raw, int rows) throws FaultException {
        if (rows > MAX_ROWS) {
            throw new FaultException(
                    INVALID_FIELD, "a record may have at most " + MAX_ROWS + " rows, not " + rows);
        }
        if (shard.shard() != null) {
            throw new FaultException(INVALID_FIELD, "a shard must be one row, not " + rows);
        }
        if (!selection.isEmpty()) {
            throw new FaultException(
                    INVALID_FIELD, "several rows must have all their scores: no classes, no tails");
        }
        if (labelName != null || labelIndex != ScoreRecord.NO_LABEL) {
            throw new FaultException(
                    INVALID_FIELD, "label must be an array where there are " + rows + " rows");
        }
        rowLabels.check(rows);
        idOfRows = recordId(raw) + "#";
        // A label for the row is refused with a longer id.
        checkLength("the id of its rows", idOfRows + (rows - 1));
    }

    /** Returns one of several rows, which were checked. */
    ScoreRecord toRow(RawRecord raw, float[] scores, int row) throws FaultException {
        return new ScoreRecord(
                idOfRows + row,
                recordModel(),
                EventTime.of(timestampMillis, raw),
                scores,
                rowLabels.index(row),
                rowLabels.name(row),
                segment,
                weight,
                null,
                null,
                row,
                rowLabels.set(row));
    }

    private String recordId(RawRecord raw) throws FaultException {
        String recordId = id != null ? id : defaultId(raw);
        return recordId == null ? raw.coordinates() : recordId;
    }

    /** Adds the defaults and checks what depends on the raw record, for a record of a label. */
    LabelRecord toLabel(RawRecord raw) throws FaultException {
        String recordId = id != null ? id : defaultId(raw);
        if (recordId == null) {
            throw new FaultException(INVALID_FIELD, "id is missing, and the Kafka key gives none");
        }
        if (labelName == null && labelIndex == ScoreRecord.NO_LABEL) {
            throw new FaultException(INVALID_FIELD, "label is missing");
        }
        return new LabelRecord(
                recordId, recordModel(), EventTime.of(timestampMillis, raw), labelIndex, labelName);
    }

    private String recordModel() throws FaultException {
        String recordModel = model != null ? model : onlyModel;
        if (recordModel == null) {
            throw new FaultException(
                    UNKNOWN_MODEL, "model is missing, and the job has more than one");
        }
        return recordModel;
    }

    private static @Nullable String defaultId(RawRecord raw) throws FaultException {
        byte[] key = raw.key();
        if (key == null || key.length == 0 || !Utf8.isValid(key)) {
            return null;
        }
        String text = new String(key, StandardCharsets.UTF_8);
        checkLength("the Kafka key, used as id,", text);
        return text;
    }

    private static void checkLength(String what, String text) throws FaultException {
        if (text.length() > MAX_TEXT_CHARS) {
            throw FieldFaults.tooLong(what, text.length() + " characters");
        }
    }

    private static String checkId(String text) throws FaultException {
        if (text.isEmpty()) {
            throw new FaultException(INVALID_FIELD, "id must not be empty");
        }
        return text;
    }

    private static @Nullable String checkSegment(String text) throws FaultException {
        if (text.equals(RESERVED_SEGMENT)) {
            throw new FaultException(
                    INVALID_FIELD, "segment must not be \"*\", which stands for all segments");
        }
        return text.isEmpty() ? null : text;
    }
}
