package io.logitstream.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.Seeds;
import io.logitstream.kernel.RowState.Sums;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparseRowTest {

    private static final float MASKED = Float.NEGATIVE_INFINITY;

    private final Random random = Seeds.random(getClass());

    private static SparseRow sparse(RowKernel kernel, int power, double temperature, float... row) {
        RowState state = new RowState(temperature, 1, EnumSet.noneOf(Sums.class));
        kernel.reduce(row, 0, row.length, 0, state);
        SparseRow sparse = new SparseRow(power, temperature);
        sparse.become(kernel, row, 0, row.length, state.topK().score(0));
        return sparse;
    }

    private static SparseRow sparse(int power, double temperature, float... row) {
        return sparse(RowKernels.create(), power, temperature, row);
    }

    private static float[] probabilities(SparseRow sparse, float... row) {
        float[] out = new float[row.length + 2];
        sparse.probabilitiesInto(row, 0, row.length, out, 1);
        return Arrays.copyOfRange(out, 1, row.length + 1);
    }

    @Test
    void givesThePublishedExample() {
        float[] row = {-2, 0, 0.5f};
        assertThat(probabilities(sparse(1, 1, row), row)).containsExactly(0, 0.25f, 0.75f);
        float[] entmax = probabilities(sparse(2, 1, row), row);
        assertThat(entmax).containsExactly(new float[] {0, 0.3260f, 0.6740f}, within(5e-5f));
    }

    /** The threshold by sorting, as in algorithm 1 of both papers, over all scores. */
    private static double sortedTau(int power, double temperature, float[] row) {
        double max = Float.NEGATIVE_INFINITY;
        for (float x : row) {
            max = Math.max(max, x);
        }
        double[] u = new double[row.length];
        for (int i = 0; i < u.length; i++) {
            u[i] = (max - row[i]) / temperature / power;
        }
        Arrays.sort(u);
        double sum = 0;
        double squares = 0;
        double tau = Double.NaN;
        for (int k = 1; k <= u.length && u[k - 1] < Double.POSITIVE_INFINITY; k++) {
            double x = -u[k - 1];
            sum += x;
            squares += x * x;
            double mean = sum / k;
            double scatter = squares - sum * mean;
            double candidate =
                    power == 1 ? (sum - 1) / k : mean - Math.sqrt(Math.max(0, 1 - scatter) / k);
            if (candidate <= x) {
                tau = candidate;
            }
        }
        return tau;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void findsWhatSortingFinds(int power) {
        for (int run = 0; run < 3_000; run++) {
            // Of a long row the kernel makes longer blocks.
            int classes = run < 2 ? 300_001 : 1 + random.nextInt(run % 100 == 0 ? 20_000 : 300);
            double deviation = Math.pow(10, random.nextInt(5) - 3);
            double temperature = Math.pow(10, random.nextInt(3) - 1);
            float[] row =
                    TestRows.gaussian(random, classes, 100 * random.nextGaussian(), deviation);
            if (run % 3 == 0) {
                TestRows.masked(random, row, 0.5, random.nextInt(classes));
            }
            SparseRow sparse = sparse(power, temperature, row);
            SparseThreshold found = sparse.summary().sparse();
            double tau = sortedTau(power, temperature, row);
            assertThat(found.tau()).isCloseTo(tau, within(1e-9));
            double total = 0;
            int support = 0;
            for (float score : row) {
                float p = sparse.probability(score);
                total += p;
                support += p > 0 ? 1 : 0;
            }
            assertThat(total).as("%d classes", classes).isCloseTo(1, within(1e-6));
            assertThat(sparse.support()).isCloseTo(support, within(1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void spreadsEqualScoresOverAllThatAreNotMasked(int power) {
        float[] row = TestRows.constant(5_000, 7);
        row[17] = MASKED;
        SparseRow sparse = sparse(power, 1, row);
        assertThat(sparse.support()).isEqualTo(4_999);
        assertThat(sparse.probability(7)).isCloseTo(1f / 4_999, within(1e-9f));
        assertThat(sparse.probability(MASKED)).isZero();
        assertThat(sparse(power, 1, 3).probability(3)).isEqualTo(1);
        assertThat(sparse(power, 1e-6, 3, 4).probability(4)).isEqualTo(1);
        assertThat(sparse(power, 1e6, 3, 4).probability(4)).isCloseTo(0.5f, within(1e-6f));
    }

    @Test
    void isTheProjectionOnTheSimplexForSparsemax() {
        // The nearest point of the simplex: no other point is nearer.
        float[] row = TestRows.gaussian(random, 40, 0, 1);
        float[] p = probabilities(sparse(1, 1, row), row);
        double nearest = distance(p, row);
        for (int run = 0; run < 1_000; run++) {
            float[] other = p.clone();
            int from = random.nextInt(40);
            int to = random.nextInt(40);
            float moved = other[from] * random.nextFloat();
            other[from] -= moved;
            other[to] += moved;
            assertThat(distance(other, row)).isGreaterThanOrEqualTo(nearest - 1e-6);
        }
    }

    private static double distance(float[] p, float[] z) {
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            sum += ((double) p[i] - z[i]) * ((double) p[i] - z[i]);
        }
        return sum;
    }

    /** Blondel et al. 2020: the gradient of the loss is p - y. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void hasALossWhoseGradientIsTheErrorOfTheProbabilities(int power) {
        for (double temperature : new double[] {1, 2}) {
            float[] row = TestRows.gaussian(random, 12, 5, 1.5);
            int label = random.nextInt(12);
            float[] p = probabilities(sparse(power, temperature, row), row);
            float h = 0x1p-7f;
            for (int i = 0; i < 12; i++) {
                float[] more = row.clone();
                float[] less = row.clone();
                more[i] += h;
                less[i] -= h;
                double slope =
                        (loss(power, temperature, more, label)
                                        - loss(power, temperature, less, label))
                                / ((double) more[i] - less[i]);
                double expected = (p[i] - (i == label ? 1 : 0)) / temperature;
                assertThat(slope).isCloseTo(expected, within(5e-3));
            }
        }
    }

    private static double loss(int power, double temperature, float[] row, int label) {
        return RowLoss.CROSS_ENTROPY.nats(sparse(power, temperature, row).summary(), row[label]);
    }

    @Test
    void hasTheLossOfThePaperForSparsemax() {
        // Martins and Astudillo 2016, section 3.3: -z_y + (sum over support of z^2 - tau^2)/2 +
        // 1/2.
        float[] row = {-2, 0, 0.5f};
        double tau = -0.25;
        double half = (0 - tau * tau + 0.25 - tau * tau) / 2 + 0.5;
        for (int label = 0; label < 3; label++) {
            assertThat(loss(1, 1, row, label)).isCloseTo(half - row[label], within(1e-12));
        }
        assertThat(loss(1, 1, new float[] {0, 5}, 1)).as("all is the label's").isZero();
        assertThat(loss(1, 1, new float[] {MASKED, 5}, 0)).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void expectsTheLossThatItsEntropySays(int power) {
        float[] row = TestRows.gaussian(random, 30, 0, 1);
        SparseRow sparse = sparse(power, 1.5, row);
        double expected = 0;
        double brier = 0;
        for (float score : row) {
            float p = sparse.probability(score);
            expected += p * RowLoss.CROSS_ENTROPY.nats(sparse.summary(), score);
            brier += (double) p * p;
        }
        assertThat(sparse.summary().sparse().entropy()).isCloseTo(expected, within(1e-6));
        assertThat(sparse.summary().sumOfSquares()).isCloseTo(brier, within(1e-6));
        float p = sparse.probability(row[3]);
        assertThat(sparse.summary().brier(row[3])).isCloseTo(brier - 2 * p + 1, within(1e-6));
        float max = row[0];
        for (float score : row) {
            max = Math.max(max, score);
        }
        assertThat(sparse.summary().confidence()).isCloseTo(sparse.probability(max), within(1e-7));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void givesTheSameBitsWithEveryKernel(int power) {
        for (int classes : new int[] {1, 15, 17, 1_000, 4_097, 100_003}) {
            float[] row = TestRows.gaussian(random, classes, 3, 0.4);
            RowSummary fast = sparse(RowKernels.create(), power, 1.3, row).summary();
            RowSummary scalar =
                    sparse(new RowKernel(new ScalarLaneLoops()), power, 1.3, row).summary();
            assertThat(fast).isEqualTo(scalar);
        }
    }

    @Test
    void reusesItselfFromRowToRow() {
        RowKernel kernel = RowKernels.create();
        float[] flat = TestRows.constant(3_000, 1);
        float[] row = {9, -2, 0, 0.5f, 9};
        SparseRow sparse = new SparseRow(1, 1);
        RowState state = new RowState(1, 1, EnumSet.noneOf(Sums.class));
        kernel.reduce(flat, 0, flat.length, 0, state);
        sparse.become(kernel, flat, 0, flat.length, 1);
        state.clear();
        kernel.reduce(row, 1, 4, 0, state);
        sparse.become(kernel, row, 1, 4, state.topK().score(0));
        assertThat(sparse.support()).isEqualTo(2);
        assertThat(sparse.probability(0.5f)).isEqualTo(0.75f);
    }
}
