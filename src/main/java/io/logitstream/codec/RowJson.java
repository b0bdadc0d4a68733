package io.logitstream.codec;

import java.util.Arrays;

/**
 * One JSON object after the other, written into bytes that are used again: for the records of which
 * there is one for each row, where a generator would cost more than the row. Not thread-safe.
 *
 * <p>Numbers are {@link DecimalText}'s. Texts are as Jackson writes them: only quotes, backslashes
 * and control characters are escaped.
 */
final class RowJson {

    private static final int FIRST_BYTES = 1 << 10;

    /** A buffer that one large record has made larger is not kept. */
    private static final int MAX_KEPT_BYTES = 1 << 20;

    /** A backslash, a u and four digits. */
    private static final int MAX_BYTES_PER_CHAR = 6;

    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private byte[] bytes = new byte[FIRST_BYTES];
    private int size;

    /** Forgets what was written, and starts an object. */
    void start() {
        if (bytes.length > MAX_KEPT_BYTES) {
            bytes = new byte[FIRST_BYTES];
        }
        bytes[0] = '{';
        size = 1;
    }

    /** Ends the object, and returns what was written; the array is the caller's. */
    byte[] end() {
        endObject();
        return Arrays.copyOf(bytes, size);
    }

    /** Starts an object in an array. */
    void startObject() {
        comma(1);
        bytes[size++] = '{';
    }

    void startObject(JsonName name) {
        name(name, 1);
        bytes[size++] = '{';
    }

    void endObject() {
        reserve(1);
        bytes[size++] = '}';
    }

    void startArray(JsonName name) {
        name(name, 1);
        bytes[size++] = '[';
    }

    void endArray() {
        reserve(1);
        bytes[size++] = ']';
    }

    void field(JsonName name, String value) {
        name(name, 2 + MAX_BYTES_PER_CHAR * value.length());
        bytes[size++] = '"';
        text(value);
        bytes[size++] = '"';
    }

    void field(JsonName name, long value) {
        name(name, DecimalText.MAX_BYTES);
        size = DecimalDigits.write(value, bytes, size);
    }

    void field(JsonName name, boolean value) {
        String text = Boolean.toString(value);
        name(name, text.length());
        ascii(text);
    }

    /** Writes a version, if there is one: versions start at 1. */
    void version(JsonName name, long version) {
        if (version > 0) {
            field(name, version);
        }
    }

    /** Writes a figure that is finite; one that is not is absent. */
    void figure(JsonName name, double value) {
        if (Double.isFinite(value)) {
            name(name, DecimalText.MAX_BYTES);
            size = DecimalText.write(value, bytes, size);
        }
    }

    /** Writes a figure that is finite; one that is not is absent. */
    void figure(JsonName name, float value) {
        if (Float.isFinite(value)) {
            name(name, DecimalText.MAX_BYTES);
            size = DecimalText.write(value, bytes, size);
        }
    }

    /** Writes an element of an array. */
    void element(long value) {
        comma(DecimalText.MAX_BYTES);
        size = DecimalDigits.write(value, bytes, size);
    }

    /** Writes an element of an array, which must be finite. */
    void element(float value) {
        comma(DecimalText.MAX_BYTES);
        size = DecimalText.write(value, bytes, size);
    }

    /** Writes the name of a field, and makes room for its value. */
    private void name(JsonName name, int room) {
        comma(JsonName.BYTES + room);
        size = name.write(bytes, size);
    }

    @SuppressWarnings("deprecation") // Of text that is ASCII it copies the bytes, and makes none.
    private void ascii(String text) {
        text.getBytes(0, text.length(), bytes, size);
        size += text.length();
    }

    /** Separates from what came before, if anything did, and makes room for more. */
    private void comma(int room) {
        reserve(room + 1);
        byte last = bytes[size - 1];
        if (last != '{' && last != '[') {
            bytes[size++] = ',';
        }
    }

    private void reserve(int room) {
        if (bytes.length - size < room) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, Math.addExact(size, room)));
        }
    }

    private void text(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7F && c != '"' && c != '\\') {
                bytes[size++] = (byte) c;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                codePoint(Character.toCodePoint(c, text.charAt(++i)));
            } else if (c < 0x80) {
                escaped(c);
            } else {
                // Half a pair cannot come: texts were read as valid UTF-8.
                codePoint(Character.isSurrogate(c) ? '?' : c);
            }
        }
    }

    private void escaped(char c) {
        int letter = "\b\t\n\f\r\"\\".indexOf(c);
        if (letter >= 0) {
            bytes[size++] = '\\';
            bytes[size++] = (byte) "btnfr\"\\".charAt(letter);
        } else if (c < ' ') {
            ascii("\\u00");
            bytes[size++] = (byte) HEX[c >> 4];
            bytes[size++] = (byte) HEX[c & 15];
        } else {
            bytes[size++] = (byte) c;
        }
    }

    private void codePoint(int c) {
        if (c < 0x80) {
            bytes[size++] = (byte) c;
        } else if (c < 0x800) {
            bytes[size++] = (byte) (0xC0 | c >> 6);
            bytes[size++] = (byte) (0x80 | c & 0x3F);
        } else if (c < 0x10000) {
            bytes[size++] = (byte) (0xE0 | c >> 12);
            bytes[size++] = (byte) (0x80 | c >> 6 & 0x3F);
            bytes[size++] = (byte) (0x80 | c & 0x3F);
        } else {
            bytes[size++] = (byte) (0xF0 | c >> 18);
            bytes[size++] = (byte) (0x80 | c >> 12 & 0x3F);
            bytes[size++] = (byte) (0x80 | c >> 6 & 0x3F);
            bytes[size++] = (byte) (0x80 | c & 0x3F);
        }
    }
}
