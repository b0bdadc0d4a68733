package io.logitstream.codec;

import static io.logitstream.record.FaultReason.INVALID_FIELD;
import static io.logitstream.record.FaultReason.INVALID_SCORE;
import static io.logitstream.record.FaultReason.MALFORMED;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The sentences a fault in a JSON record is described with. */
final class JsonFaults {

    private JsonFaults() {}

    /** Names what the parser stands at. */
    static String describe(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "the string " + Excerpt.quoted(parser.getText());
            case VALUE_NULL -> "null";
            default -> Excerpt.cut(parser.getText());
        };
    }

    /** Says why the parser gave up, and where. */
    static String sentence(JsonProcessingException e) {
        JsonLocation location = e.getLocation();
        String at = location == null ? "" : " at byte " + location.getByteOffset();
        if (e instanceof JsonEOFException) {
            return "the JSON ends too early" + at;
        }
        return "not JSON" + at + ": " + Excerpt.printable(withoutSource(e.getOriginalMessage()));
    }

    /**
     * Says which of the parser's bounds was passed, and in which field.
     *
     * @param current the known field that is being read, or null
     */
    static FaultException bound(
            StreamConstraintsException e, JsonParser parser, @Nullable Field current, int numScores)
            throws IOException {
        String message = withoutSource(e.getOriginalMessage());
        int setting = message.indexOf(", from `");
        String detail = setting < 0 ? message : message.substring(0, setting) + ")";
        Field field = current == null ? fieldAhead(parser) : current;
        if (field == null) {
            return new FaultException(MALFORMED, detail);
        }
        return field == Field.SCORES
                ? new FaultException(
                        INVALID_SCORE, "the score at index " + numScores + ": " + detail)
                : new FaultException(INVALID_FIELD, field + ": " + detail);
    }

    /** The field whose name was just read: the parser looks at a number after a name at once. */
    private static @Nullable Field fieldAhead(JsonParser parser) throws IOException {
        return parser.currentToken() == JsonToken.FIELD_NAME
                        && parser.getParsingContext().getParent().inRoot()
                ? Field.named(parser.currentName())
                : null;
    }

    /** Cuts the remark on where an array or object started, which names the parser's source. */
    private static String withoutSource(String message) {
        int source = message.indexOf("[Source");
        int remark = source < 0 ? -1 : message.lastIndexOf(" (", source);
        return remark < 0 ? message : message.substring(0, remark);
    }
}
