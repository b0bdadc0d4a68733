package io.logitstream.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a row of scores from the bytes of its JSON array, eight digits at a time. What it accepts
 * is what {@link JsonScores} accepts of Jackson's tokens, with the same bits; it gives up where
 * that would be a fault, and on what no writer of scores writes: names with escapes, and numbers of
 * more than {@value #MAX_NUMBER_BYTES} bytes. Memory is bounded by the most classes. Not
 * thread-safe.
 *
 * <p>A usual number is a sign, up to 7 digits and perhaps a point and digits behind it, with at
 * most 18 digits that count. It is read without a branch that depends on the sign, on the digits or
 * on how many are before the point; a word of text shows how many there are (Lemire, "Number
 * Parsing at a Gigabyte per Second", Software: Practice and Experience 51(8), 2021, has the sum of
 * eight digits by three multiplications). All others take the digits one by one.
 */
final class JsonScoreText {

    /** Given for a row that has to be read in another way. */
    static final int GIVEN_UP = -1;

    private static final int MAX_NUMBER_BYTES = 128;
    private static final int MAX_DIGITS = 18;
    private static final int WORD = Long.BYTES;

    /**
     * Bytes that may be looked at for a usual number: a space, 7 digits and the sign's place, a
     * point, and four words.
     */
    private static final int MAX_USUAL_BYTES = 1 + WORD + 4 * WORD;

    private static final VarHandle LONGS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ZEROS = 0x3030303030303030L;
    private static final int MINUS = '-' ^ '0';
    private static final long ABOVE_NINE = 0x7676767676767676L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long[] POWERS_OF_TEN = {
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000
    };

    /** The least number of so many digits, 0 included where there is one. */
    private static final long[] LEAST = {0, 0, 10, 100, 1_000, 10_000, 100_000, 1_000_000};

    private static final byte[] NULL = ascii("null");
    private static final byte[] NAN = ascii("NaN");
    private static final byte[] INFINITY = ascii("Infinity");
    private static final byte[] MINUS_INFINITY = ascii("-Infinity");
    private static final byte[] QUOTED_NAN = ascii("\"NaN\"");
    private static final byte[] QUOTED_INFINITY = ascii("\"Infinity\"");
    private static final byte[] QUOTED_MINUS_INFINITY = ascii("\"-Infinity\"");

    private final int maxClasses;
    private final char[] number = new char[MAX_NUMBER_BYTES];

    private float[] row = new float[0];
    private int size;

    JsonScoreText(int maxClasses) {
        this.maxClasses = maxClasses;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns the buffer that the row was read into, or a longer one in its place. */
    float[] row() {
        return row;
    }

    /** Returns how many scores the row has. */
    int size() {
        return size;
    }

    /** Returns the first place from there on that is no white space, or the end. */
    static int skipSpace(byte[] json, int from) {
        int i = from;
        while (i < json.length
                && (json[i] == ' ' || json[i] == '\n' || json[i] == '\r' || json[i] == '\t')) {
            i++;
        }
        return i;
    }

    /**
     * Reads a row of at least one score.
     *
     * @param from the place behind the row's opening bracket
     * @param into a buffer that may be replaced by a longer one
     * @return the place behind its closing bracket, or {@link #GIVEN_UP}
     */
    int read(byte[] json, int from, float[] into) {
        row = into;
        int lastUsual = json.length - MAX_USUAL_BYTES;
        int n = 0;
        for (int i = from; ; i++) {
            if (n == row.length) {
                if (n == maxClasses) {
                    return GIVEN_UP;
                }
                row = JsonScores.grow(row, maxClasses);
            }
            int end = i <= lastUsual ? readUsual(json, i, row, n) : GIVEN_UP;
            if (end == GIVEN_UP) {
                end = readAny(json, skipSpace(json, i), n);
                if (end == GIVEN_UP) {
                    return GIVEN_UP;
                }
            }
            n++;
            i = end;
            if (json[i] != ',') {
                i = skipSpace(json, i);
                if (i == json.length) {
                    return GIVEN_UP;
                }
                if (json[i] == ']') {
                    size = n;
                    return i + 1;
                }
                if (json[i] != ',') {
                    return GIVEN_UP;
                }
            }
        }
    }

    /**
     * Reads a usual number, with or without a space before it, and returns the place behind it. No
     * branch depends on its sign, on its digits, or on how many of them are before the point or in
     * a word: only on what all numbers of an array tend to have in common.
     */
    private static int readUsual(byte[] json, int from, float[] into, int n) {
        int start = json[from] == ' ' ? from + 1 : from;
        long word = wordAt(json, start);
        long others = others(word);
        // The first byte aside, which may be the sign: the next number waits for this place.
        int point = bytesBefore(others & ~0xFF);
        int minus = (int) ((word & 0xFF ^ MINUS) - 1 >>> 63);
        int wholeDigits = point - minus;
        long digits = sum(word >>> (minus << 3), wholeDigits);
        if (point == WORD
                || wholeDigits == 0
                || (others & 0x80) != minus << 7
                || digits < LEAST[wholeDigits]) {
            return GIVEN_UP;
        }
        int end = start + point;
        int places = 0;
        if (json[end] == '.') {
            int significant = digits == 0 ? 0 : wholeDigits;
            end++;
            do {
                long fraction = wordAt(json, end);
                int more = bytesBefore(others(fraction));
                if (more == 0 || places > 2 * WORD) {
                    return GIVEN_UP;
                }
                // May overflow, but then there are too many.
                digits = digits * POWERS_OF_TEN[more] + sum(fraction, more);
                places += more;
                end += more;
            } while ((json[end] & 0xFF ^ '0') <= 9);
            if (places > MAX_DIGITS - WORD && significant + places > MAX_DIGITS) {
                return GIVEN_UP;
            }
        }
        float magnitude = Float32Text.nearest(digits, places);
        if ((json[end] | 0x20) == 'e' || Float.isNaN(magnitude)) {
            return GIVEN_UP;
        }
        into[n] = withSign(magnitude, minus);
        return end;
    }

    private static long wordAt(byte[] json, int at) {
        return (long) LONGS.get(json, at) ^ ZEROS;
    }

    private static int bytesBefore(long marks) {
        return Long.numberOfTrailingZeros(marks) >>> 3;
    }

    private static float withSign(float magnitude, int minus) {
        return Float.intBitsToFloat(Float.floatToRawIntBits(magnitude) | minus << 31);
    }

    /** Returns marks of the bytes that, xor '0', are no digits, right up to the first of them. */
    private static long others(long word) {
        return (word + ABOVE_NINE | word) & HIGH_BITS;
    }

    /** Returns the number that a word's first digits are, 1 to 8 of them. */
    private static long sum(long word, int digits) {
        long eight = word << -(digits << 3);
        long pairs = eight * 10 + (eight >>> 8);
        long first = (pairs & 0xFF_0000_00FFL) * (100 + (1_000_000L << 32));
        long second = (pairs >>> 16 & 0xFF_0000_00FFL) * (1 + (10_000L << 32));
        return first + second >>> 32;
    }

    private int readAny(byte[] json, int from, int n) {
        if (from == json.length) {
            return GIVEN_UP;
        }
        return switch (json[from]) {
            case 'n' -> readName(json, from, NULL, Float.NaN, n);
            case 'N' -> readName(json, from, NAN, Float.NaN, n);
            case 'I' -> readName(json, from, INFINITY, Float.POSITIVE_INFINITY, n);
            case '"' -> readQuoted(json, from, n);
            default -> {
                int end = readName(json, from, MINUS_INFINITY, Float.NEGATIVE_INFINITY, n);
                yield end == GIVEN_UP ? readNumber(json, from, n) : end;
            }
        };
    }

    private int readQuoted(byte[] json, int from, int n) {
        int end = readName(json, from, QUOTED_MINUS_INFINITY, Float.NEGATIVE_INFINITY, n);
        if (end == GIVEN_UP) {
            end = readName(json, from, QUOTED_NAN, Float.NaN, n);
        }
        return end == GIVEN_UP
                ? readName(json, from, QUOTED_INFINITY, Float.POSITIVE_INFINITY, n)
                : end;
    }

    private int readName(byte[] json, int from, byte[] name, float score, int n) {
        int end = from + name.length;
        // Something must follow, be it the bracket.
        if (end >= json.length || !Arrays.equals(json, from, end, name, 0, name.length)) {
            return GIVEN_UP;
        }
        row[n] = score;
        return end;
    }

    private int readNumber(byte[] json, int from, int n) {
        int limit = (int) Math.min(json.length, from + (long) MAX_NUMBER_BYTES);
        int end = endOfNumber(json, from, limit);
        if (end == limit || end == GIVEN_UP) {
            return GIVEN_UP;
        }
        for (int i = from; i < end; i++) {
            number[i - from] = (char) json[i];
        }
        float score = Float32Text.parse(number, 0, end - from);
        if (Float.isInfinite(score)) {
            return GIVEN_UP;
        }
        row[n] = score;
        return end;
    }

    /** Returns the end of a number in JSON's grammar, the limit if it may go on there. */
    private static int endOfNumber(byte[] json, int from, int limit) {
        int whole = json[from] == '-' ? from + 1 : from;
        int end = endOfDigits(json, whole, limit);
        if (end == whole || end > whole + 1 && json[whole] == '0') {
            return GIVEN_UP;
        }
        if (end < limit && json[end] == '.') {
            int fraction = end + 1;
            end = endOfDigits(json, fraction, limit);
            if (end == fraction) {
                return GIVEN_UP;
            }
        }
        if (end < limit && (json[end] | 0x20) == 'e') {
            int exponent = end + 1;
            if (exponent < limit && (json[exponent] == '-' || json[exponent] == '+')) {
                exponent++;
            }
            end = endOfDigits(json, exponent, limit);
            if (end == exponent) {
                return GIVEN_UP;
            }
        }
        return end;
    }

    private static int endOfDigits(byte[] json, int from, int limit) {
        int i = from;
        while (i < limit && json[i] >= '0' && json[i] <= '9') {
            i++;
        }
        return i;
    }
}
