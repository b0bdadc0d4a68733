package io.logitstream.codec;

/**
 * Reads decimals to the nearest float32, ties to even, without allocating for all but a few.
 *
 * <p>The usual way through float64 rounds twice and can end at the neighbour. Here the float64 is
 * an approximation with a known error: the first {@value #MAX_DIGITS} digits (an error below 2^-56,
 * relative) as a float64, times or over a power of ten, each rounded once: at most 3.1 * 2^-53, so
 * less than 4 units in the last place. Rounding it to float32 gives the wrong neighbour only if a
 * midpoint of two float32 lies between it and the true value, so only if the 29 bits that the
 * rounding drops are within 4 of 2^28. Those few cases, and results that are subnormal or far out
 * of range, are left to {@link Float#parseFloat}.
 */
final class Float32Text {

    private static final int MAX_DIGITS = 18;
    private static final int MAX_POWER = 80;
    private static final double[] POWERS_OF_TEN = new double[MAX_POWER + 1];

    /** Twice the bound that the class comment derives. */
    private static final int MARGIN = 8;

    private static final int DROPPED_BITS = 29;
    private static final long DROPPED_MASK = (1L << DROPPED_BITS) - 1;
    private static final long MIDPOINT = 1L << (DROPPED_BITS - 1);

    /** Beyond any exponent that matters, and far from overflow. */
    private static final int EXPONENT_CAP = 1_000_000;

    static {
        for (int i = 0; i <= MAX_POWER; i++) {
            POWERS_OF_TEN[i] = Double.parseDouble("1e" + i);
        }
    }

    private Float32Text() {}

    /**
     * Reads a number.
     *
     * @param text holds a number in JSON's grammar at {@code [offset, offset + length)}
     * @return the nearest float32; infinite if the number is beyond the range, and only then
     */
    static float parse(char[] text, int offset, int length) {
        int end = offset + length;
        boolean negative = text[offset] == '-';
        int i = negative ? offset + 1 : offset;
        long digits = 0;
        int numDigits = 0;
        int exponent = 0;
        boolean fraction = false;
        for (; i < end; i++) {
            char c = text[i];
            if (c == '.') {
                fraction = true;
            } else if (c < '0' || c > '9') {
                break;
            } else if (numDigits < MAX_DIGITS) {
                digits = digits * 10 + (c - '0');
                // Leading zeros are no digits yet.
                numDigits += digits == 0 ? 0 : 1;
                exponent -= fraction ? 1 : 0;
            } else {
                exponent += fraction ? 0 : 1;
            }
        }
        exponent += i < end ? parseExponent(text, i + 1, end) : 0;
        double approximation = scale(digits, exponent);
        if (digits == 0 || isSafe(approximation)) {
            return (float) (negative ? -approximation : approximation);
        }
        return Float.parseFloat(new String(text, offset, length));
    }

    /**
     * Returns the float32 that is nearest to digits / 10^places, or NaN if that is too close to a
     * midpoint to say.
     *
     * @param digits at least 0, below 10^{@value #MAX_DIGITS}
     * @param places 0 to {@value #MAX_DIGITS}, so that nothing is subnormal
     */
    static float nearest(long digits, int places) {
        double approximation = digits / POWERS_OF_TEN[places];
        return isClear(approximation) ? (float) approximation : Float.NaN;
    }

    private static int parseExponent(char[] text, int start, int end) {
        boolean negative = text[start] == '-';
        int exponent = 0;
        for (int i = negative || text[start] == '+' ? start + 1 : start; i < end; i++) {
            exponent = Math.min(EXPONENT_CAP, exponent * 10 + (text[i] - '0'));
        }
        return negative ? -exponent : exponent;
    }

    /** Returns digits * 10^exponent with the stated error, or 0 if that is out of the table. */
    private static double scale(long digits, int exponent) {
        if (exponent < -MAX_POWER || exponent > MAX_POWER) {
            return 0;
        }
        return exponent < 0 ? digits / POWERS_OF_TEN[-exponent] : digits * POWERS_OF_TEN[exponent];
    }

    private static boolean isSafe(double approximation) {
        return approximation >= Float.MIN_NORMAL && isClear(approximation);
    }

    /** Returns whether no midpoint of normal float32 is near. */
    private static boolean isClear(double approximation) {
        long dropped = Double.doubleToRawLongBits(approximation) & DROPPED_MASK;
        return Math.abs(dropped - MIDPOINT) > MARGIN;
    }
}
