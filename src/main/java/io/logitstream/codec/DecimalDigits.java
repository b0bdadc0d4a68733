package io.logitstream.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Writes digits that are known, in the notations of {@link DecimalText}; allocates nothing. Eight
 * digits are made at once in the bytes of a long, after Khuong, "How to print integers really fast"
 * (2017), and stored before it is known how many of them count, since how many do no processor can
 * guess: so there must be room for {@link DecimalText#MAX_BYTES}, whatever the number.
 */
final class DecimalDigits {

    /** The digits of 00, 01 and so on to 99. */
    private static final byte[] PAIRS = pairs();

    /** Eight bytes anywhere in an array, the lowest first. */
    private static final VarHandle EIGHT =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ASCII_ZEROS = 0x3030_3030_3030_3030L;

    /** {@code 0.000000}. */
    private static final long ZERO_POINT = 0x3030_3030_3030_2E30L;

    /** Digits of a float32, of which eight are made at once. */
    private static final int FEW = 9;

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
        return digits < TENS[FEW]
                ? printFew(digits, exponent, to, at)
                : printMany(digits, exponent, to, at);
    }

    private static int printFew(long digits, int exponent, byte[] to, int at) {
        int count = numDigits(digits);
        // The number is d.ddd 10^point, with zeros to nine digits.
        int point = exponent + count - 1;
        long all = digits * TENS[FEW - count];
        long first = all / 100_000_000;
        long others = eight(all - first * 100_000_000);
        int significant = FEW - (Long.numberOfLeadingZeros(others) >> 3);
        long text = others + ASCII_ZEROS;
        if (FIRST_EXPONENT <= point && point < 0) {
            EIGHT.set(to, at, ZERO_POINT);
            int start = at + 1 - point;
            to[start] = (byte) ('0' + first);
            EIGHT.set(to, start + 1, text);
            return start + significant;
        }
        boolean isPlain = 0 <= point && point <= LAST_EXPONENT;
        int whole = isPlain ? point + 1 : 1;
        to[at] = (byte) ('0' + first);
        EIGHT.set(to, at + 1, text);
        EIGHT.set(to, at + whole + 1, text >>> 8 * (whole - 1));
        to[at + whole] = '.';
        int end = at + Math.max(significant, whole + 1) + 1;
        return isPlain ? end : exponent(point, to, end);
    }

    /** Returns the eight digits of a number below 10^8, the first in the lowest byte. */
    private static long eight(long number) {
        long thousands = number / 10_000;
        long fours = thousands | number - 10_000 * thousands << 32;
        // Exact for four digits: 10486 / 2^20 is a hundredth, 103 / 2^10 a tenth.
        long hundreds = fours * 10_486 >>> 20 & 0x7F_0000_007FL;
        long twos = hundreds | fours - 100 * hundreds << 16;
        long tens = twos * 103 >>> 10 & 0xF_000F_000F_000FL;
        return tens | twos - 10 * tens << 8;
    }

    private static int printMany(long digits, int exponent, byte[] to, int at) {
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
        return exponent(point, to, end);
    }

    private static int exponent(int point, byte[] to, int at) {
        to[at] = 'E';
        return write(Math.abs(point), to, sign(point < 0, to, at + 1));
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
