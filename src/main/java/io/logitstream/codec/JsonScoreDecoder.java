package io.logitstream.codec;

import static io.logitstream.record.FaultReason.INVALID_FIELD;
import static io.logitstream.record.FaultReason.MALFORMED;
import static io.logitstream.record.FaultReason.WRONG_CLASS_COUNT;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads score records that are one JSON object each.
 *
 * <p>Fields: {@code scores}, an array of 1 to maxClasses numbers, each read to the nearest float32;
 * {@code NaN}, {@code Infinity} and {@code -Infinity}, bare or quoted, stand for themselves and
 * {@code null} for NaN. {@code id}, a text or an integer; {@code model} and {@code segment}, texts;
 * {@code label}, a class name or an index; {@code timestamp}, integer milliseconds since 1970;
 * {@code weight}, a number of at least 0. All but the scores may be missing or null. Unknown fields
 * are skipped, known ones may come once.
 *
 * <p>The value must be valid UTF-8 throughout; a byte order mark before it is allowed. Memory does
 * not depend on the value: texts, numbers, names and nesting are bounded before they are buffered.
 */
public final class JsonScoreDecoder implements ScoreDecoder {

    private final JsonFactory factory = JsonFactories.forReading();
    private final RecordFields fields;
    private final int maxClasses;

    private float[] scores = new float[0];

    /** What is being read, for the message of a fault; null outside the known fields. */
    private @Nullable Field current;

    private int numScores;

    public JsonScoreDecoder(DecoderLimits limits) {
        fields = new RecordFields(limits.onlyModel());
        maxClasses = limits.maxClasses();
    }

    @Override
    public ScoreInput decode(RawRecord raw) {
        fields.clear();
        current = null;
        numScores = 0;
        try {
            readObject(checkedBytes(raw));
            return ScoreInput.of(raw, fields.toRecord(raw, scores));
        } catch (FaultException e) {
            return ScoreInput.fault(raw, e.reason(), e.detail());
        } catch (JsonProcessingException e) {
            return ScoreInput.fault(raw, MALFORMED, JsonFaults.sentence(e));
        } catch (IOException | RuntimeException e) {
            // The parser reads from memory, so only a bug in it gets here: the record's fault, too.
            return ScoreInput.fault(raw, MALFORMED, "the JSON parser failed: " + e);
        }
    }

    private static byte[] checkedBytes(RawRecord raw) throws FaultException {
        byte[] value = RecordFields.valueOf(raw);
        int invalid = Utf8.firstInvalid(value);
        if (invalid >= 0) {
            throw new FaultException(MALFORMED, "not valid UTF-8 at byte " + invalid);
        }
        // The parser would take these for UTF-16 or UTF-32.
        for (int i = 0; i < Math.min(4, value.length); i++) {
            if (value[i] == 0) {
                throw new FaultException(MALFORMED, "not JSON: byte " + i + " is zero");
            }
        }
        return value;
    }

    private void readObject(byte[] value) throws IOException, FaultException {
        try (JsonParser parser = factory.createParser(value)) {
            try {
                readMembers(parser);
            } catch (StreamConstraintsException e) {
                throw JsonFaults.bound(e, parser, current, numScores);
            }
        }
        if (!fields.hasSeen(Field.SCORES)) {
            throw new FaultException(INVALID_FIELD, "scores is missing");
        }
    }

    private void readMembers(JsonParser parser) throws IOException, FaultException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new FaultException(
                    MALFORMED, "not a JSON object but " + JsonFaults.describe(parser));
        }
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            current = Field.named(name);
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
            readScores(parser, token);
        } else if (token == JsonToken.VALUE_NULL) {
            return;
        } else if (field == Field.TIMESTAMP) {
            readTimestamp(parser, token);
        } else if (field == Field.WEIGHT) {
            readWeight(parser, token);
        } else if (token == JsonToken.VALUE_STRING) {
            if (parser.getTextLength() > RecordFields.MAX_TEXT_CHARS) {
                throw RecordFields.tooLong(
                        field.toString(), Integer.toString(parser.getTextLength()));
            }
            fields.setText(field, parser.getText());
        } else if (field == Field.LABEL && token == JsonToken.VALUE_NUMBER_INT) {
            if (!fitsLong(parser)) {
                throw RecordFields.labelOutOfRange(parser.getText());
            }
            fields.setLabelIndex(parser.getLongValue());
        } else if (field == Field.ID && token == JsonToken.VALUE_NUMBER_INT) {
            fields.setText(field, parser.getText());
        } else {
            boolean orInteger = field == Field.ID || field == Field.LABEL;
            throw RecordFields.wrongType(
                    field,
                    orInteger ? "a string or an integer" : "a string",
                    JsonFaults.describe(parser));
        }
    }

    private void readTimestamp(JsonParser parser, JsonToken token)
            throws IOException, FaultException {
        if (token != JsonToken.VALUE_NUMBER_INT) {
            throw RecordFields.wrongType(
                    Field.TIMESTAMP, "integer milliseconds", JsonFaults.describe(parser));
        }
        if (!fitsLong(parser)) {
            throw RecordFields.timestampOutOfRange(parser.getText());
        }
        fields.setTimestamp(parser.getLongValue());
    }

    private void readWeight(JsonParser parser, JsonToken token) throws IOException, FaultException {
        if (!token.isNumeric()) {
            throw RecordFields.wrongType(Field.WEIGHT, "a number", JsonFaults.describe(parser));
        }
        fields.setWeight(parser.getDoubleValue(), parser.getText());
    }

    private static boolean fitsLong(JsonParser parser) throws IOException {
        return parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
    }

    private void readScores(JsonParser parser, JsonToken token) throws IOException, FaultException {
        if (token != JsonToken.START_ARRAY) {
            throw RecordFields.wrongType(Field.SCORES, "an array", JsonFaults.describe(parser));
        }
        float[] buffer = scores;
        int n = 0;
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
            if (n == maxClasses) {
                throw new FaultException(
                        WRONG_CLASS_COUNT,
                        "more scores than the " + maxClasses + " classes of the widest model");
            }
            if (n == buffer.length) {
                buffer = JsonScores.grow(buffer, maxClasses);
            }
            buffer[n] = JsonScores.read(parser, t, n);
            numScores = ++n;
        }
        if (n == 0) {
            throw new FaultException(WRONG_CLASS_COUNT, "scores is empty");
        }
        scores = n == buffer.length ? buffer : Arrays.copyOf(buffer, n);
    }
}
