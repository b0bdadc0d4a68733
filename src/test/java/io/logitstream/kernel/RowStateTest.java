package io.logitstream.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowStateTest {

    private static final int K = 7;
    private static final float MASKED = Float.NEGATIVE_INFINITY;

    private final Random random = Seeds.random(getClass());
    private final RowKernel kernel = RowKernels.createScalar();

    private RowState reduced(float[] row, int from, int to, double temperature) {
        RowState state = new RowState(temperature, K);
        kernel.reduce(row, from, to, from, state);
        return state;
    }

    private static RowState merged(RowState... states) {
        RowState sum = new RowState(states[0].temperature(), K);
        for (RowState state : states) {
            sum.mergeWith(state);
        }
        return sum;
    }

    /** The bits of a state; the label's score is set so that every figure is defined. */
    private static String bits(RowState state) {
        assertThat(state.hasLabel()).isTrue();
        return StateBits.of(state);
    }

    private float[] row(int numClasses, double deviation) {
        return TestRows.gaussian(random, numClasses, 3 * random.nextGaussian(), deviation);
    }

    @Test
    void theClearedStateIsTheIdentityOnBothSides() {
        for (double deviation : new double[] {0.1, 3, 40}) {
            float[] row = row(700, deviation);
            RowState state = reduced(row, 0, 700, 0.3251856);
            state.setLabelScore(row[5]);
            String before = bits(state);

            RowState left = new RowState(0.3251856, K);
            left.mergeWith(state);
            assertThat(bits(left)).isEqualTo(before);

            state.mergeWith(new RowState(0.3251856, K));
            assertThat(bits(state)).isEqualTo(before);
        }
    }

    @Test
    void clearForgetsEverything() {
        RowState used = reduced(new float[] {1, MASKED, Float.NaN, 8}, 0, 4, 1);
        used.setLabelScore(1);
        used.clear();
        assertThat(used.hasLabel()).isFalse();
        RowState fresh = new RowState(1, K);
        assertThat(StateBits.of(used)).isEqualTo(StateBits.of(fresh));

        float[] row = row(40, 2);
        kernel.reduce(row, 0, 40, 0, used);
        used.setLabelScore(row[0]);
        kernel.reduce(row, 0, 40, 0, fresh);
        fresh.setLabelScore(row[0]);
        assertThat(bits(used)).isEqualTo(bits(fresh));
    }

    @Test
    void logSumExpIsThatOfWhatWasSeenSinceItWasAskedForLast() {
        float[] left = row(40, 2);
        float[] right = row(40, 2);
        RowState asked = reduced(left, 0, 40, 1);
        RowState other = reduced(right, 0, 40, 1);
        RowState fresh = reduced(left, 0, 40, 1);
        assertThat(asked.logSumExp()).isNotEqualTo(other.logSumExp());
        asked.mergeWith(other);
        fresh.mergeWith(other);
        assertThat(asked.logSumExp()).isEqualTo(fresh.logSumExp());
        asked.clear();
        asked.mergeWith(other);
        assertThat(asked.logSumExp()).isEqualTo(other.logSumExp());
        assertThat(asked.entropy()).isEqualTo(other.entropy());
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 3, 40})
    void mergingCommutesBitForBit(double deviation) {
        for (double temperature : new double[] {0.05, 1, 7.5}) {
            float[] row = row(900, deviation);
            row[5] = MASKED;
            int cut = 1 + random.nextInt(899);
            RowState a = reduced(row, 0, cut, temperature);
            RowState b = reduced(row, cut, 900, temperature);
            b.setLabelScore(row[899]);
            assertThat(bits(merged(a, b))).isEqualTo(bits(merged(b, a)));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 3, 40})
    void mergingAssociatesToTwelveDigits(double deviation) {
        float[] row = row(3000, deviation);
        RowState a = reduced(row, 0, 800, 1);
        RowState b = reduced(row, 800, 1900, 1);
        RowState c = reduced(row, 1900, 3000, 1);
        c.setLabelScore(row[2999]);
        assertClose(merged(merged(a, b), c), merged(a, merged(b, c)), 1e-12);
    }

    private static void assertClose(RowState actual, RowState expected, double relative) {
        assertClose(actual.logSumExp(), expected.logSumExp(), relative);
        assertClose(actual.confidence(), expected.confidence(), relative);
        assertClose(actual.sumOfSquares(), expected.sumOfSquares(), relative);
        assertClose(actual.entropy(), expected.entropy(), relative);
        assertClose(actual.crossEntropy(), expected.crossEntropy(), relative);
        assertClose(actual.brier(), expected.brier(), relative);
        // The variance is the difference of two numbers that may be larger.
        assertClose(actual.scoreVariance(), expected.scoreVariance(), 100 * relative);
    }

    private static void assertClose(double actual, double expected, double relative) {
        assertThat(actual).isCloseTo(expected, within(relative * (1 + Math.abs(expected))));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.05, 0.3251856, 1, 7.5})
    void shardsCutAnywhereAndMergedInAnyOrderAgreeWithTheWholeRow(double temperature) {
        float[] row = row(1500, 3 * temperature);
        ReferenceRow reference = new ReferenceRow(row, temperature);
        int[] ranking = ReferenceRow.ranking(row);
        for (int round = 0; round < 20; round++) {
            List<RowState> shards = new ArrayList<>();
            for (int from = 0; from < row.length; ) {
                int to = Math.min(row.length, from + 1 + random.nextInt(600));
                shards.add(reduced(row, from, to, temperature));
                from = to;
            }
            shards.get(random.nextInt(shards.size())).setLabelScore(row[77]);
            Collections.shuffle(shards, random);
            RowState whole = merged(shards.toArray(RowState[]::new));

            assertThat(whole.classes()).isEqualTo(1500);
            assertThat(whole.logSumExp()).isCloseTo(reference.logSumExp, within(1e-6));
            assertThat(whole.crossEntropy()).isCloseTo(-reference.logProbability(77), within(1e-6));
            assertThat(whole.entropy())
                    .isCloseTo(reference.entropy, within(1e-6 * (1 + reference.entropy)));
            assertThat(whole.sumOfSquares()).isCloseTo(reference.sumOfSquares, within(1e-6));
            assertThat(whole.scoreVariance())
                    .isCloseTo(reference.scoreVariance, within(2e-6 * reference.meanSquare));
            assertThat(whole.brier()).isCloseTo(reference.brier(77), within(2e-6));
            for (int rank = 0; rank < K; rank++) {
                assertThat(whole.topK().classAt(rank)).isEqualTo(ranking[rank]);
                assertThat(whole.topK().score(rank)).isEqualTo(row[ranking[rank]]);
            }
        }
    }

    @Test
    void mergingDoesNotChangeTheOther() {
        float[] row = row(100, 3);
        RowState other = reduced(row, 50, 100, 1);
        other.setLabelScore(row[60]);
        String before = bits(other);
        merged(reduced(row, 0, 50, 1), other).mergeWith(other);
        assertThat(bits(other)).isEqualTo(before);
    }

    @Test
    void maskedShardsAddTheirCountsOnly() {
        float[] masked = TestRows.constant(20, MASKED);
        float[] row = row(30, 2);
        RowState valid = reduced(row, 0, 30, 1);
        for (RowState both :
                List.of(
                        merged(reduced(masked, 0, 20, 1), valid),
                        merged(valid, reduced(masked, 0, 20, 1)))) {
            assertThat(both.logSumExp()).isEqualTo(valid.logSumExp());
            assertThat(both.entropy()).isEqualTo(valid.entropy());
            assertThat(both.classes()).isEqualTo(50);
            assertThat(both.masked()).isEqualTo(20);
            assertThat(both.isAllMasked()).isFalse();
        }
        RowState none = merged(reduced(masked, 0, 20, 1), reduced(masked, 0, 20, 1));
        assertThat(none.isAllMasked()).isTrue();
        assertThat(none.logSumExp()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(none.masked()).isEqualTo(40);
    }

    @Test
    void oneInvalidShardMakesTheRowInvalid() {
        RowState bad = reduced(new float[] {1, Float.NaN}, 0, 2, 1);
        RowState good = reduced(new float[] {1, 2}, 0, 2, 1);
        assertThat(merged(bad, good).isInvalid()).isTrue();
        assertThat(merged(good, bad).isInvalid()).isTrue();
        assertThat(merged(good, good).isInvalid()).isFalse();
    }

    @Test
    void theLabelSurvivesMergesFromEitherSide() {
        float[] row = {4, 1, 0, 2};
        RowState labelled = reduced(row, 0, 2, 1);
        labelled.setLabelScore(1);
        RowState other = reduced(row, 2, 4, 1);
        double loss = -new ReferenceRow(row, 1).logProbability(1);
        for (RowState whole : List.of(merged(labelled, other), merged(other, labelled))) {
            assertThat(whole.hasLabel()).isTrue();
            assertThat(whole.crossEntropy()).isCloseTo(loss, within(1e-6));
        }
        assertThat(merged(other, other).hasLabel()).isFalse();
    }

    @Test
    void theLossStaysFiniteWhereTheProbabilityDoesNotEvenExist() {
        RowState state = reduced(new float[] {0, -5000}, 0, 2, 1);
        state.setLabelScore(-5000);
        assertThat(state.probability(-5000)).isZero();
        assertThat(state.crossEntropy()).isEqualTo(5000);
        assertThat(state.brier()).isEqualTo(2);
    }

    @Test
    void statesOfDifferentTemperaturesDoNotMerge() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RowState(1, K).mergeWith(new RowState(2, K)))
                .withMessageContainingAll("1.0", "2.0");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 0.99e-6, 1.01e6, 1e-40, Double.NaN, Double.POSITIVE_INFINITY})
    void aTemperatureOutsideItsRangeIsRefused(double temperature) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RowState(temperature, K))
                .withMessageContaining(Double.toString(temperature));
    }

    @Test
    void theEndsOfTheTemperatureRangeWork() {
        float[] row = {1, 3};
        assertThat(reduced(row, 0, 2, RowState.MIN_TEMPERATURE).entropy()).isZero();
        assertThat(reduced(row, 0, 2, RowState.MAX_TEMPERATURE).entropy())
                .isCloseTo(StrictMath.log(2), within(1e-6));
    }
}
