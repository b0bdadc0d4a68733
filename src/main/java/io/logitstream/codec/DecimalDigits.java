package io.logitstream.codec;

/** Writes digits that are known, in the notations of {@link DecimalText}; allocates nothing. */
final class DecimalDigits {

    /** The digits of 00, 01 and so on to 99. */
    private static final byte[] PAIRS = pairs();

    private static final long[] TENS = tens();

    private static final int FIRST_EXPONENT = -3;
    private static final int LAST_EXPONENT = 6;

    private DecimalDigits() {}

    private static byte[] pairs() {
        byte[] pairs = new byte[200];
        for (int i = 0; i < 100; i++) {
            pairs[2 * i] = (byte) ('0' + i / 10);
            pairs[2 * i + 1] = (byte) ('0' + i % 10);
        }
        return pairs;
    }

    /** Returns the powers of ten that a long can hold. */
    private static long[] tens() {
        long[] tens = new long[19];
        tens[0] = 1;
        for (int i = 1; i < tens.length; i++) {
            tens[i] = 10 * tens[i - 1];
        }
        return tens;
    }

    /** Writes a minus before what is negative, and returns where to go on. */
    static int sign(boolean isNegative, byte[] to, int at) {
        if (isNegative) {
            to[at] = '-';
            return at + 1;
        }
        return at;
    }

    /** Prints {@code digits 10^exponent}, digits above 0. */
    static int print(long digits, int exponent, byte[] to, int at) {
        long significant = digits;
        int e = exponent;
        while (significant % 10 == 0) {
            significant /= 10;
            e++;
        }
        int count = numDigits(significant);
        // The number is d.ddd 10^point.
        int point = e + count - 1;
        if (point < FIRST_EXPONENT || point > LAST_EXPONENT) {
            return printScientific(significant, count, point, to, at);
        }
        if (point < 0) {
            int end = at + 1 - point + count;
            digits(significant, to, end, count);
            to[at] = '0';
            to[at + 1] = '.';
            for (int i = at + 2; i < end - count; i++) {
                to[i] = '0';
            }
            return end;
        }
        int whole = point + 1;
        if (count <= whole) {
            digits(significant, to, at + count, count);
            for (int i = at + count; i < at + whole; i++) {
                to[i] = '0';
            }
            to[at + whole] = '.';
            to[at + whole + 1] = '0';
            return at + whole + 2;
        }
        digits(significant, to, at + count + 1, count);
        System.arraycopy(to, at + 1, to, at, whole);
        to[at + whole] = '.';
        return at + count + 1;
    }

    private static int printScientific(long digits, int count, int point, byte[] to, int at) {
        int end = at + count + 1;
        digits(digits, to, end, count);
        to[at] = to[at + 1];
        to[at + 1] = '.';
        if (count == 1) {
            to[end++] = '0';
        }
        to[end++] = 'E';
        end = sign(point < 0, to, end);
        return write(Math.abs(point), to, end);
    }

    /** Writes an integer. */
    static int write(long value, byte[] to, int at) {
        if (value == Long.MIN_VALUE) {
            int end = write(value / 10, to, at);
            to[end] = '8';
            return end + 1;
        }
        int start = sign(value < 0, to, at);
        long magnitude = Math.abs(value);
        int count = numDigits(magnitude);
        digits(magnitude, to, start + count, count);
        return start + count;
    }

    private static int numDigits(long value) {
        // 1233 / 4096 is close enough to log10(2) for 64 bits; one less if 10^guess is larger.
        int guess = (Long.SIZE - Long.numberOfLeadingZeros(value | 1)) * 1233 >> 12;
        return value < TENS[guess] ? Math.max(guess, 1) : guess + 1;
    }

    /** Writes so many digits before {@code end}, two at a time. */
    private static void digits(long value, byte[] to, int end, int count) {
        long rest = value;
        int at = end;
        int left = count;
        // Divisions of ints are faster, and nearly all numbers are short.
        while (rest > Integer.MAX_VALUE) {
            long hundreds = rest / 100;
            at = pair((int) (rest - hundreds * 100), to, at);
            rest = hundreds;
            left -= 2;
        }
        int small = (int) rest;
        for (; left > 1; left -= 2) {
            int hundreds = small / 100;
            at = pair(small - hundreds * 100, to, at);
            small = hundreds;
        }
        if (left > 0) {
            to[at - 1] = (byte) ('0' + small);
        }
    }

    private static int pair(int twoDigits, byte[] to, int end) {
        to[end - 2] = PAIRS[2 * twoDigits];
        to[end - 1] = PAIRS[2 * twoDigits + 1];
        return end - 2;
    }
}
