package io.logitstream.codec;

/** How much of a record's value fits into the room that is left in a JSON object. */
final class JsonRoom {

    private static final int TEXT_FIELD_BYTES = ",\"value\":\"\"".length();
    private static final int BASE64_FIELD_BYTES = ",\"valueBase64\":\"\"".length();

    /** A control character becomes a backslash, a u and four digits. */
    private static final int CONTROL_BYTES = 6;

    private JsonRoom() {}

    /**
     * Returns the length of the longest prefix whose field takes at most room bytes, or -1 if not
     * even a byte of the value (or the empty value) has room.
     *
     * @param text whether the value is valid UTF-8, and the field a text
     */
    static int prefixOf(byte[] value, boolean text, int room) {
        int left = room - (text ? TEXT_FIELD_BYTES : BASE64_FIELD_BYTES);
        if (left < 0) {
            return -1;
        }
        int prefix = text ? textPrefix(value, left) : base64Prefix(value, left);
        return prefix == 0 && value.length > 0 ? -1 : prefix;
    }

    private static int base64Prefix(byte[] value, int left) {
        return (int) Math.min(value.length, left / 4 * 3L);
    }

    private static int textPrefix(byte[] value, int left) {
        int used = 0;
        for (int i = 0; i < value.length; i++) {
            used += escapedBytes(value[i]);
            if (used > left) {
                return Utf8.floorBoundary(value, i);
            }
        }
        return value.length;
    }

    private static int escapedBytes(byte b) {
        return switch (b) {
            case '"', '\\', '\b', '\t', '\n', '\f', '\r' -> 2;
            default -> b >= 0 && b < ' ' ? CONTROL_BYTES : 1;
        };
    }
}
