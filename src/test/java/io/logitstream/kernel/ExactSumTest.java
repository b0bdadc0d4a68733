package io.logitstream.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.logitstream.Seeds;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExactSumTest {

    private static final BigDecimal UNITS = new BigDecimal(0x1p40);

    private final Random random = Seeds.random(getClass());

    /** A term of any size from 2^-60 to just below 2^60, of either sign. */
    private double term() {
        double size = Math.scalb(1 + random.nextDouble(), random.nextInt(120) - 60);
        return random.nextBoolean() ? size : -size;
    }

    private List<Double> terms(int count) {
        List<Double> terms = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            terms.add(term());
        }
        return terms;
    }

    private static ExactSum sum(List<Double> terms) {
        ExactSum sum = new ExactSum();
        terms.forEach(sum::add);
        return sum;
    }

    private static BigDecimal quantised(double term) {
        return new BigDecimal(term)
                .multiply(UNITS)
                .setScale(0, RoundingMode.HALF_EVEN)
                .divide(UNITS);
    }

    private static double expected(List<Double> terms) {
        return terms.stream()
                .map(ExactSumTest::quantised)
                .reduce(BigDecimal.ZERO, BigDecimal::add)
                .doubleValue();
    }

    @Test
    void everySingleTermIsRoundedOnceToItsNearestUnit() {
        for (double term : terms(20_000)) {
            assertThat(sum(List.of(term)).value())
                    .as("%s", term)
                    .isEqualTo(quantised(term).doubleValue());
        }
    }

    @Test
    void termsAtPowersOfTwoAndBesideThemAreExact() {
        for (int exponent = -45; exponent < 60; exponent++) {
            double power = Math.scalb(1.0, exponent);
            double[] near = {
                power, Math.nextUp(power), Math.nextDown(power), Math.nextDown(2 * power)
            };
            for (double size : near) {
                for (double term : new double[] {size, -size}) {
                    assertThat(sum(List.of(term)).value())
                            .as("%s", term)
                            .isEqualTo(quantised(term).doubleValue());
                }
            }
        }
    }

    @Test
    void sumsAgreeWithDecimalArithmetic() {
        for (int round = 0; round < 200; round++) {
            List<Double> terms = terms(1 + random.nextInt(200));
            assertThat(sum(terms).value()).isEqualTo(expected(terms));
        }
    }

    @Test
    void sumsOfSmallTermsDoNotVanishBesideLargeOnes() {
        ExactSum sum = new ExactSum();
        sum.add(0x1.fffp59);
        for (int i = 0; i < 1000; i++) {
            sum.add(0x1p-40);
        }
        sum.add(-0x1.fffp59);
        assertThat(sum.value()).isEqualTo(1000 * 0x1p-40);
    }

    @Test
    void theOrderOfTermsAndOfMergesNeverShows() {
        List<Double> terms = terms(300);
        ExactSum straight = sum(terms);
        for (int round = 0; round < 50; round++) {
            Collections.shuffle(terms, random);
            int cut = random.nextInt(301);
            int secondCut = cut + random.nextInt(301 - cut);
            ExactSum first = sum(terms.subList(0, cut));
            ExactSum second = sum(terms.subList(cut, secondCut));
            ExactSum third = sum(terms.subList(secondCut, 300));
            third.mergeWith(first);
            third.mergeWith(second);
            assertThat(third).isEqualTo(straight).hasSameHashCodeAs(straight);
            assertThat(third.high()).isEqualTo(straight.high());
            assertThat(third.low()).isEqualTo(straight.low());
        }
    }

    @Test
    void halvesOfAUnitGoToTheEvenOne() {
        assertThat(sum(List.of(0x1p-41)).value()).isZero();
        assertThat(sum(List.of(Math.nextUp(0x1p-41))).value()).isEqualTo(0x1p-40);
        assertThat(sum(List.of(3 * 0x1p-41)).value()).isEqualTo(2 * 0x1p-40);
        assertThat(sum(List.of(5 * 0x1p-41)).value()).isEqualTo(2 * 0x1p-40);
        assertThat(sum(List.of(-3 * 0x1p-41)).value()).isEqualTo(-2 * 0x1p-40);
        assertThat(sum(List.of(-5 * 0x1p-41)).value()).isEqualTo(-2 * 0x1p-40);
    }

    @Test
    void aTermAndItsOppositeCancelToZero() {
        for (double term : terms(2000)) {
            ExactSum sum = sum(List.of(term, -term));
            assertThat(sum).isEqualTo(new ExactSum());
            assertThat(Double.doubleToRawLongBits(sum.value())).isZero();
        }
    }

    @Test
    void asManyTermsOfTheLargestSizeFitAsStated() {
        double largest = Math.nextDown(ExactSum.LIMIT);
        for (double term : new double[] {largest, -largest}) {
            ExactSum sum = sum(List.of(term));
            for (int doubling = 0; doubling < 27; doubling++) {
                sum.mergeWith(sum);
            }
            assertThat(sum.value()).isEqualTo(term * 0x1p27);
        }
    }

    @ParameterizedTest
    @ValueSource(
            doubles = {
                Double.NaN,
                Double.POSITIVE_INFINITY,
                Double.NEGATIVE_INFINITY,
                0x1p60,
                -0x1p60,
                1e300
            })
    void refusesWhatIsNoNumberOrTooLargeAndStaysAsItWas(double term) {
        assertThat(ExactSum.accepts(term)).isFalse();
        ExactSum sum = sum(List.of(1.5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sum.add(term))
                .withMessageContaining(Double.toString(term));
        assertThat(sum.value()).isEqualTo(1.5);
    }

    @Test
    void acceptsEverythingBelowTheLimit() {
        for (double term : new double[] {0, -0.0, Double.MIN_VALUE, Math.nextDown(0x1p60)}) {
            assertThat(ExactSum.accepts(term)).isTrue();
            assertThat(ExactSum.accepts(-term)).isTrue();
        }
    }

    @Test
    void comesBackFromItsTwoWords() {
        for (int round = 0; round < 200; round++) {
            ExactSum sum = sum(terms(5));
            ExactSum back = new ExactSum(sum.high(), sum.low());
            assertThat(back).isEqualTo(sum);
            assertThat(back.value()).isEqualTo(sum.value());
            double next = term();
            back.add(next);
            sum.add(next);
            assertThat(back).isEqualTo(sum);
        }
    }

    @Test
    void sumsThatDifferInOneWordAreNotEqual() {
        assertThat(new ExactSum(1, 2)).isNotEqualTo(new ExactSum(1, 3));
        assertThat(new ExactSum(1, 2)).isNotEqualTo(new ExactSum(2, 2));
    }
}
