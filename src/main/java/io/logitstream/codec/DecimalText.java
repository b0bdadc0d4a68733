package io.logitstream.codec;

import java.math.BigInteger;

/**
 * Writes numbers as the shortest decimal that reads back to the same float32 or float64, and among
 * those as the nearest, in the notation of {@code Double.toString} of JDK 19 and newer: plain from
 * 1e-3 to below 1e7, else with an exponent. Neither the JDK nor its locale decides over the text,
 * and nothing is allocated.
 *
 * <p>The method is Schubfach: Giulietti, "The Schubfach way to render doubles" (2020), whose result
 * 8.3 bounds the product with a power of ten of 126 bits by an error too small to matter. With
 * {@code c 2^q} the number, all decimals that round to it lie between {@code (c - 1/2) 2^q} and
 * {@code (c + 1/2) 2^q}; at the lower end of a binade the lower half is a quarter.
 */
final class DecimalText {

    /** No number has a longer text: {@code -1.2345678901234567E-308}. */
    static final int MAX_BYTES = 24;

    private static final int DOUBLE_FRACTION_BITS = 52;
    private static final int DOUBLE_BIAS = 1075;
    private static final int DOUBLE_TINY = 3;
    private static final int FLOAT_FRACTION_BITS = 23;
    private static final int FLOAT_BIAS = 150;
    private static final int FLOAT_TINY = 8;

    /** The powers of ten {@code 10^-k} for these k. */
    private static final int LEAST_K = -324;

    private static final int GREATEST_K = 292;
    private static final int POWER_BITS = 126;
    private static final long LOW_63_BITS = Long.MAX_VALUE;

    /** For each k the upper and the lower 63 of 126 bits, rounded up. */
    private static final long[] POWERS = powers();

    /** The digits of 00, 01 and so on to 99. */
    private static final byte[] PAIRS = pairs();

    private static final long[] TENS = tens();

    private static final int FIRST_EXPONENT = -3;
    private static final int LAST_EXPONENT = 6;

    private DecimalText() {}

    private static long[] powers() {
        long[] powers = new long[2 * (GREATEST_K - LEAST_K + 1)];
        for (int k = LEAST_K; k <= GREATEST_K; k++) {
            BigInteger ten = BigInteger.TEN.pow(Math.abs(k));
            int shift = POWER_BITS - 1 - log2OfPowerOf10(-k);
            // floor(10^-k * 2^shift) + 1
            BigInteger scaled =
                    k <= 0
                            ? shift >= 0 ? ten.shiftLeft(shift) : ten.shiftRight(-shift)
                            : BigInteger.ONE.shiftLeft(shift).divide(ten);
            BigInteger power = scaled.add(BigInteger.ONE);
            int at = 2 * (k - LEAST_K);
            powers[at] = power.shiftRight(63).longValueExact();
            powers[at + 1] = power.and(BigInteger.valueOf(LOW_63_BITS)).longValueExact();
        }
        return powers;
    }

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

    /** Returns {@code floor(log2(10^e))}; exact for all e that occur. */
    private static int log2OfPowerOf10(int e) {
        return (int) (e * 913_124_641_741L >> 38);
    }

    /** Returns {@code floor(log10(2^q))}; exact for all q that occur. */
    private static int log10OfPowerOf2(int q) {
        return (int) (q * 661_971_961_083L >> 41);
    }

    /** Returns {@code floor(log10(3/4 * 2^q))}; exact for all q that occur. */
    private static int log10OfThreeQuarters(int q) {
        return (int) (q * 661_971_961_083L - 274_743_187_321L >> 41);
    }

    /**
     * Writes a finite number.
     *
     * @param to has room for {@link #MAX_BYTES} at {@code at}
     * @return where the text ends
     */
    static int write(double value, byte[] to, int at) {
        long bits = Double.doubleToRawLongBits(value);
        int start = sign(bits < 0, to, at);
        return write(
                bits & (1L << DOUBLE_FRACTION_BITS) - 1,
                (int) (bits >>> DOUBLE_FRACTION_BITS) & 0x7FF,
                DOUBLE_FRACTION_BITS,
                DOUBLE_BIAS,
                DOUBLE_TINY,
                to,
                start);
    }

    /** Writes a finite number; see {@link #write(double, byte[], int)}. */
    static int write(float value, byte[] to, int at) {
        int bits = Float.floatToRawIntBits(value);
        int start = sign(bits < 0, to, at);
        return write(
                bits & (1 << FLOAT_FRACTION_BITS) - 1,
                bits >>> FLOAT_FRACTION_BITS & 0xFF,
                FLOAT_FRACTION_BITS,
                FLOAT_BIAS,
                FLOAT_TINY,
                to,
                start);
    }

    private static int sign(boolean isNegative, byte[] to, int at) {
        if (isNegative) {
            to[at] = '-';
            return at + 1;
        }
        return at;
    }

    private static int write(
            long fraction, int exponent, int fractionBits, int bias, int tiny, byte[] to, int at) {
        if (exponent > 0) {
            long c = fraction | 1L << fractionBits;
            int q = exponent - bias;
            if (-fractionBits <= q && q <= 0 && (c & (1L << -q) - 1) == 0) {
                return print(c >> -q, 0, to, at);
            }
            return shortest(c, q, fraction == 0 && exponent > 1, 0, to, at);
        }
        if (fraction == 0) {
            to[at] = '0';
            to[at + 1] = '.';
            to[at + 2] = '0';
            return at + 3;
        }
        // Of the very smallest, so far apart that one digit would tell them from each other, two
        // digits are written, the second one that of the number itself.
        return fraction < tiny
                ? shortest(10 * fraction, 1 - bias, false, -1, to, at)
                : shortest(fraction, 1 - bias, false, 0, to, at);
    }

    /**
     * Finds the digits of {@code c 2^q} and prints them.
     *
     * @param isLeast whether the next smaller number is only half as far away as the next larger
     * @param scale power of ten to multiply with
     */
    private static int shortest(long c, int q, boolean isLeast, int scale, byte[] to, int at) {
        // An odd c rounds to an even neighbour at a tie: then the ends of the interval are outside.
        long outside = c & 1;
        int k = isLeast ? log10OfThreeQuarters(q) : log10OfPowerOf2(q);
        int shift = q + log2OfPowerOf10(-k) + 2;
        // Four times the number and the ends of its interval, as multiples of 10^k.
        long middle = product(k, c << 2 << shift);
        long low = product(k, (c << 2) - (isLeast ? 1 : 2) << shift) + outside;
        long high = product(k, (c << 2) + 2 << shift) - outside;
        long below = middle >> 2;
        if (below >= 100) {
            long tens = below / 10 * 10;
            boolean isTensIn = low <= tens << 2;
            boolean isNextIn = tens + 10 << 2 <= high;
            if (isTensIn != isNextIn) {
                return print(isTensIn ? tens : tens + 10, k + scale, to, at);
            }
        }
        boolean isBelowIn = low <= below << 2;
        boolean isAboveIn = below + 1 << 2 <= high;
        if (isBelowIn != isAboveIn) {
            return print(isBelowIn ? below : below + 1, k + scale, to, at);
        }
        long toMiddle = middle - (below + below + 1 << 1);
        boolean isBelow = toMiddle < 0 || toMiddle == 0 && (below & 1) == 0;
        return print(isBelow ? below : below + 1, k + scale, to, at);
    }

    /** Returns {@code n 10^-k} scaled, its last bit set if anything was cut off. */
    private static long product(int k, long n) {
        int at = 2 * (k - LEAST_K);
        long upper = POWERS[at];
        long lower = POWERS[at + 1];
        long sum = (upper * n >>> 1) + Math.multiplyHigh(lower, n);
        long whole = Math.multiplyHigh(upper, n) + (sum >>> 63);
        return whole | (sum & LOW_63_BITS) + LOW_63_BITS >>> 63;
    }

    /** Prints {@code digits 10^exponent}, digits above 0. */
    private static int print(long digits, int exponent, byte[] to, int at) {
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
