package io.logitstream.codec;

import static io.logitstream.record.FaultReason.INVALID_FIELD;
import static io.logitstream.record.FaultReason.INVALID_TIMESTAMP;
import static io.logitstream.record.FaultReason.UNKNOWN_LABEL;

/** What is wrong with a field, in the same words in every format. */
final class FieldFaults {

    /** What a timestamp may be. */
    static final String TIMESTAMPS = "milliseconds from 0 to " + EventTime.MAX_MILLIS;

    private FieldFaults() {}

    /** Names an element of a field's array, or with a negative index the field. */
    static String element(Field field, int index) {
        return index < 0 ? field.toString() : field + "[" + index + "]";
    }

    static FaultException outOfRange(String what, String text) {
        return new FaultException(
                INVALID_FIELD, what + " must be from 0 to 2147483647, not " + Excerpt.cut(text));
    }

    static FaultException timestampOutOfRange(String text) {
        return new FaultException(
                INVALID_TIMESTAMP,
                "timestamp must be " + TIMESTAMPS + ", not " + Excerpt.cut(text));
    }

    static FaultException labelOutOfRange(String text) {
        return new FaultException(
                UNKNOWN_LABEL,
                "label must be a class index from 0 to 2147483647, not " + Excerpt.cut(text));
    }

    static FaultException wrongType(Field field, String expected, String actual) {
        return new FaultException(
                INVALID_FIELD, field + " must be " + expected + ", not " + actual);
    }

    static FaultException tooLong(String what, String actual) {
        return new FaultException(
                INVALID_FIELD,
                what
                        + " must have at most "
                        + RecordFields.MAX_TEXT_CHARS
                        + " characters, not "
                        + actual);
    }
}
