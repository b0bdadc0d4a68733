package io.logitstream.kernel;

/**
 * {@code exp(x / T) 2^-N} in float32 for one temperature T, the same bits on every machine. N is an
 * even integer, the exponent of the largest score ({@link #exponentOf}); it moves the result into
 * the range of float32 without touching its mantissa, so that terms taken with different N differ
 * by a power of two and in nothing else.
 *
 * <p>With {@code n = rint(x c)} and {@code f = x c - n}, where {@code c = log2(e) / T} in two
 * parts, the result is {@code p(f) 2^(n - N)}: the reduction of Cody and Waite (Software Manual for
 * the Elementary Functions, 1980, chapter 6) in base 2, and a degree-6 polynomial for {@code 2^f}
 * on [-1/2, 1/2] whose float32 coefficients minimise the relative error (3.0e-9 before evaluation
 * rounding). Error at most 1.1 ULP for every float32 {@code x} with {@code |x / T| <=} {@link
 * #FAR}; so where n changes, a next larger {@code x} may give a result one ULP lower. Immutable.
 */
public final class TemperedExp {

    /** Scores whose size is more than this many temperatures are taken relative to the largest. */
    public static final double FAR = 1024;

    /** Terms this many nats below the largest count as zero, which keeps out subnormals. */
    public static final double NEGLIGIBLE_NATS = 80;

    /**
     * A score no further below the largest of a row has a term that counts, and in a row of up to
     * 2^31 classes a probability above {@link RowState#LEAST_PROBABILITY}.
     */
    private static final double REACH_NATS = 56;

    /** Coefficients of {@code 2^f}, that of the first power first; the constant is 1. */
    public static final float C1 = 0x1.62e43p-1f;

    public static final float C2 = 0x1.ebfbdcp-3f;
    public static final float C3 = 0x1.c6af7cp-5f;
    public static final float C4 = 0x1.3b2dep-7f;
    public static final float C5 = 0x1.5f082ep-10f;
    public static final float C6 = 0x1.416b52p-13f;

    /**
     * Adding and subtracting 1.5 * 2^23 rounds a small float32 to the nearest integer, ties to
     * even; so does 1.5 * 2^23 - N, since N is even.
     */
    private static final float ROUNDER = 0x1.8p+23f;

    private final double temperature;
    private final float log2e;
    private final float log2eLow;

    /**
     * Creates the function of a temperature.
     *
     * @param temperature {@link RowState#MIN_TEMPERATURE} to {@link RowState#MAX_TEMPERATURE}
     */
    public TemperedExp(double temperature) {
        this.temperature = temperature;
        double exact = 0x1.71547652b82fep+0 / temperature;
        this.log2e = (float) exact;
        this.log2eLow = (float) (exact - log2e);
    }

    /** Returns c, {@code log2(e) / T} as float32. */
    public float log2e() {
        return log2e;
    }

    /** Returns what c misses of {@code log2(e) / T}. */
    public float log2eLow() {
        return log2eLow;
    }

    /** Returns whether a row with this largest score is taken relative to it. */
    boolean isFar(float max) {
        return Math.abs(max) > FAR * temperature;
    }

    /** Returns N for a row or block with this largest score, which is not far. */
    int exponentOf(float max) {
        int n = (int) (Math.fma(max, log2e, ROUNDER) - ROUNDER);
        return n & ~1;
    }

    /** Returns what rounds {@code x c - N}: 1.5 * 2^23 - N. */
    static float rounder(int exponent) {
        return ROUNDER - exponent;
    }

    /** Returns the score below which terms count as zero. */
    float lowest(float max) {
        return (float) (max - NEGLIGIBLE_NATS * temperature);
    }

    /** Returns whether scores up to this size are all far from negligible beside the largest. */
    boolean isWithinReach(float size, float max) {
        return (double) size + max <= REACH_NATS * temperature;
    }

    /**
     * Returns {@code exp(x / T) 2^-N}.
     *
     * @param x a score, not NaN, and not below that from which on terms are negligible
     * @param rounder 1.5 * 2^23 - N
     * @return a normal float32 below 2.83
     */
    float term(float x, float rounder) {
        float y = Math.fma(x, log2e, rounder);
        float f = Math.fma(x, log2eLow, Math.fma(x, log2e, rounder - y));
        float p = Math.fma(f, C6, C5);
        p = Math.fma(p, f, C4);
        p = Math.fma(p, f, C3);
        p = Math.fma(p, f, C2);
        p = Math.fma(p, f, C1);
        p = Math.fma(p, f, 1f);
        // The low bits of y are n - N, and come to where exponents are.
        return Float.intBitsToFloat(
                Float.floatToRawIntBits(p) + (Float.floatToRawIntBits(y) << 23));
    }
}
