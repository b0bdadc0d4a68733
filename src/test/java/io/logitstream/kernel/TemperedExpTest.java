package io.logitstream.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemperedExpTest {

    private static final double LN_2 = StrictMath.log(2);
    private static final double BOUND = 1.1;

    /** A row with its largest score, at a temperature. */
    private record Row(double temperature, float max) {

        TemperedExp exp() {
            return new TemperedExp(temperature);
        }

        float lowest() {
            return exp().lowest(max);
        }

        float term(float x) {
            RowSums sums = new RowSums(temperature, false);
            sums.refer(max, max);
            return sums.term(x);
        }

        double ulpError(float x) {
            TemperedExp exp = exp();
            int exponent = exp.exponentOf(max);
            float term = exp.term(x, TemperedExp.rounder(exponent));
            double expected = StrictMath.exp(x / temperature - exponent * LN_2);
            return Math.abs(term - expected) / Math.ulp((float) expected);
        }

        /** The largest error over every {@code stride}-th float from the lowest to the largest. */
        double worst(int stride) {
            double worst = 0;
            for (long ordered = ordered(lowest()); ordered <= ordered(max); ordered += stride) {
                worst = Math.max(worst, ulpError(fromOrdered((int) ordered)));
            }
            return worst;
        }
    }

    /** Integers in the order of the floats. */
    private static int ordered(float x) {
        int bits = Float.floatToIntBits(x);
        return bits < 0 ? Integer.MIN_VALUE - bits : bits;
    }

    private static float fromOrdered(int ordered) {
        return Float.intBitsToFloat(ordered < 0 ? Integer.MIN_VALUE - ordered : ordered);
    }

    /** The stride is a prime: every 1,009th float of [-80, 0] makes 1.1 million. */
    @Test
    void staysWithinElevenTenthsOfAnUlp() {
        assertThat(new Row(1, 0).worst(1_009)).isLessThanOrEqualTo(BOUND);
    }

    @Tag("benchmark")
    @Test
    void staysWithinElevenTenthsOfAnUlpForEveryFloatOfItsRange() {
        for (float max : new float[] {0, 80, 1024, -944}) {
            double worst = new Row(1, max).worst(1);
            System.out.println("exp in [" + (max - 80) + ", " + max + "]: " + worst + " ULP");
            assertThat(worst).isLessThanOrEqualTo(BOUND);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1e-6, 0.05, 0.3251856, 1, 1.4426950408889634, 7.5, 1e6})
    void staysWithinElevenTenthsOfAnUlpAtAnyTemperatureAndDistance(double temperature) {
        for (double nats : new double[] {-1023.9, -300, -3, 0, 0.4, 40, 85, 700, 1023.9}) {
            Row row = new Row(temperature, (float) (nats * temperature));
            assertThat(row.worst(1 + 24_999_983 / 100)).as("%s", row).isLessThanOrEqualTo(BOUND);
        }
    }

    @Test
    void staysWithinElevenTenthsOfAnUlpAroundEveryReductionBoundary() {
        Row row = new Row(1, 0);
        for (int n = 0; n < 115; n++) {
            int middle = ordered(boundary(n));
            for (int step = -300; step <= 300; step++) {
                float near = fromOrdered(middle + step);
                assertThat(row.ulpError(near)).as("at %s", near).isLessThanOrEqualTo(BOUND);
            }
        }
    }

    /** Where the multiple of ln 2 that is taken off goes from -n to -(n + 1). */
    private static float boundary(int n) {
        return (float) (-(n + 0.5) * LN_2);
    }

    @Test
    void isOneAtZero() {
        Row row = new Row(1, 0);
        assertThat(row.term(0f)).isEqualTo(1f);
        assertThat(row.term(-0f)).isEqualTo(1f);
        assertThat(row.term(-Float.MIN_VALUE)).isEqualTo(1f);
    }

    @Test
    void isNegligibleAndNormalBelowTheLowest() {
        Row row = new Row(1, 0);
        for (float x : new float[] {-80f, -80.1f, -1e30f, Float.NEGATIVE_INFINITY}) {
            assertThat(row.term(x)).isBetween(1.8e-35f, 1.81e-35f);
        }
        assertThat(row.term(-80f)).isLessThan(RowState.LEAST_PROBABILITY);
    }

    @Test
    void risesByOneUlpAtMostAsTheArgumentFallsAcrossAReductionBoundary() {
        Row row = new Row(1, 0);
        for (int n = 0; n < 115; n++) {
            int middle = ordered(boundary(n));
            for (int step = -2000; step < 2000; step++) {
                assertThat(row.term(fromOrdered(middle + step)))
                        .isLessThanOrEqualTo(Math.nextUp(row.term(fromOrdered(middle + step + 1))));
            }
        }
    }

    /** Terms of different exponents differ by a power of two, to the last bit. */
    @ParameterizedTest
    @ValueSource(doubles = {1, 1.4426950408889634, 0.3251856, 2.8853900817779268})
    void isTheSameMantissaAtEveryExponent(double temperature) {
        TemperedExp exp = new TemperedExp(temperature);
        for (int i = 0; i < 100_000; i++) {
            float x = (float) ((i - 50_000) / 4096.0 * temperature);
            float at0 = exp.term(x, TemperedExp.rounder(0));
            for (int exponent : new int[] {-24, -2, 2, 40}) {
                float there = exp.term(x, TemperedExp.rounder(exponent));
                assertThat(Math.scalb(there, exponent)).as("x=%s", x).isEqualTo(at0);
            }
        }
    }

    @Test
    void staysBelowWhatTheLanesStartFrom() {
        for (double temperature : new double[] {1e-6, 1, 3, 1e6}) {
            for (int step = -10_000; step <= 10_000; step++) {
                float max = (float) (step / 10_000.0 * 1024 * temperature);
                Row row = new Row(temperature, max);
                assertThat(row.term(max)).isBetween(0.7f, LaneLoops.BASE / 2 * 0.71f);
            }
        }
    }
}
