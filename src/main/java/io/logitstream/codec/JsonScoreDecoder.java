package io.logitstream.codec;

import static io.logitstream.record.FaultReason.INVALID_FIELD;

import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import io.logitstream.record.Selection;
import io.logitstream.record.Shard;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads score records that are one JSON object each.
 *
 * <p>Fields: {@code scores}, an array of 1 to maxClasses numbers, each read to the nearest float32;
 * {@code NaN}, {@code Infinity} and {@code -Infinity}, bare or quoted, stand for themselves and
 * {@code null} for NaN. {@code id}, a text or an integer; {@code model} and {@code segment}, texts;
 * {@code label}, a class name or an index, or an array of up to 10,000 of these, which is the set
 * of all true classes; {@code timestamp}, integer milliseconds since 1970; {@code weight}, a number
 * of at least 0; {@code shard}, an object of the integers {@code index}, {@code count}, {@code
 * offset} and {@code classes}, see {@link Shard}. All but the scores may be missing or null.
 * Unknown fields are skipped, known ones may come once.
 *
 * <p>Scores may also be an array of such arrays, for a record of up to 10,000 rows. Then the ids
 * are {@code id#0} and on, a label is an array of one label, set of labels or null for each row,
 * and the other fields are those of all rows.
 *
 * <p>Where not all scores are sent, {@code classes} is an array of the class of each score. Alone,
 * or with {@code rest} (an integer) or {@code logSumExp} (a number), it says that these are the
 * best classes, see {@link Selection.Kind#BEST}; with {@code logExpectedCounts} (an array of
 * numbers) and {@code labelScore} (a number) that they were drawn at random, see {@link
 * Selection.Kind#SAMPLED}. Of an adaptive softmax {@code tails}, an array of integers, says which
 * tails follow the head, see {@link Selection.Kind#TAILS}.
 *
 * <p>The value must be valid UTF-8 throughout; a byte order mark before it is allowed. Memory does
 * not depend on the value: texts, numbers, names and nesting are bounded before they are buffered.
 */
public final class JsonScoreDecoder implements ScoreDecoder {

    private static final Set<Field> KNOWN =
            Collections.unmodifiableSet(EnumSet.range(Field.ID, Field.SHARD));

    private final RecordFields fields;
    private final JsonFields json;
    private final JsonScoreArray array;
    private final @Nullable JsonScoreSplice splice;

    private @Nullable RawRecord record;
    private int row;

    public JsonScoreDecoder(DecoderLimits limits) {
        this(limits, true);
    }

    private JsonScoreDecoder(DecoderLimits limits, boolean splices) {
        fields = new RecordFields(limits);
        array = new JsonScoreArray(limits.maxClasses());
        json = new JsonFields(fields, KNOWN, array);
        splice = splices ? new JsonScoreSplice(fields, KNOWN, array) : null;
    }

    /**
     * Returns a decoder that has Jackson read all of every record: slower, with the same results.
     */
    static JsonScoreDecoder ofJacksonAlone(DecoderLimits limits) {
        return new JsonScoreDecoder(limits, false);
    }

    @Override
    public ScoreInput decode(RawRecord raw) {
        array.clear();
        record = null;
        try {
            read(raw);
            if (!fields.hasSeen(Field.SCORES)) {
                throw new FaultException(INVALID_FIELD, "scores is missing");
            }
            if (array.rows() == 0) {
                return ScoreInput.of(raw, fields.toRecord(raw, array.scores()));
            }
            fields.checkRows(raw, array.rows());
            ScoreInput first = ScoreInput.of(raw, fields.toRow(raw, array.row(0), 0));
            record = raw;
            row = 1;
            return first;
        } catch (FaultException e) {
            return ScoreInput.fault(raw, e.reason(), e.detail());
        }
    }

    /** Reads the fields and the scores. What is wrong with a record is said by Jackson alone. */
    private void read(RawRecord raw) throws FaultException {
        if (splice == null || !splice.read(raw)) {
            array.clear();
            json.read(raw);
        }
    }

    @Override
    public @Nullable ScoreInput next() {
        RawRecord raw = record;
        if (raw == null || row == array.rows()) {
            record = null;
            return null;
        }
        try {
            return ScoreInput.of(raw, fields.toRow(raw, array.row(row), row++));
        } catch (FaultException e) {
            throw new IllegalStateException("no fault of the first row", e);
        }
    }
}
