package io.logitstream.codec;

import static io.logitstream.record.FaultReason.INVALID_FIELD;
import static io.logitstream.record.FaultReason.INVALID_SCORE;
import static io.logitstream.record.FaultReason.MALFORMED;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Arrays;

/** Reads the elements of the scores array; allocates only for a fault. */
final class JsonScores {

    private static final int FIRST_CAPACITY = 64;
    private static final char[] NAN = "NaN".toCharArray();
    private static final char[] INFINITY = "Infinity".toCharArray();
    private static final char[] MINUS_INFINITY = "-Infinity".toCharArray();

    private JsonScores() {}

    /** Returns a copy of the full buffer with room for more, up to maxClasses. */
    static float[] grow(float[] full, int maxClasses) {
        long capacity = Math.max(FIRST_CAPACITY, 2L * full.length);
        return Arrays.copyOf(full, (int) Math.min(capacity, maxClasses));
    }

    /** Reads the score the parser stands at. */
    static float read(JsonParser parser, JsonToken token, int index)
            throws IOException, FaultException {
        return switch (token) {
            case VALUE_NUMBER_INT -> readDecimal(parser, index);
            case VALUE_NUMBER_FLOAT ->
                    parser.isNaN() ? readBareName(parser, index) : readDecimal(parser, index);
            case VALUE_STRING -> readQuotedName(parser, index);
            case VALUE_NULL -> Float.NaN;
            default -> throw wrongType(parser, index);
        };
    }

    /** Returns the float32 next to the decimal the parser stands at, rounded once. */
    static float nearest(JsonParser parser) throws IOException {
        return Float32Text.parse(
                parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
    }

    private static float readDecimal(JsonParser parser, int index)
            throws IOException, FaultException {
        float score = nearest(parser);
        if (Float.isInfinite(score)) {
            throw new FaultException(
                    INVALID_SCORE,
                    "the score at index "
                            + index
                            + " must fit float32, so lie within 3.4028235E38, unlike "
                            + Excerpt.cut(parser.getText()));
        }
        return score;
    }

    private static float readBareName(JsonParser parser, int index)
            throws IOException, FaultException {
        // The parser knows more names, such as INF, which no writer we read from produces.
        return switch (parser.getText()) {
            case "NaN" -> Float.NaN;
            case "Infinity" -> Float.POSITIVE_INFINITY;
            case "-Infinity" -> Float.NEGATIVE_INFINITY;
            default ->
                    throw new FaultException(
                            MALFORMED,
                            "not JSON: the score at index " + index + " is " + parser.getText());
        };
    }

    private static float readQuotedName(JsonParser parser, int index)
            throws IOException, FaultException {
        char[] text = parser.getTextCharacters();
        int from = parser.getTextOffset();
        int to = from + parser.getTextLength();
        if (Arrays.equals(text, from, to, MINUS_INFINITY, 0, MINUS_INFINITY.length)) {
            return Float.NEGATIVE_INFINITY;
        }
        if (Arrays.equals(text, from, to, INFINITY, 0, INFINITY.length)) {
            return Float.POSITIVE_INFINITY;
        }
        if (Arrays.equals(text, from, to, NAN, 0, NAN.length)) {
            return Float.NaN;
        }
        throw wrongType(parser, index);
    }

    private static FaultException wrongType(JsonParser parser, int index) throws IOException {
        return new FaultException(
                INVALID_FIELD,
                "the score at index "
                        + index
                        + " must be a number, NaN, Infinity, -Infinity or null, not "
                        + JsonFaults.describe(parser));
    }
}
