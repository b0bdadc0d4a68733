package io.logitstream.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.Seeds;
import java.util.EnumSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowLossTest {

    private static final float MASKED = Float.NEGATIVE_INFINITY;

    private final Random random = Seeds.random(getClass());

    private static RowState reduced(RowLoss loss, double temperature, int label, float... row) {
        EnumSet<RowState.Sums> sums = EnumSet.of(RowState.Sums.MOMENTS);
        sums.addAll(loss.sums());
        RowState state = new RowState(temperature, 0, sums);
        RowKernels.create().reduce(row, 0, row.length, 0, state);
        state.setLabelScore(row[label]);
        return state;
    }

    private static double nats(RowLoss loss, int label, float... row) {
        return loss.nats(reduced(loss, 1, label, row).summary(), row[label]);
    }

    /**
     * torch documents {@code (1 - a) CE + a / K sum_k CE_k}. For (2, 1, 0) the log-sum-exp is
     * 2.407606, the cross-entropies 0.407606, 1.407606 and 2.407606, their mean 1.407606.
     */
    @Test
    void smoothsLabelsAsTorchDoes() {
        double loss = nats(new RowLoss(0.1, 0), 0, 2, 1, 0);
        assertThat(loss).isCloseTo(0.9 * 0.4076059644 + 0.1 * 1.4076059644, within(1e-7));
    }

    /** p = 1/4 for the label: the loss is (3/4)^2 ln 4. */
    @Test
    void weighsAnUncertainLabelByTheFocalFactor() {
        double loss = nats(new RowLoss(0, 2), 1, 0, 0, 0, 0);
        assertThat(loss).isCloseTo(0.5625 * 1.3862943611, within(1e-9));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 17, 1000, 4097})
    void agreesWithTheDefinitionsOnRandomRows(int numClasses) {
        for (double temperature : new double[] {0.3, 1, 5}) {
            float[] row = TestRows.gaussian(random, numClasses, 40, 3 * temperature);
            int label = random.nextInt(numClasses);
            TestRows.masked(random, row, 0.2, label);
            ReferenceRow reference = new ReferenceRow(row, temperature);
            double crossEntropy = -reference.logProbability(label);
            double mean = 0;
            int unmasked = 0;
            for (int i = 0; i < numClasses; i++) {
                if (row[i] != MASKED) {
                    mean -= reference.logProbability(i);
                    unmasked++;
                }
            }
            mean /= unmasked;
            RowLoss smooth = new RowLoss(0.2, 0);
            assertThat(smooth.nats(reduced(smooth, temperature, label, row).summary(), row[label]))
                    .isCloseTo(0.8 * crossEntropy + 0.2 * mean, within(1e-6));
            RowLoss focal = new RowLoss(0, 1.5);
            double factor = Math.pow(-Math.expm1(-crossEntropy), 1.5);
            assertThat(focal.nats(reduced(focal, temperature, label, row).summary(), row[label]))
                    .isCloseTo(factor * crossEntropy, within(1e-6));
        }
    }

    @Test
    void isTheCrossEntropyToTheLastBitWithoutParameters() {
        float[] row = TestRows.gaussian(random, 100, 0, 4);
        RowState state = reduced(RowLoss.CROSS_ENTROPY, 1, 7, row);
        assertThat(RowLoss.CROSS_ENTROPY.nats(state.summary(), row[7]))
                .isEqualTo(state.crossEntropy());
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0.1, 0", "1, 0", "0, 2"})
    void isFiniteWhereTheProbabilityOfTheLabelIsZero(double smoothing, double gamma) {
        double loss = nats(new RowLoss(smoothing, gamma), 1, 0, -5000, MASKED);
        assertThat(loss).isBetween(2499.9, 5000.1);
    }

    /** Rather than leave the class out: such a row is counted as infinite. */
    @Test
    void smoothingIsInfiniteWhereTheSpreadLeavesFloat32() {
        assertThat(nats(new RowLoss(0.1, 0), 0, 3e38f, -3e38f)).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0.1, 0", "1, 0", "0, 2"})
    void isInfiniteForAMaskedLabel(double smoothing, double gamma) {
        assertThat(nats(new RowLoss(smoothing, gamma), 1, 0, MASKED, 3))
                .isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void theFocalLossOfACertainLabelDoesNotCancel() {
        // 1 - p is 2.06e-9, of which a float32 probability knows nothing.
        double loss = nats(new RowLoss(0, 1), 0, 20, 0);
        assertThat(loss).isCloseTo(4.248e-18, within(1e-20));
        assertThat(nats(new RowLoss(0, 2), 0, 5)).isZero();
    }

    @Test
    void refusesParametersOutOfRangeAndTheTwoTogether() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RowLoss(1.1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new RowLoss(Double.NaN, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new RowLoss(0, -1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RowLoss(0.1, 2))
                .withMessageContainingAll("0.1", "2.0");
    }
}
