package io.logitstream.codec;

import static io.logitstream.record.FaultReason.INVALID_FIELD;
import static io.logitstream.record.FaultReason.MALFORMED;
import static io.logitstream.record.FaultReason.WRONG_CLASS_COUNT;

import io.logitstream.record.Header;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads score records whose value is the scores, 1 to maxClasses little-endian float32, and nothing
 * else.
 *
 * <p>The headers {@code id}, {@code model}, {@code label}, {@code segment}, {@code timestamp}
 * (integer milliseconds since 1970) and {@code weight} (a decimal), and of a shard {@code
 * shard-index}, {@code shard-count}, {@code shard-offset} and {@code shard-classes} (integers, see
 * {@link io.logitstream.record.Shard}), and of an adaptive softmax {@code tails} (integers with
 * commas between them, see {@link io.logitstream.record.Selection.Kind#TAILS}) hold the other
 * fields as UTF-8 text. Each may be missing or null, but not come twice; other headers are ignored.
 * A label is handed on as text: only the model knows whether {@code 7} is a name or an index. It is
 * one class; of several there is none here.
 */
public final class Float32ScoreDecoder implements ScoreDecoder {

    /** No character of UTF-16 takes more bytes than this in UTF-8. */
    private static final int MAX_BYTES_PER_CHAR = 3;

    private final RecordFields fields;
    private final int maxClasses;

    /** The record has no rows header. */
    private static final int ONE = 0;

    private float[] scores = new float[0];
    private @Nullable RawRecord record;
    private int rows;
    private int row;

    public Float32ScoreDecoder(DecoderLimits limits) {
        fields = new RecordFields(limits);
        maxClasses = limits.maxClasses();
    }

    @Override
    public ScoreInput decode(RawRecord raw) {
        fields.clear();
        rows = ONE;
        record = null;
        try {
            byte[] value = RecordFields.valueOf(raw);
            for (Header header : raw.headers()) {
                Field field = Field.named(header.name());
                if (field != null && field.isHeader()) {
                    fields.see(field);
                    if (header.value() != null) {
                        readField(field, header.value());
                    }
                }
            }
            readScores(value);
            if (rows == ONE) {
                return ScoreInput.of(raw, fields.toRecord(raw, scores));
            }
            fields.checkRows(raw, rows);
            ScoreInput first = ScoreInput.of(raw, fields.toRow(raw, scores, 0));
            record = raw;
            row = 1;
            return first;
        } catch (FaultException e) {
            return ScoreInput.fault(raw, e.reason(), e.detail());
        }
    }

    @Override
    public @Nullable ScoreInput next() {
        RawRecord raw = record;
        if (raw == null || row == rows) {
            record = null;
            return null;
        }
        readRow(raw.value(), row);
        try {
            return ScoreInput.of(raw, fields.toRow(raw, scores, row++));
        } catch (FaultException e) {
            throw new IllegalStateException("no fault of the first row", e);
        }
    }

    private void readScores(byte[] value) throws FaultException {
        int numRows = rows == ONE ? 1 : rows;
        if (value.length % (Float.BYTES * (long) numRows) != 0) {
            throw new FaultException(
                    MALFORMED,
                    "the value must be %sa whole number of float32, not %d bytes"
                            .formatted(rows == ONE ? "" : rows + " times ", value.length));
        }
        int numScores = value.length / Float.BYTES / numRows;
        if (numScores > maxClasses) {
            throw new FaultException(
                    WRONG_CLASS_COUNT,
                    numScores
                            + " scores, more than the "
                            + maxClasses
                            + " classes of the widest model");
        }
        if (scores.length != numScores) {
            scores = new float[numScores];
        }
        readRow(value, 0);
    }

    private void readRow(byte[] value, int index) {
        int bytes = scores.length * Float.BYTES;
        ByteBuffer.wrap(value, index * bytes, bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(scores);
    }

    private void readField(Field field, byte[] value) throws FaultException {
        if (value.length > MAX_BYTES_PER_CHAR * RecordFields.MAX_TEXT_CHARS) {
            throw FieldFaults.tooLong("header " + field, value.length + " bytes");
        }
        if (!Utf8.isValid(value)) {
            throw new FaultException(
                    INVALID_FIELD,
                    "header " + field + " is not valid UTF-8 at byte " + Utf8.firstInvalid(value));
        }
        String text = new String(value, StandardCharsets.UTF_8);
        switch (field) {
            case TIMESTAMP -> readTimestamp(text);
            case WEIGHT -> readWeight(text);
            case ROWS -> readRows(text);
            case TAILS -> readTails(text);
            case SHARD_INDEX, SHARD_COUNT, SHARD_OFFSET, SHARD_CLASSES -> readOfShard(field, text);
            default -> fields.setText(field, text);
        }
    }

    private void readTimestamp(String text) throws FaultException {
        if (!isInteger(text)) {
            throw FieldFaults.wrongType(
                    Field.TIMESTAMP, "integer milliseconds", Excerpt.quoted(text));
        }
        long millis;
        try {
            millis = Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw FieldFaults.timestampOutOfRange(text);
        }
        fields.setTimestamp(millis);
    }

    private void readRows(String text) throws FaultException {
        if (!isInteger(text)) {
            throw FieldFaults.wrongType(Field.ROWS, "an integer", Excerpt.quoted(text));
        }
        try {
            rows = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            rows = -1;
        }
        if (rows < 1 || rows > RecordFields.MAX_ROWS) {
            throw new FaultException(
                    INVALID_FIELD,
                    "rows must be from 1 to "
                            + RecordFields.MAX_ROWS
                            + ", not "
                            + Excerpt.cut(text));
        }
    }

    private void readOfShard(Field field, String text) throws FaultException {
        if (!isInteger(text)) {
            throw FieldFaults.wrongType(field, "an integer", Excerpt.quoted(text));
        }
        fields.setOfShard(field, parse(field, text));
    }

    private static long parse(Field field, String integer) throws FaultException {
        try {
            return Long.parseLong(integer);
        } catch (NumberFormatException e) {
            throw FieldFaults.outOfRange(field.toString(), integer);
        }
    }

    /** Reads numbers with commas between them; an empty text is none. */
    private void readTails(String text) throws FaultException {
        SelectionFields selection = fields.selection();
        selection.begin(Field.TAILS);
        int end = -1;
        while (end < text.length() && !text.isEmpty()) {
            int start = end + 1;
            int comma = text.indexOf(',', start);
            end = comma < 0 ? text.length() : comma;
            String number = text.substring(start, end);
            if (!isInteger(number)) {
                throw FieldFaults.wrongType(
                        Field.TAILS, "integers with commas between them", Excerpt.quoted(text));
            }
            selection.addInteger(Field.TAILS, parse(Field.TAILS, number));
        }
    }

    private void readWeight(String text) throws FaultException {
        double weight;
        try {
            weight = isDecimal(text) ? Double.parseDouble(text) : Double.NaN;
        } catch (NumberFormatException e) {
            weight = Double.NaN;
        }
        fields.setWeight(weight, text);
    }

    private static boolean isInteger(String text) {
        int start = text.startsWith("-") ? 1 : 0;
        for (int i = start; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return text.length() > start;
    }

    /** Shuts out what only Java calls a number, such as {@code 1f}, {@code 0x1p3} and spaces. */
    private static boolean isDecimal(String text) {
        for (int i = 0; i < text.length(); i++) {
            if ("0123456789+-.eE".indexOf(text.charAt(i)) < 0) {
                return false;
            }
        }
        return true;
    }
}
