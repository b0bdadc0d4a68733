package io.logitstream.codec;

import static io.logitstream.record.FaultReason.INVALID_FIELD;
import static io.logitstream.record.FaultReason.INVALID_SCORE;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import io.logitstream.record.FaultReason;
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

    /** Says which of the parser's bounds was passed, and in which field. */
    static String sentenceOfBound(
            StreamConstraintsException e, @Nullable Field field, int numScores) {
        String what = "";
        if (field == Field.SCORES) {
            what = "the score at index " + numScores + ": ";
        } else if (field != null) {
            what = field + ": ";
        }
        return what + Excerpt.printable(withoutSource(e.getOriginalMessage()));
    }

    static FaultReason reasonOfBound(Field field) {
        return field == Field.SCORES ? INVALID_SCORE : INVALID_FIELD;
    }

    /** Cuts the remark on where an array or object started, which names the parser's source. */
    private static String withoutSource(String message) {
        int source = message.indexOf("[Source");
        int remark = source < 0 ? -1 : message.lastIndexOf(" (", source);
        return remark < 0 ? message : message.substring(0, remark);
    }
}
