package io.logitstream.kernel;

/**
 * {@code exp} for float32 arguments that are not positive, the same bits on every machine.
 *
 * <p>Cody and Waite's two-part reduction by ln 2 (Software Manual for the Elementary Functions,
 * 1980, chapter 6), then a degree-6 polynomial whose float32 coefficients minimise the relative
 * error on [-ln2/2, ln2/2] (Remez exchange, each coefficient rounded in turn and the rest fitted
 * again; 3.2e-9 before evaluation rounding). Error below 1.1 ULP over [-80, 0].
 */
public final class Exp {

    /**
     * Arguments below this give zero: it keeps subnormals, which are slow on most machines, out of
     * the sums.
     */
    public static final float FLUSH_BELOW = -80f;

    private static final float LOG2_E = 0x1.715476p+0f;
    private static final float LN2_HIGH = 0x1.62p-1f;
    private static final float LN2_LOW = 0x1.c85fep-10f;
    private static final float C6 = 0x1.6ac74cp-10f;
    private static final float C5 = 0x1.123dep-7f;
    private static final float C4 = 0x1.555858p-5f;
    private static final float C3 = 0x1.55548cp-3f;
    private static final float C2 = 0x1.fffffcp-2f;

    /**
     * Adding and subtracting 1.5 * 2^23 rounds a small float32 to the nearest integer, ties to
     * even.
     */
    private static final float ROUNDER = 0x1.8p+23f;

    private Exp() {}

    /**
     * Returns {@code exp(d)}.
     *
     * @param d at most 0; -infinity is allowed, NaN is not
     * @return a normal float32 in (1.8e-35, 1], or +0 if {@code d} is below {@link #FLUSH_BELOW}
     */
    public static float exp(float d) {
        if (d < FLUSH_BELOW) {
            return 0f;
        }
        float n = (d * LOG2_E + ROUNDER) - ROUNDER;
        float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, d));
        float p = Math.fma(C6, r, C5);
        p = Math.fma(p, r, C4);
        p = Math.fma(p, r, C3);
        p = Math.fma(p, r, C2);
        p = Math.fma(p, r, 1f);
        p = Math.fma(p, r, 1f);
        return p * Float.intBitsToFloat(((int) n + 127) << 23);
    }
}
