package io.logitstream.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ExpTest {

    /**
     * Every how manyth float of [-80, 0] is looked at. The gate's stride is a prime and makes 4.5
     * million; 1 is the full sweep of 1.1 thousand million.
     */
    private static final int STRIDE = Integer.getInteger("logitstream.test.expStride", 251);

    private static final int BITS_OF_MINUS_ZERO = Float.floatToRawIntBits(-0f);
    private static final int BITS_OF_LOWEST = Float.floatToRawIntBits(Exp.FLUSH_BELOW);

    @Test
    void staysWithinElevenTenthsOfAnUlp() {
        double worst = 0;
        float worstAt = 0;
        // Negative floats ascend in size as their bits do.
        for (long bits = BITS_OF_MINUS_ZERO; bits <= BITS_OF_LOWEST; bits += STRIDE) {
            float d = Float.intBitsToFloat((int) bits);
            double error = ulpError(d);
            if (!(error <= worst)) {
                worst = error;
                worstAt = d;
            }
        }
        assertThat(worst).as("at %s", worstAt).isLessThanOrEqualTo(1.1);
    }

    @Test
    void staysWithinElevenTenthsOfAnUlpAroundEveryReductionBoundary() {
        for (int n = 0; n < 116; n++) {
            float d = boundary(n);
            for (int step = -300; step <= 300; step++) {
                float near = Float.intBitsToFloat(Float.floatToRawIntBits(d) + step);
                if (near >= Exp.FLUSH_BELOW) {
                    assertThat(ulpError(near)).as("at %s", near).isLessThanOrEqualTo(1.1);
                }
            }
        }
    }

    private static double ulpError(float d) {
        double expected = StrictMath.exp(d);
        return Math.abs(Exp.exp(d) - expected) / Math.ulp((float) expected);
    }

    /** Where the multiple of ln 2 that is taken off goes from -n to -(n + 1). */
    private static float boundary(int n) {
        return (float) (-(n + 0.5) * StrictMath.log(2));
    }

    @Test
    void isOneAtZero() {
        assertThat(Exp.exp(0f)).isEqualTo(1f);
        assertThat(Exp.exp(-0f)).isEqualTo(1f);
        assertThat(Exp.exp(-Float.MIN_VALUE)).isEqualTo(1f);
    }

    @Test
    void neverExceedsOne() {
        for (int bits = BITS_OF_MINUS_ZERO; bits <= BITS_OF_LOWEST; bits += 100_003) {
            assertThat(Exp.exp(Float.intBitsToFloat(bits))).isLessThanOrEqualTo(1f);
        }
    }

    @Test
    void isPlusZeroBelowMinusEighty() {
        int plusZero = Float.floatToRawIntBits(0f);
        float[] below = {
            Math.nextDown(Exp.FLUSH_BELOW),
            -81f,
            -128f,
            -1e30f,
            -Float.MAX_VALUE,
            Float.NEGATIVE_INFINITY
        };
        for (float d : below) {
            assertThat(Float.floatToRawIntBits(Exp.exp(d))).as("exp(%s)", d).isEqualTo(plusZero);
        }
    }

    @Test
    void isNormalAtMinusEighty() {
        assertThat(Exp.exp(Exp.FLUSH_BELOW)).isGreaterThan(1.8e-35f).isLessThan(1.81e-35f);
    }

    @Test
    void neverRisesAsTheArgumentFallsAcrossAReductionBoundary() {
        for (int n = 0; n < 115; n++) {
            int middle = Float.floatToRawIntBits(boundary(n));
            for (int step = -2000; step < 2000; step++) {
                float higher = Float.intBitsToFloat(middle + step);
                float lower = Float.intBitsToFloat(middle + step + 1);
                assertThat(Exp.exp(lower))
                        .as("exp(%s)", lower)
                        .isLessThanOrEqualTo(Exp.exp(higher));
            }
        }
    }
}
