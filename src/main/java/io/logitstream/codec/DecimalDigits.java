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

    /** Eight bytes anywhere in an array, the lowest first. */
    private static final VarHandle EIGHT =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ASCII_ZEROS = 0x3030_3030_3030_3030L;

    /** {@code 0.000000}. */
    private static final long ZERO_POINT = 0x3030_3030_3030_2E30L;

    private static final long TEN_TO_8 = 100_000_000;
    private static final long TEN_TO_16 = TEN_TO_8 * TEN_TO_8;

    /** A float32 has up to so many digits, one and eight. */
    private static final int FEW = 9;

    /** A float64 has up to so many digits, one and twice eight. */
    private static final int MANY = 17;

    private static final long[] TENS = tens();

    private static final int FIRST_EXPONENT = -3;
    private static final int LAST_EXPONENT = 6;

    private DecimalDigits() {}

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

    /** Prints {@code digits 10^exponent}, digits above 0 and below 10^17. */
    static int print(long digits, int exponent, byte[] to, int at) {
        int count = numDigits(digits);
        // The number is d.ddd 10^point, with zeros to nine digits or to seventeen.
        int point = exponent + count - 1;
        long first;
        long upper;
        long last = 0;
        if (count <= FEW) {
            long all = digits * TENS[FEW - count];
            first = all / TEN_TO_8;
            upper = all - first * TEN_TO_8;
        } else {
            long all = digits * TENS[MANY - count];
            first = all / TEN_TO_16;
            long rest = all - first * TEN_TO_16;
            upper = rest / TEN_TO_8;
            last = eight(rest - upper * TEN_TO_8);
        }
        long next = eight(upper);
        int significant = last == 0 ? FEW - zeros(next) : MANY - zeros(last);
        return print(first, next, last, significant, point, to, at);
    }

    /** Returns how many of the eight digits are zeros at the end. */
    private static int zeros(long eight) {
        return Long.numberOfLeadingZeros(eight) >> 3;
    }

    private static int print(
            long first, long next, long last, int significant, int point, byte[] to, int at) {
        if (FIRST_EXPONENT <= point && point < 0) {
            EIGHT.set(to, at, ZERO_POINT);
            int start = at + 1 - point;
            to[start] = (byte) ('0' + first);
            EIGHT.set(to, start + 1, next + ASCII_ZEROS);
            EIGHT.set(to, start + 9, last + ASCII_ZEROS);
            return start + significant;
        }
        boolean isPlain = 0 <= point && point <= LAST_EXPONENT;
        int whole = isPlain ? point + 1 : 1;
        to[at] = (byte) ('0' + first);
        EIGHT.set(to, at + 1, next + ASCII_ZEROS);
        EIGHT.set(to, at + whole + 1, next + ASCII_ZEROS >>> 8 * (whole - 1));
        EIGHT.set(to, at + 10, last + ASCII_ZEROS);
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

    private static int exponent(int point, byte[] to, int at) {
        to[at] = 'E';
        int start = sign(point < 0, to, at + 1);
        int magnitude = Math.abs(point);
        if (magnitude < 10) {
            to[start] = (byte) ('0' + magnitude);
            return start + 1;
        }
        return writeMagnitude(magnitude, to, start);
    }

    /** Writes an integer. */
    static int write(long value, byte[] to, int at) {
        if (value == Long.MIN_VALUE) {
            int end = write(value / 10, to, at);
            to[end] = '8';
            return end + 1;
        }
        return writeMagnitude(Math.abs(value), to, sign(value < 0, to, at));
    }

    private static int writeMagnitude(long value, byte[] to, int at) {
        if (value < TEN_TO_8) {
            int count = numDigits(value);
            EIGHT.set(to, at, eight(value) + ASCII_ZEROS >>> 8 * (8 - count));
            return at + count;
        }
        long upper = value / TEN_TO_8;
        int end = writeMagnitude(upper, to, at);
        EIGHT.set(to, end, eight(value - upper * TEN_TO_8) + ASCII_ZEROS);
        return end + 8;
    }

    private static int numDigits(long value) {
        // 1233 / 4096 is close enough to log10(2) for 64 bits; one less if 10^guess is larger.
        int guess = (Long.SIZE - Long.numberOfLeadingZeros(value | 1)) * 1233 >> 12;
        return value < TENS[guess] ? Math.max(guess, 1) : guess + 1;
    }
}
