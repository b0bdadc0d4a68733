package io.logitstream.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.Seeds;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SigmoidRowTest {

    private static final float MASKED = Float.NEGATIVE_INFINITY;
    private static final MathContext DIGITS = new MathContext(60);

    private final Random random = Seeds.random(getClass());

    private static ClassSet set(int... classes) {
        ClassSet set = new ClassSet();
        for (int classIndex : classes) {
            set.add(classIndex);
        }
        set.sort();
        return set;
    }

    private static SigmoidRow row(double temperature, float... scores) {
        SigmoidRow row = new SigmoidRow(temperature);
        row.become(scores, 0, scores.length);
        return row;
    }

    private ClassSet randomSet(int classes) {
        ClassSet set = new ClassSet();
        for (int i = 0; i < classes; i++) {
            if (random.nextInt(10) == 0) {
                set.add(i);
            }
        }
        set.sort();
        return set;
    }

    /** What the definitions say, class by class, with 60 digits. */
    private static final class Reference {
        private BigDecimal loss = BigDecimal.ZERO;
        private BigDecimal entropy = BigDecimal.ZERO;
        private BigDecimal brier = BigDecimal.ZERO;
        private int unmasked;

        Reference(float[] scores, double temperature, ClassSet labels) {
            for (int i = 0; i < scores.length; i++) {
                if (scores[i] != MASKED) {
                    unmasked++;
                    BigDecimal z =
                            new BigDecimal(scores[i]).divide(new BigDecimal(temperature), DIGITS);
                    BigDecimal y = labels.contains(i) ? BigDecimal.ONE : BigDecimal.ZERO;
                    BigDecimal power = exp(z);
                    BigDecimal p = power.divide(power.add(BigDecimal.ONE), DIGITS);
                    BigDecimal softplus = log(power.add(BigDecimal.ONE, DIGITS));
                    loss = loss.add(softplus.subtract(y.multiply(z, DIGITS)), DIGITS);
                    entropy = entropy.add(softplus.subtract(p.multiply(z, DIGITS)), DIGITS);
                    brier = brier.add(p.subtract(y).pow(2, DIGITS), DIGITS);
                }
            }
        }

        private double mean(BigDecimal sum) {
            return sum.divide(BigDecimal.valueOf(unmasked), DIGITS).doubleValue();
        }

        /** The Taylor series of x / 2^10, squared ten times. */
        private static BigDecimal exp(BigDecimal x) {
            BigDecimal small = x.divide(BigDecimal.valueOf(1 << 10), DIGITS);
            BigDecimal term = BigDecimal.ONE;
            BigDecimal sum = BigDecimal.ONE;
            for (int n = 1; n < 60; n++) {
                term = term.multiply(small, DIGITS).divide(BigDecimal.valueOf(n), DIGITS);
                sum = sum.add(term, DIGITS);
            }
            return sum.pow(1 << 10, DIGITS);
        }

        /** Newton's method for exp(y) = x. */
        private static BigDecimal log(BigDecimal x) {
            BigDecimal y = BigDecimal.valueOf(Math.log(x.doubleValue()));
            for (int step = 0; step < 3; step++) {
                BigDecimal ratio = x.divide(exp(y), DIGITS);
                y = y.add(ratio.subtract(BigDecimal.ONE), DIGITS);
            }
            return y;
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1", "2, 0.5, 3", "7, 1, 10", "61, 1.3, 40", "512, 2, 3", "513, 1, 4"})
    void agreesWithItsDefinitions(int classes, double temperature, double deviation) {
        float[] scores = TestRows.gaussian(random, classes, -1, deviation);
        TestRows.masked(random, scores, 0.1, 0);
        ClassSet labels = new ClassSet();
        ClassSet drawn = randomSet(classes);
        for (int i = 0; i < drawn.size(); i++) {
            if (scores[drawn.classAt(i)] != MASKED) {
                labels.add(drawn.classAt(i));
            }
        }
        Reference reference = new Reference(scores, temperature, labels);
        SigmoidRow row = row(temperature, scores);
        double loss = reference.mean(reference.loss);
        assertThat(row.lossNats(labels)).isCloseTo(loss, within(1e-15 + 1e-13 * loss));
        assertThat(row.entropy()).isCloseTo(reference.mean(reference.entropy), within(2e-15));
        assertThat(row.brier(labels)).isCloseTo(reference.mean(reference.brier), within(2e-15));
    }

    /** {@code log(1 + exp(z)) - y z} by hand: ln 2, and ln 4 - ln 3 and ln 4. */
    @Test
    void knowsSmallRows() {
        assertThat(row(1, 0).lossNats(set())).isEqualTo(Math.log(2));
        assertThat(row(1, 0).lossNats(set(0))).isEqualTo(Math.log(2));
        assertThat(row(1, 0).entropy()).isEqualTo(Math.log(2));
        assertThat(row(1, 0).brier(set(0))).isEqualTo(0.25);
        float log3 = (float) Math.log(3);
        SigmoidRow row = row(1, log3, -log3);
        assertThat(row.probability(log3)).isCloseTo(0.75, within(1e-7));
        assertThat(row.probability(-log3)).isCloseTo(0.25, within(1e-7));
        assertThat(row.lossNats(set(0))).isCloseTo(Math.log(4 / 3.0), within(1e-7));
        assertThat(row.lossNats(set(1))).isCloseTo(Math.log(4), within(1e-7));
        assertThat(row.lossNats(set(0, 1))).isCloseTo(Math.log(16 / 3.0) / 2, within(1e-7));
        assertThat(row.brier(set(1))).isCloseTo(0.5625, within(1e-7));
        assertThat(row(2, 2 * log3).probability(2 * log3)).isCloseTo(0.75, within(1e-7));
    }

    @ParameterizedTest
    @ValueSource(floats = {1000, 1e30f, Float.MAX_VALUE})
    void staysFiniteAndExactWhereAllIsSaturated(float far) {
        SigmoidRow row = row(1e-6, far, -far, far, -far);
        assertThat(row.lossNats(set(0, 2))).as("all are right").isZero();
        assertThat(row.entropy()).isZero();
        assertThat(row.brier(set(0, 2))).isZero();
        assertThat(row.lossNats(set(1, 3))).as("all are wrong").isEqualTo(far / 1e-6);
        assertThat(row.brier(set(1, 3))).isEqualTo(1);
        assertThat(row.lossNats(set(0))).isEqualTo(far / 1e-6 / 4);
        assertThat(row.probability(far)).isEqualTo(1);
        assertThat(row.probability(-far)).isZero();
    }

    @Test
    void keepsASmallLossBesideLargeScores() {
        SigmoidRow row = row(1, 1e30f, 0);
        assertThat(row.lossNats(set(0))).isEqualTo(Math.log(2) / 2);
    }

    @Test
    void countsNothingOfMaskedClasses() {
        SigmoidRow row = row(1, MASKED, 2, MASKED, -1);
        SigmoidRow rest = row(1, 2, -1);
        assertThat(row.lossNats(set(1))).isEqualTo(rest.lossNats(set(0)));
        assertThat(row.entropy()).isEqualTo(rest.entropy());
        assertThat(row.brier(set(1))).isEqualTo(rest.brier(set(0)));
        assertThat(row.probability(MASKED)).isZero();
        assertThat(row.lossNats(set(1, 2))).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(row.brier(set(1, 2))).isEqualTo(rest.brier(set(0)));
        assertThat(row(1, MASKED, MASKED, 0).lossNats(set())).isEqualTo(Math.log(2));
    }

    @Test
    void readsARowInTheMiddleOfAnArray() {
        float[] scores = {9, 1, -2, 3, 9};
        SigmoidRow middle = new SigmoidRow(1);
        middle.become(TestRows.constant(1_000, 5), 0, 1_000);
        middle.become(scores, 1, 4);
        SigmoidRow row = row(1, 1, -2, 3);
        assertThat(middle.lossNats(set(0, 2))).isEqualTo(row.lossNats(set(0, 2)));
        assertThat(middle.entropy()).isEqualTo(row.entropy());
        assertThat(middle.brier(set(0))).isEqualTo(row.brier(set(0)));
        float[] out = {7, 7, 7, 7};
        middle.probabilitiesInto(out, 1);
        assertThat(out)
                .containsExactly(
                        7,
                        (float) row.probability(1),
                        (float) row.probability(-2),
                        (float) row.probability(3));
    }

    /** Against the definition in plain float64, which is good enough for moderate scores. */
    @Test
    void addsUpManyClasses() {
        float[] scores = TestRows.gaussian(random, 100_003, -3, 2);
        ClassSet labels = randomSet(scores.length);
        double loss = 0;
        double entropy = 0;
        double brier = 0;
        for (int i = 0; i < scores.length; i++) {
            int y = labels.contains(i) ? 1 : 0;
            double p = 1 / (1 + Math.exp(-scores[i]));
            double softplus = Math.log1p(Math.exp(scores[i]));
            loss += softplus - y * (double) scores[i];
            entropy += softplus - p * scores[i];
            brier += (p - y) * (p - y);
        }
        SigmoidRow row = row(1, scores);
        assertThat(row.lossNats(labels)).isCloseTo(loss / scores.length, within(1e-11));
        assertThat(row.entropy()).isCloseTo(entropy / scores.length, within(1e-11));
        assertThat(row.brier(labels)).isCloseTo(brier / scores.length, within(1e-11));
    }

    @Test
    void doesNotOverflowABlockOfFactors() {
        int classes = 100_000;
        SigmoidRow row = row(1, new float[classes]);
        assertThat(row.lossNats(set())).isCloseTo(Math.log(2), within(1e-13));
        assertThat(row.entropy()).isCloseTo(Math.log(2), within(1e-13));
    }

    @Test
    void keepsASetOfClassesSortedAndEachOnce() {
        ClassSet set = new ClassSet();
        for (int i = 0; i < 40; i++) {
            set.add(39 - i);
            set.add(i);
        }
        set.sort();
        assertThat(set.size()).isEqualTo(40);
        for (int i = 0; i < 40; i++) {
            assertThat(set.classAt(i)).isEqualTo(i);
            assertThat(set.contains(i)).isTrue();
        }
        assertThat(set.contains(40)).isFalse();
        set.clear();
        set.sort();
        assertThat(set.size()).isZero();
        assertThat(set.contains(0)).as("of the set before").isFalse();
    }
}
