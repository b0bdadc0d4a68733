package io.logitstream.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a kernel makes of rows at the edge of what a row can be. */
abstract class RowKernelEdgeContractTest {

    private static final float MASKED = Float.NEGATIVE_INFINITY;

    abstract RowKernel kernel();

    private RowState reduced(float[] row, double temperature) {
        RowState state = new RowState(temperature, 5);
        kernel().reduce(row, 0, row.length, 0, state);
        return state;
    }

    private float[] probabilities(float[] row, double temperature) {
        float[] p = new float[row.length];
        kernel().probabilitiesInto(row, 0, row.length, reduced(row, temperature), p, 0);
        return p;
    }

    private static int[] best(RowState state) {
        int[] best = new int[state.topK().size()];
        for (int rank = 0; rank < best.length; rank++) {
            best[rank] = state.topK().classAt(rank);
        }
        return best;
    }

    @Test
    void threeAndOneGiveTheKnownProbabilities() {
        assertThat(probabilities(new float[] {3, 1}, 1))
                .containsExactly(new float[] {0.880797f, 0.119203f}, within(5e-7f));
    }

    @Test
    void anEmptyRowChangesNothing() {
        RowState empty = reduced(new float[0], 1);
        assertThat(empty.classes()).isZero();
        assertThat(empty.isInvalid()).isFalse();
        assertThat(empty.isAllMasked()).isTrue();
        assertThat(empty.logSumExp()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(empty.topK().size()).isZero();

        RowState state = reduced(new float[] {1, 2, 3}, 1);
        state.setLabelScore(2);
        String before = StateBits.of(state);
        kernel().reduce(new float[] {7, 8, 9}, 2, 2, 3, state);
        assertThat(StateBits.of(state)).isEqualTo(before);
    }

    @Test
    void oneClassIsCertain() {
        RowState state = reduced(new float[] {-7.25f}, 0.5);
        state.setLabelScore(-7.25f);
        assertThat(state.logSumExp()).isEqualTo(-14.5);
        assertThat(state.confidence()).isEqualTo(1);
        assertThat(state.entropy()).isZero();
        assertThat(state.scoreVariance()).isZero();
        assertThat(state.sumOfSquares()).isEqualTo(1);
        assertThat(state.crossEntropy()).isZero();
        assertThat(state.brier()).isZero();
        assertThat(best(state)).containsExactly(0);
        assertThat(probabilities(new float[] {-7.25f}, 0.5)).containsExactly(1f);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 513, 1040})
    void nanAndPlusInfinityAreSeenAtEveryPosition(int numClasses) {
        float[] bad = {
            Float.NaN,
            Float.intBitsToFloat(0xffc00000),
            Float.intBitsToFloat(0x7f800001),
            Float.intBitsToFloat(0xffffffff),
            Float.POSITIVE_INFINITY
        };
        for (int at = 0; at < numClasses; at++) {
            float[] row = TestRows.constant(numClasses, at % 2 == 0 ? MASKED : -1e30f);
            row[at] = bad[at % bad.length];
            RowState state = reduced(row, 1);
            assertThat(state.isInvalid()).as("at %s", at).isTrue();
            assertThat(state.classes()).isEqualTo(numClasses);
        }
    }

    @Test
    void everyOtherFloatIsValid() {
        float[] extremes = {
            MASKED, -Float.MAX_VALUE, -Float.MIN_VALUE, -0f, 0f, Float.MIN_NORMAL, Float.MAX_VALUE
        };
        assertThat(reduced(extremes, 1).isInvalid()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 16, 17, 512, 2048, 5000})
    void aRowOfMaskedClassesHasNoDistribution(int numClasses) {
        RowState state = reduced(TestRows.constant(numClasses, MASKED), 1);
        assertThat(state.isAllMasked()).isTrue();
        assertThat(state.isInvalid()).isFalse();
        assertThat(state.masked()).isEqualTo(numClasses);
        assertThat(state.classes()).isEqualTo(numClasses);
        assertThat(state.logSumExp()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(state.topK().size()).isZero();
    }

    @Test
    void maskedClassesAreCountedAndHaveNeitherProbabilityNorRank() {
        // The first block is masked altogether, and so is every third class of the others.
        float[] row = TestRows.steps(5200, -3, 1 / 1024f);
        int masked = 0;
        for (int i = 0; i < row.length; i++) {
            if (i < 2048 || i % 3 == 0) {
                row[i] = MASKED;
                masked++;
            }
        }
        RowState state = reduced(row, 1);
        assertThat(state.masked()).isEqualTo(masked);
        assertThat(state.isAllMasked()).isFalse();
        assertThat(state.logSumExp()).isCloseTo(new ReferenceRow(row, 1).logSumExp, within(5e-6));
        assertThat(best(state)).containsExactly(5198, 5197, 5195, 5194, 5192);
        float[] p = probabilities(row, 1);
        for (int i = 0; i < row.length; i++) {
            assertThat(p[i] == 0).as("p[%s]", i).isEqualTo(row[i] == MASKED);
        }
    }

    @Test
    void theListOfBestClassesIsShorterThanKWhenTheRestIsMasked() {
        RowState state = reduced(new float[] {MASKED, 1, MASKED, 2, MASKED}, 1);
        assertThat(best(state)).containsExactly(3, 1);
    }

    @Test
    void theLossOfAMaskedLabelIsInfinite() {
        RowState state = reduced(new float[] {1, MASKED, 1}, 1);
        state.setLabelScore(MASKED);
        assertThat(state.hasLabel()).isTrue();
        assertThat(state.crossEntropy()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(state.brier()).isCloseTo(1.5, within(1e-7));
    }

    @Test
    void equalScoresRankByLowerClassInsideABlockAndAcrossBlocks() {
        float[] row = TestRows.constant(16_000, -1);
        for (int tied : new int[] {15_999, 4096, 4095, 2049, 40, 24, 2047}) {
            row[tied] = 4;
        }
        row[1300] = 9;
        assertThat(best(reduced(row, 1))).containsExactly(1300, 24, 40, 2047, 2049);
        float[] constant = TestRows.constant(16_000, 2.5f);
        assertThat(best(reduced(constant, 1))).containsExactly(0, 1, 2, 3, 4);
    }

    @Test
    void theTemperatureCreatesNoTies() {
        // Neighbours whose quotients by a million are, every other time, one float.
        float[] row = new float[8];
        float score = 1.99f;
        for (int i = 0; i < row.length; i++) {
            row[i] = score;
            score = Math.nextUp(score);
        }
        assertThat(best(reduced(row, 1e6))).containsExactly(7, 6, 5, 4, 3);
    }

    @Test
    void theZerosAreOneScore() {
        float[] row = {-1, -0f, 0f, -0f, 0f};
        assertThat(best(reduced(row, 1))).containsExactly(1, 2, 3, 4, 0);
        float[] plain = {-1, 0f, 0f, 0f, 0f};
        assertThat(probabilities(row, 0.05)).isEqualTo(probabilities(plain, 0.05));
        assertThat(reduced(row, 1).logSumExp()).isEqualTo(reduced(plain, 1).logSumExp());
    }

    @Test
    void subnormalScoresAreToldApartInRankAndAlikeInProbability() {
        float[] row = new float[40];
        for (int i = 0; i < row.length; i++) {
            row[i] = (i % 2 == 0 ? 1 : -1) * i * Float.MIN_VALUE;
        }
        RowState state = reduced(row, 1);
        assertThat(best(state)).containsExactly(38, 36, 34, 32, 30);
        assertThat(state.confidence()).isEqualTo(1 / 40.0);
        assertThat(probabilities(row, 1)).containsOnly(1 / 40f);
        // Differences that only the smallest temperature shows, were they not below float32.
        assertThat(probabilities(row, 1e-6)).containsOnly(1 / 40f);
    }

    @Test
    void aSpreadAboveTenThousandLeavesTheLargestAlone() {
        for (double temperature : new double[] {0.05, 1, 7.5}) {
            float[] row = TestRows.steps(600, -30_000, 100);
            RowState state = reduced(row, temperature);
            state.setLabelScore(row[0]);
            assertThat(state.entropy()).isCloseTo(0, within(1e-4));
            assertThat(state.logSumExp()).isCloseTo(29_900 / temperature, within(1e-5));
            assertThat(state.crossEntropy()).isCloseTo(59_900 / temperature, within(1e-5));
            assertThat(state.brier()).isCloseTo(2, within(1e-5));
            float[] p = probabilities(row, temperature);
            assertThat(p[599]).isCloseTo(1, within(1e-5f));
            assertThat(p[0]).isZero();
        }
    }

    @Test
    void theLargestAndTheSmallestFloatMeetWithoutOverflow() {
        for (double temperature : new double[] {1e-6, 0.05, 1, 7.5, 1e6}) {
            float[] row = TestRows.constant(20, -Float.MAX_VALUE);
            row[17] = Float.MAX_VALUE;
            row[18] = 0;
            RowState state = reduced(row, temperature);
            state.setLabelScore(row[3]);
            assertThat(state.isInvalid()).isFalse();
            assertThat(state.logSumExp()).isEqualTo(Float.MAX_VALUE / temperature);
            assertThat(state.crossEntropy()).isEqualTo(2.0 * Float.MAX_VALUE / temperature);
            assertThat(state.entropy()).isZero();
            assertThat(state.scoreVariance()).isZero();
            assertThat(state.brier()).isEqualTo(2);
            float[] expected = new float[20];
            expected[17] = 1;
            assertThat(probabilities(row, temperature)).isEqualTo(expected);
        }
    }

    @Test
    void blocksAtTheEndsOfTheRangeMergeWithoutOverflow() {
        float[] row = TestRows.constant(6144, -Float.MAX_VALUE);
        row[2600] = 0;
        row[4100] = Float.MAX_VALUE;
        RowState state = reduced(row, 1e-6);
        assertThat(state.logSumExp()).isEqualTo(Float.MAX_VALUE / 1e-6);
        assertThat(state.entropy()).isZero();
        assertThat(state.scoreVariance()).isZero();
        assertThat(best(state)).containsExactly(4100, 2600, 0, 1, 2);
    }

    @Test
    void theOrderOfTheScoresDoesNotMatterToTheFigures() {
        float[] ascending = TestRows.steps(1000, -5, 1 / 128f);
        float[] descending = TestRows.steps(1000, -5 + 999 / 128f, -1 / 128f);
        ReferenceRow reference = new ReferenceRow(ascending, 1);
        for (float[] row : new float[][] {ascending, descending}) {
            RowState state = reduced(row, 1);
            assertThat(state.logSumExp()).isCloseTo(reference.logSumExp, within(1e-6));
            assertThat(state.entropy()).isCloseTo(reference.entropy, within(1e-5));
            assertThat(state.topK().score(0)).isEqualTo(ascending[999]);
        }
        assertThat(best(reduced(ascending, 1))).containsExactly(999, 998, 997, 996, 995);
        assertThat(best(reduced(descending, 1))).containsExactly(0, 1, 2, 3, 4);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 16, 33, 512, 1000, 4096})
    void aConstantRowIsUniform(int numClasses) {
        for (float score : new float[] {0, -123.456f, 3e38f, -3e38f, 1e-40f}) {
            RowState state = reduced(TestRows.constant(numClasses, score), 0.3251856);
            assertThat(state.confidence()).isEqualTo(1.0 / numClasses);
            assertThat(state.entropy()).isEqualTo(StrictMath.log(numClasses));
            assertThat(state.scoreVariance()).isZero();
        }
    }
}
