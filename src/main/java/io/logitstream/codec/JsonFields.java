package io.logitstream.codec;

import static io.logitstream.record.FaultReason.INVALID_FIELD;
import static io.logitstream.record.FaultReason.MALFORMED;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.logitstream.record.RawRecord;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of a record that is one JSON object. The value must be valid UTF-8 throughout; a
 * byte order mark before it is allowed. Memory does not depend on the value, but for records of
 * several rows: texts, numbers, names and nesting are bounded before they are buffered. Unknown
 * fields are skipped, known ones may come once. Not thread-safe.
 */
final class JsonFields {

    private final JsonFactory factory = JsonFactories.forReading();
    private final RecordFields fields;
    private final Set<Field> known;
    private final Scores scores;
    private @Nullable Field current;

    /** Reads the scores of a record that has some. */
    interface Scores {

        /** Reads the scores the parser stands at. */
        void read(JsonParser parser, JsonToken token) throws IOException, FaultException;

        /** Returns how many were read so far. */
        int count();
    }

    /** The scores of records that have none. */
    static final Scores NO_SCORES =
            new Scores() {
                @Override
                public void read(JsonParser parser, JsonToken token) {
                    throw new IllegalStateException("scores are no known field here");
                }

                @Override
                public int count() {
                    return 0;
                }
            };

    /**
     * Creates a reader.
     *
     * @param fields where the fields go
     * @param known the fields that mean something
     * @param scores reads the scores
     */
    JsonFields(RecordFields fields, Set<Field> known, Scores scores) {
        this.fields = fields;
        this.known = known;
        this.scores = scores;
    }

    /** Reads the value of a record, in the way of {@link #read(byte[], int)}. */
    void read(RawRecord raw) throws FaultException {
        byte[] value = RecordFields.valueOf(raw);
        read(value, value.length);
    }

    /**
     * Reads the record that is the first bytes of a buffer.
     *
     * @throws FaultException if it is at fault; whatever else goes wrong is its fault too
     */
    void read(byte[] value, int length) throws FaultException {
        fields.clear();
        current = null;
        checkEncoding(value, length);
        try {
            readObject(value, length);
        } catch (JsonProcessingException e) {
            throw new FaultException(MALFORMED, JsonFaults.sentence(e));
        } catch (IOException | RuntimeException e) {
            // The parser reads from memory, so only a bug in it gets here: the record's fault, too.
            throw new FaultException(MALFORMED, "the JSON parser failed: " + e);
        }
    }

    private static void checkEncoding(byte[] value, int length) throws FaultException {
        int invalid = Utf8.firstInvalid(value, length);
        if (invalid >= 0) {
            throw new FaultException(MALFORMED, "not valid UTF-8 at byte " + invalid);
        }
        // The parser would take these for UTF-16 or UTF-32.
        for (int i = 0; i < Math.min(4, length); i++) {
            if (value[i] == 0) {
                throw new FaultException(MALFORMED, "not JSON: byte " + i + " is zero");
            }
        }
    }

    private void readObject(byte[] value, int length) throws IOException, FaultException {
        try (JsonParser parser = factory.createParser(value, 0, length)) {
            try {
                readMembers(parser);
            } catch (StreamConstraintsException e) {
                throw JsonFaults.bound(e, parser, current, scores.count());
            }
        }
    }

    private void readMembers(JsonParser parser) throws IOException, FaultException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new FaultException(
                    MALFORMED, "not a JSON object but " + JsonFaults.describe(parser));
        }
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            Field named = Field.named(name);
            current = named != null && known.contains(named) ? named : null;
            readMember(parser, current);
            current = null;
        }
        if (parser.nextToken() != null) {
            throw new FaultException(
                    MALFORMED,
                    "there is " + JsonFaults.describe(parser) + " after the JSON object");
        }
    }

    private void readMember(JsonParser parser, @Nullable Field field)
            throws IOException, FaultException {
        JsonToken token = parser.nextToken();
        if (field == null) {
            parser.skipChildren();
        } else {
            fields.see(field);
            readField(parser, field, token);
        }
    }

    private void readField(JsonParser parser, Field field, JsonToken token)
            throws IOException, FaultException {
        if (field == Field.SCORES) {
            scores.read(parser, token);
        } else if (token == JsonToken.VALUE_NULL) {
            return;
        } else if (field == Field.SHARD) {
            readShard(parser, token);
        } else if (Field.ofSelection().contains(field)) {
            readSelection(parser, field, token);
        } else if (field == Field.TIMESTAMP) {
            readTimestamp(parser, token);
        } else if (field == Field.WEIGHT) {
            readWeight(parser, token);
        } else if (field == Field.LABEL
                && token == JsonToken.START_ARRAY
                && known.contains(Field.SCORES)) {
            fields.rowLabels().begin();
            readLabels(parser);
        } else if (token == JsonToken.VALUE_STRING) {
            if (parser.getTextLength() > RecordFields.MAX_TEXT_CHARS) {
                throw FieldFaults.tooLong(
                        field.toString(), Integer.toString(parser.getTextLength()));
            }
            fields.setText(field, parser.getText());
        } else if (field == Field.LABEL && token == JsonToken.VALUE_NUMBER_INT) {
            if (!fitsLong(parser)) {
                throw FieldFaults.labelOutOfRange(parser.getText());
            }
            fields.setLabelIndex(parser.getLongValue());
        } else if (field == Field.ID && token == JsonToken.VALUE_NUMBER_INT) {
            fields.setText(field, parser.getText());
        } else {
            boolean orInteger = field == Field.ID || field == Field.LABEL;
            throw FieldFaults.wrongType(
                    field,
                    orInteger ? "a string or an integer" : "a string",
                    JsonFaults.describe(parser));
        }
    }

    private void readLabels(JsonParser parser) throws IOException, FaultException {
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
            if (t == JsonToken.START_ARRAY) {
                fields.rowLabels().beginSet();
                readLabels(parser);
                fields.rowLabels().endSet();
            } else {
                readField(parser, Field.LABEL, t);
                fields.nextRowLabel();
            }
        }
    }

    private void readShard(JsonParser parser, JsonToken token) throws IOException, FaultException {
        if (token != JsonToken.START_OBJECT) {
            throw FieldFaults.wrongType(Field.SHARD, "an object", JsonFaults.describe(parser));
        }
        fields.beginShard();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            Field field = Field.ofShard(name);
            JsonToken value = parser.nextToken();
            if (field == null) {
                parser.skipChildren();
                continue;
            }
            fields.see(field);
            if (value != JsonToken.VALUE_NUMBER_INT) {
                throw FieldFaults.wrongType(field, "an integer", JsonFaults.describe(parser));
            }
            if (!fitsLong(parser)) {
                throw FieldFaults.outOfRange(field.toString(), parser.getText());
            }
            fields.setOfShard(field, parser.getLongValue());
        }
    }

    private void readSelection(JsonParser parser, Field field, JsonToken token)
            throws IOException, FaultException {
        SelectionFields selection = fields.selection();
        selection.begin(field);
        switch (field) {
            case REST -> selection.setRest(readInteger(parser, field, -1, token));
            case LOG_SUM_EXP, LABEL_SCORE -> {
                if (!token.isNumeric()) {
                    throw FieldFaults.wrongType(field, "a number", JsonFaults.describe(parser));
                }
                boolean isScore = field == Field.LABEL_SCORE && !parser.isNaN();
                double figure = isScore ? JsonScores.nearest(parser) : parser.getDoubleValue();
                selection.setFigure(field, figure);
            }
            default -> readSelected(parser, field, token, selection);
        }
    }

    private static void readSelected(
            JsonParser parser, Field field, JsonToken token, SelectionFields selection)
            throws IOException, FaultException {
        if (token != JsonToken.START_ARRAY) {
            throw FieldFaults.wrongType(field, "an array", JsonFaults.describe(parser));
        }
        int n = 0;
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
            if (field != Field.LOG_EXPECTED_COUNTS) {
                selection.addInteger(field, readInteger(parser, field, n, t));
            } else if (t.isNumeric()) {
                selection.addLogExpectedCount(parser.getFloatValue());
            } else {
                throw new FaultException(
                        INVALID_FIELD,
                        FieldFaults.element(field, n)
                                + " must be a finite number, not "
                                + JsonFaults.describe(parser));
            }
            n++;
        }
    }

    private static long readInteger(JsonParser parser, Field field, int index, JsonToken token)
            throws IOException, FaultException {
        if (token != JsonToken.VALUE_NUMBER_INT) {
            throw new FaultException(
                    INVALID_FIELD,
                    FieldFaults.element(field, index)
                            + " must be an integer, not "
                            + JsonFaults.describe(parser));
        }
        if (!fitsLong(parser)) {
            throw FieldFaults.outOfRange(FieldFaults.element(field, index), parser.getText());
        }
        return parser.getLongValue();
    }

    private void readTimestamp(JsonParser parser, JsonToken token)
            throws IOException, FaultException {
        if (token != JsonToken.VALUE_NUMBER_INT) {
            throw FieldFaults.wrongType(
                    Field.TIMESTAMP, "integer milliseconds", JsonFaults.describe(parser));
        }
        if (!fitsLong(parser)) {
            throw FieldFaults.timestampOutOfRange(parser.getText());
        }
        fields.setTimestamp(parser.getLongValue());
    }

    private void readWeight(JsonParser parser, JsonToken token) throws IOException, FaultException {
        if (!token.isNumeric()) {
            throw FieldFaults.wrongType(Field.WEIGHT, "a number", JsonFaults.describe(parser));
        }
        fields.setWeight(parser.getDoubleValue(), parser.getText());
    }

    private static boolean fitsLong(JsonParser parser) throws IOException {
        return parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    }
}
