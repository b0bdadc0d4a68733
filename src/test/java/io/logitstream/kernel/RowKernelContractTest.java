package io.logitstream.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The figures of a kernel against {@link ReferenceRow}, and its bits against {@link NormativeRow}
 * and {@link GoldenRows}. What rows at the edge do is in {@link RowKernelEdgeContractTest}.
 */
abstract class RowKernelContractTest {

    private static final int[] SIZES = {
        1, 2, 15, 16, 17, 31, 32, 33, 511, 512, 513, 1000, 2047, 2048, 2049, 4097
    };
    private static final double[] TEMPERATURES = {0.05, 0.3251856, 1, 7.5};

    /** Standard deviations of score / temperature: flat, like a trained model's, saturated. */
    private static final double[] DEVIATIONS = {0.3, 3, 15};

    private final Random random = Seeds.random(getClass());

    abstract RowKernel kernel();

    static Stream<Arguments> sizesAndTemperatures() {
        List<Arguments> all = new ArrayList<>();
        for (int size : SIZES) {
            for (double temperature : TEMPERATURES) {
                all.add(Arguments.of(size, temperature));
            }
        }
        return all.stream();
    }

    private RowState reduced(float[] row, double temperature) {
        RowState state = new RowState(temperature, 5);
        kernel().reduce(row, 0, row.length, 0, state);
        return state;
    }

    private float[] randomRow(int numClasses, double temperature, double deviation) {
        double mean = 10 * random.nextGaussian();
        return TestRows.gaussian(random, numClasses, mean, deviation * temperature);
    }

    @ParameterizedTest
    @MethodSource("sizesAndTemperatures")
    void figuresAndProbabilitiesOfRandomRowsAgreeWithTheReference(
            int numClasses, double temperature) {
        for (double deviation : DEVIATIONS) {
            float[] row = randomRow(numClasses, temperature, deviation);
            ReferenceRow reference = new ReferenceRow(row, temperature);
            checkFigures(row, temperature, reference, 1e-6);
            checkProbabilities(row, temperature, reference);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 16, 33, 512, 1000, 2500})
    void figuresKeepTheirBoundsWhenAllRoundingErrorsPointOneWay(int numClasses) {
        for (float gap = 1.5f; gap < 20; gap += 3.5f) {
            float low = -gap * (1 + random.nextFloat() / 10);
            float[] row = TestRows.twoLevels(numClasses, numClasses / 3, low);
            checkFigures(row, 1, new ReferenceRow(row, 1), 5e-6);
        }
    }

    /**
     * Checks the bounds that {@link RowState} states; those of moments depend on the kind of row.
     */
    private void checkFigures(
            float[] row, double temperature, ReferenceRow reference, double ofMoments) {
        RowState state = reduced(row, temperature);
        int label = random.nextInt(row.length);
        state.setLabelScore(row[label]);

        assertThat(state.classes()).isEqualTo(row.length);
        assertThat(state.isInvalid()).isFalse();
        assertThat(state.logSumExp()).isCloseTo(reference.logSumExp, within(3e-7));
        assertThat(state.crossEntropy()).isCloseTo(-reference.logProbability(label), within(3e-7));
        assertThat(state.entropy())
                .isCloseTo(
                        reference.entropy, within(Math.max(ofMoments * reference.entropy, 1e-7)));
        assertThat(state.sumOfSquares())
                .isCloseTo(reference.sumOfSquares, within(ofMoments * reference.sumOfSquares));
        assertThat(state.scoreVariance())
                .isCloseTo(
                        reference.scoreVariance,
                        within(Math.max(ofMoments * reference.meanSquare, 1e-7)));
        assertThat(state.brier()).isCloseTo(reference.brier(label), within(ofMoments));
        assertThat(state.confidence())
                .isCloseTo(
                        reference.probabilities[ReferenceRow.ranking(row)[0]],
                        within(3e-7 * state.confidence()));
    }

    private void checkProbabilities(float[] row, double temperature, ReferenceRow reference) {
        RowState state = reduced(row, temperature);
        double[] expected = reference.probabilities;
        float[] p = new float[row.length];
        kernel().probabilitiesInto(row, 0, row.length, state, p, 0);
        float[] logP = new float[row.length];
        kernel().logProbabilitiesInto(row, 0, row.length, state, logP, 0);
        double sum = 0;
        for (int i = 0; i < row.length; i++) {
            sum += p[i];
            if (expected[i] > 1.0001 * RowState.LEAST_PROBABILITY) {
                assertThat((double) p[i]).isCloseTo(expected[i], within(4e-7 * expected[i]));
            } else {
                assertThat(p[i]).isBetween(0f, 1.0002f * RowState.LEAST_PROBABILITY);
            }
            double logExpected = reference.logProbability(i);
            assertThat((double) logP[i])
                    .isCloseTo(logExpected, within(2e-7 * Math.max(1, -logExpected)));
        }
        assertThat(sum).isCloseTo(1, within(1e-6));
    }

    /** A million classes, against float64: the terms are summed by the textbook. */
    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 3, 10, 30})
    void keepsItsBoundsForAMillionClasses(double deviation) {
        float[] row = randomRow(1_000_000, 1, deviation);
        double max = row[ReferenceRow.ranking(row)[0]];
        double s = 0;
        double t = 0;
        double u = 0;
        double q = 0;
        for (float x : row) {
            double e = StrictMath.exp(x - max);
            s += e;
            t += (x - max) * e;
            u += (x - max) * (x - max) * e;
            q += e * e;
        }
        RowState state = reduced(row, 1);
        double entropy = StrictMath.log(s) - t / s;
        double variance = u / s - (t / s) * (t / s);
        assertThat(state.logSumExp()).isCloseTo(max + StrictMath.log(s), within(3e-7));
        assertThat(state.entropy()).isCloseTo(entropy, within(Math.max(1e-6 * entropy, 1e-7)));
        assertThat(state.sumOfSquares()).isCloseTo(q / s / s, within(1e-6 * (q / s / s)));
        assertThat(state.scoreVariance())
                .isCloseTo(variance, within(Math.max(1e-6 * variance, 1e-7)));
        float[] p = new float[row.length];
        kernel().probabilitiesInto(row, 0, row.length, state, p, 0);
        double sum = 0;
        for (float probability : p) {
            sum += probability;
        }
        assertThat(sum).isCloseTo(1, within(1e-7));
    }

    /** So long a row is cut into longer blocks where nothing but its best classes is asked for. */
    @Test
    void theBestOfALongRowAreTheSameWithoutItsSums() {
        float[] row = TestRows.gaussian(random, 300_001, 0, 2);
        row[7] = 9.5f;
        row[8_191] = 9.75f;
        row[8_192] = 9.75f;
        row[300_000] = 10;
        RowState best = new RowState(1, 17, EnumSet.noneOf(RowState.Sums.class));
        kernel().reduce(row, 0, row.length, 0, best);
        int[] ranking = ReferenceRow.ranking(row);
        for (int rank = 0; rank < 17; rank++) {
            assertThat(best.topK().classAt(rank)).isEqualTo(ranking[rank]);
        }
    }

    @ParameterizedTest
    @MethodSource("sizesAndTemperatures")
    void bestClassesAreThoseOfAFullSort(int numClasses, double temperature) {
        for (int distinct : new int[] {3, 50, 1_000_000}) {
            float[] row = new float[numClasses];
            for (int i = 0; i < numClasses; i++) {
                row[i] = random.nextInt(distinct) / 8f;
            }
            int[] ranking = ReferenceRow.ranking(row);
            RowState state = new RowState(temperature, 17);
            kernel().reduce(row, 0, numClasses, 0, state);
            assertThat(state.topK().size()).isEqualTo(Math.min(17, numClasses));
            for (int rank = 0; rank < state.topK().size(); rank++) {
                assertThat(state.topK().classAt(rank)).isEqualTo(ranking[rank]);
                assertThat(state.topK().score(rank)).isEqualTo(row[ranking[rank]]);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("sizesAndTemperatures")
    void hasTheBitsOfTheOrderOfOperations(int numClasses, double temperature) {
        for (double deviation : new double[] {0.3, 3, 15, 60}) {
            for (double share : new double[] {0, 0.3, 0.99}) {
                float[] row = randomRow(numClasses, temperature, deviation);
                int label = random.nextInt(numClasses);
                assertSameBits(TestRows.masked(random, row, share, label), temperature, label);
            }
        }
    }

    /** What is near the largest score takes another way than what is not, to the same bits. */
    @ParameterizedTest
    @ValueSource(ints = {17, 1000, 5000})
    void hasTheBitsOfTheOrderOfOperationsOnBothSidesOfNear(int numClasses) {
        for (double temperature : new double[] {1, 0.3251856}) {
            float half = (float) (28 * temperature);
            for (float low : new float[] {Math.nextDown(half), half, Math.nextUp(half), 2 * half}) {
                float[] row = TestRows.gaussian(random, numClasses, 0, temperature);
                row[3] = half;
                row[numClasses - 1] = -low;
                assertSameBits(row, temperature, numClasses - 1);
            }
        }
    }

    private void assertSameBits(float[] row, double temperature, int label) {
        RowState state = reduced(row, temperature);
        state.setLabelScore(row[label]);
        NormativeRow normative = new NormativeRow(row, temperature);
        int[] ranking = ReferenceRow.ranking(row);
        int[] best = Arrays.copyOf(ranking, Math.min(5, ranking.length));
        assertThat(StateBits.of(state)).isEqualTo(normative.bits(row[label], best));
        RowState smoothed = new RowState(temperature, 0, EnumSet.of(RowState.Sums.GAPS));
        kernel().reduce(row, 0, row.length, 0, smoothed);
        assertThat(smoothed.meanCrossEntropy()).isEqualTo(normative.meanCrossEntropy());
        assertThat(smoothed.logSumExp()).isEqualTo(state.logSumExp());
        float[] p = new float[row.length];
        kernel().probabilitiesInto(row, 0, row.length, state, p, 0);
        float[] softmax = new float[row.length];
        kernel().softmaxInto(row, 0, row.length, new RowState(temperature, 0), softmax, 0);
        assertThat(softmax).isEqualTo(p);
        for (int i = 0; i < row.length; i++) {
            int bits = Float.floatToRawIntBits(normative.probability(row[i]));
            assertThat(Float.floatToRawIntBits(p[i])).as("p[%s]", i).isEqualTo(bits);
            assertThat(Float.floatToRawIntBits(state.probability(row[i]))).isEqualTo(bits);
        }
    }

    @Test
    void hasTheBitsOfTheGoldenRows() {
        for (GoldenRows golden : GoldenRows.all()) {
            float[] row = golden.row();
            RowState state = reduced(row, golden.temperature());
            state.setLabelScore(row[golden.label()]);
            assertThat(StateBits.of(state)).as(golden.name()).isEqualTo(golden.bits());
            assertThat(Float.toHexString(state.probability(row[golden.label()])))
                    .as(golden.name())
                    .isEqualTo(golden.labelProbability());
        }
    }

    @Test
    void readsOnlyItsPartOfTheArray() {
        for (int from = 0; from <= 33; from++) {
            float[] part = randomRow(700, 1, 15);
            float[] array = TestRows.constant(1000, Float.NaN);
            System.arraycopy(part, 0, array, from, part.length);
            RowState state = new RowState(1, 5);
            kernel().reduce(array, from, from + 700, 0, state);
            state.setLabelScore(0);
            RowState expected = reduced(part, 1);
            expected.setLabelScore(0);
            assertThat(StateBits.of(state)).isEqualTo(StateBits.of(expected));
        }
    }

    @Test
    void countsClassesFromTheFirst() {
        float[] row = randomRow(700, 1, 3);
        RowState shifted = new RowState(1, 5);
        kernel().reduce(row, 0, 700, 40_000, shifted);
        RowState expected = reduced(row, 1);
        for (int rank = 0; rank < 5; rank++) {
            assertThat(shifted.topK().classAt(rank))
                    .isEqualTo(expected.topK().classAt(rank) + 40_000);
        }
    }

    @Test
    void goesOnWhereItStoppedAtABlockWithTheSameBits() {
        float[] row = randomRow(4700, 1, 3);
        RowState state = new RowState(1, 5);
        kernel().reduce(row, 0, 2048, 0, state);
        kernel().reduce(row, 2048, 4700, 2048, state);
        state.setLabelScore(row[3]);
        RowState whole = reduced(row, 1);
        whole.setLabelScore(row[3]);
        assertThat(StateBits.of(state)).isEqualTo(StateBits.of(whole));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 513})
    void leavesTheScoresAloneAndMayWriteProbabilitiesOverThem(int numClasses) {
        float[] row = randomRow(numClasses, 1, 3);
        float[] before = row.clone();
        RowState state = reduced(row, 1);
        float[] p = new float[numClasses];
        kernel().probabilitiesInto(row, 0, row.length, state, p, 0);
        assertThat(row).isEqualTo(before);
        kernel().probabilitiesInto(row, 0, row.length, state, row, 0);
        assertThat(row).isEqualTo(p);
    }
}
