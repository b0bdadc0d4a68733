package io.logitstream.codec;

import java.math.BigInteger;

/**
 * Writes numbers as the shortest decimal that reads back to the same float32 or float64, and among
 * those as the nearest, in the notation of {@code Double.toString} of JDK 19 and newer: plain from
 * 1e-3 to below 1e7, else with an exponent. Neither the JDK nor its locale decides over the text,
 * and nothing is allocated.
 *
 * <p>The method is Schubfach: Giulietti, "The Schubfach way to render doubles" (2020), whose result
 * 8.3 bounds the product with a power of ten of 126 bits by an error too small to matter; for a
 * float32, 63 bits are as good. With {@code c 2^q} the number, all decimals that round to it lie
 * between {@code (c - 1/2) 2^q} and {@code (c + 1/2) 2^q}; at the lower end of a binade the lower
 * half is a quarter.
 */
final class DecimalText {

    /** Room for any number, the longest of which are as {@code -1.2345678901234567E-308}. */
    static final int MAX_BYTES = 32;

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
    private static final long LOW_31_BITS = Integer.MAX_VALUE;

    /** For each k the upper and the lower 63 of 126 bits, rounded up. */
    private static final long[] POWERS = powers();

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
        int start = DecimalDigits.sign(bits < 0, to, at);
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
        int start = DecimalDigits.sign(bits < 0, to, at);
        return write(
                bits & (1 << FLOAT_FRACTION_BITS) - 1,
                bits >>> FLOAT_FRACTION_BITS & 0xFF,
                FLOAT_FRACTION_BITS,
                FLOAT_BIAS,
                FLOAT_TINY,
                to,
                start);
    }

    /** Prints in one place, so that all of it is small enough to be compiled as one. */
    private static int write(
            long fraction, int exponent, int fractionBits, int bias, int tiny, byte[] to, int at) {
        if (exponent == 0 && fraction == 0) {
            to[at] = '0';
            to[at + 1] = '.';
            to[at + 2] = '0';
            return at + 3;
        }
        boolean isNormal = exponent > 0;
        // Of the very smallest, so far apart that one digit would tell them from each other, two
        // digits are written, the second one that of the number itself.
        boolean isTiny = !isNormal && fraction < tiny;
        long c = isNormal ? fraction | 1L << fractionBits : isTiny ? 10 * fraction : fraction;
        int q = (isNormal ? exponent : 1) - bias;
        if (isNormal && -fractionBits <= q && q <= 0 && (c & (1L << -q) - 1) == 0) {
            return DecimalDigits.print(c >> -q, 0, to, at);
        }
        boolean isLeast = fraction == 0 && exponent > 1;
        int k = isLeast ? log10OfThreeQuarters(q) : log10OfPowerOf2(q);
        long digits = shortest(c, q, k, isLeast, fractionBits == FLOAT_FRACTION_BITS);
        return DecimalDigits.print(digits, isTiny ? k - 1 : k, to, at);
    }

    /**
     * Finds the digits of {@code c 2^q}, as a multiple of {@code 10^k}.
     *
     * @param isLeast whether the next smaller number is only half as far away as the next larger
     * @param isFloat whether c has no more bits than those of a float32
     */
    private static long shortest(long c, int q, int k, boolean isLeast, boolean isFloat) {
        // An odd c rounds to an even neighbour at a tie: then the ends of the interval are outside.
        long outside = c & 1;
        int shift = q + log2OfPowerOf10(-k) + 2;
        // Four times the number and the ends of its interval, as multiples of 10^k.
        long middle = product(k, c << 2 << shift, isFloat);
        long low = product(k, (c << 2) - (isLeast ? 1 : 2) << shift, isFloat) + outside;
        long high = product(k, (c << 2) + 2 << shift, isFloat) - outside;
        long below = middle >> 2;
        if (below >= 100) {
            long tens = below / 10 * 10;
            boolean isTensIn = low <= tens << 2;
            boolean isNextIn = tens + 10 << 2 <= high;
            if (isTensIn != isNextIn) {
                return isTensIn ? tens : tens + 10;
            }
        }
        boolean isBelowIn = low <= below << 2;
        boolean isAboveIn = below + 1 << 2 <= high;
        long toMiddle = middle - (below + below + 1 << 1);
        boolean isNearer = toMiddle < 0 || toMiddle == 0 && (below & 1) == 0;
        boolean isBelow = isBelowIn != isAboveIn ? isBelowIn : isNearer;
        return isBelow ? below : below + 1;
    }

    /** Returns {@code n 10^-k} scaled, its last bit set if anything was cut off. */
    private static long product(int k, long n, boolean isFloat) {
        int at = 2 * (k - LEAST_K);
        long upper = POWERS[at];
        if (isFloat) {
            long scaled = Math.multiplyHigh(upper + 1, n << 31);
            return scaled >>> 31 | (scaled & LOW_31_BITS) + LOW_31_BITS >>> 31;
        }
        long lower = POWERS[at + 1];
        long sum = (upper * n >>> 1) + Math.multiplyHigh(lower, n);
        long whole = Math.multiplyHigh(upper, n) + (sum >>> 63);
        return whole | (sum & LOW_63_BITS) + LOW_63_BITS >>> 63;
    }
}
