package io.logitstream.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
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

    private static final int[] SIZES = {1, 2, 15, 16, 17, 31, 32, 33, 511, 512, 513, 1000, 4097};
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
    @ValueSource(ints = {2, 16, 33, 512, 1000})
    void figuresKeepTheirBoundsWhenAllRoundingErrorsPointOneWay(int numClasses) {
        for (float gap = 1.5f; gap < 20; gap += 3.5f) {
            float low = -gap * (1 + random.nextFloat() / 10);
            float[] row = TestRows.twoLevels(numClasses, numClasses / 3, low);
            checkFigures(row, 1, new ReferenceRow(row, 1), 5e-6);
        }
    }

    /** Checks the bounds that {@link RowState} states, scaled to {@code bound}. */
    private void checkFigures(
            float[] row, double temperature, ReferenceRow reference, double bound) {
        RowState state = reduced(row, temperature);
        int label = random.nextInt(row.length);
        state.setLabelScore(row[label]);

        assertThat(state.classes()).isEqualTo(row.length);
        assertThat(state.isInvalid()).isFalse();
        assertThat(state.logSumExp()).isCloseTo(reference.logSumExp, within(bound));
        assertThat(state.crossEntropy()).isCloseTo(-reference.logProbability(label), within(bound));
        assertThat(state.entropy())
                .isCloseTo(reference.entropy, within(bound * Math.max(1, reference.entropy)));
        assertThat(state.sumOfSquares())
                .isCloseTo(reference.sumOfSquares, within(2 * bound * reference.sumOfSquares));
        assertThat(state.scoreVariance())
                .isCloseTo(
                        reference.scoreVariance, within(2 * bound * reference.meanSquare + 1e-9));
        assertThat(state.brier()).isCloseTo(reference.brier(label), within(2 * bound));
        assertThat(state.confidence())
                .isCloseTo(reference.probabilities[ReferenceRow.ranking(row)[0]], within(bound));
    }

    private void checkProbabilities(float[] row, double temperature, ReferenceRow reference) {
        RowState state = reduced(row, temperature);
        double[] expected = reference.probabilities;
        float[] p = new float[row.length];
        kernel().probabilitiesInto(row, state, p);
        double sum = 0;
        double max = row[ReferenceRow.ranking(row)[0]];
        for (int i = 0; i < row.length; i++) {
            sum += p[i];
            double distance = (max - row[i]) / temperature;
            // A float32 difference of scores is off by its last bit, and exp makes that a
            // relative error in proportion to the distance.
            double relative = distance < 10 ? 4e-6 : 2.2e-6 + 1.8e-7 * distance;
            if (distance < 79.9) {
                assertThat((double) p[i]).isCloseTo(expected[i], within(relative * expected[i]));
            } else {
                assertThat(p[i]).isBetween(0f, 2e-35f);
            }
        }
        assertThat(sum).isCloseTo(1, within(1e-6));
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

    private void assertSameBits(float[] row, double temperature, int label) {
        RowState state = reduced(row, temperature);
        state.setLabelScore(row[label]);
        NormativeRow normative = new NormativeRow(row, temperature);
        int[] ranking = ReferenceRow.ranking(row);
        int[] best = Arrays.copyOf(ranking, Math.min(5, ranking.length));
        assertThat(StateBits.of(state)).isEqualTo(normative.bits(row[label], best));
        float[] p = new float[row.length];
        kernel().probabilitiesInto(row, state, p);
        for (int i = 0; i < row.length; i++) {
            int bits = Float.floatToRawIntBits(normative.probability(row[i]));
            assertThat(Float.floatToRawIntBits(p[i])).as("p[%s]", i).isEqualTo(bits);
            assertThat(Float.floatToRawIntBits(state.probability(row[i]))).isEqualTo(bits);
        }
    }

    @Test
    void hasTheBitsOfVersion010() {
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
        float[] row = randomRow(1700, 1, 3);
        RowState state = new RowState(1, 5);
        kernel().reduce(row, 0, 1024, 0, state);
        kernel().reduce(row, 1024, 1700, 1024, state);
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
        kernel().probabilitiesInto(row, state, p);
        assertThat(row).isEqualTo(before);
        kernel().probabilitiesInto(row, state, row);
        assertThat(row).isEqualTo(p);
    }
}
