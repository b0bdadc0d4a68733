package io.logitstream.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.kernel.CalibrationBins;
import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.RowKernels;
import io.logitstream.kernel.RowLoss;
import io.logitstream.kernel.RowState;
import io.logitstream.kernel.RowState.Sums;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;

/** Figures that other libraries print in their documentation, from the same inputs. */
class PublishedMetricsTest {

    private final RowKernel kernel = RowKernels.create();

    /** The term of a distribution, as the classifier makes it. */
    private LossTerm term(RowLoss loss, int label, double... probabilities) {
        float[] scores = new float[probabilities.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) Math.log(probabilities[i]);
        }
        RowState state = new RowState(1, LabelFigures.RANKS, EnumSet.allOf(Sums.class));
        kernel.reduce(scores, 0, scores.length, 0, state);
        int rank = state.topK().rankOf(label);
        LabelFigures figures =
                LabelFigures.of(label, scores[label], rank, state.summary(), loss, 1);
        return TestLossTerms.row(1, state.confidence(), state.entropy(), figures);
    }

    private LossTerm term(int label, double... probabilities) {
        return term(RowLoss.CROSS_ENTROPY, label, probabilities);
    }

    /** River, {@code metrics.CrossEntropy}: the mean after each row of its example. */
    @Test
    void crossEntropyRunsAsRiversDoes() {
        double[][] rows = {
            {0.29450637, 0.34216758, 0.36332605},
            {0.21290077, 0.32728332, 0.45981591},
            {0.42860913, 0.33380113, 0.23758974},
            {0.44941979, 0.32962558, 0.22095463},
        };
        int[] labels = {0, 1, 2, 2};
        double[] expected = {1.222454, 1.169691, 1.258864, 1.321597};
        LossState state = new LossState();
        for (int i = 0; i < rows.length; i++) {
            state.add(term(labels[i], rows[i]));
            // River cuts its figures off after six decimals.
            assertThat(state.lossMean()).isCloseTo(expected[i], within(1.1e-6));
        }
    }

    /** scikit-learn, {@code log_loss}: spam, ham, ham, spam; the columns are ham and spam. */
    @Test
    void logLossIsThatOfScikitLearn() {
        LossState state = new LossState();
        state.add(term(1, 0.1, 0.9));
        state.add(term(0, 0.9, 0.1));
        state.add(term(0, 0.8, 0.2));
        state.add(term(1, 0.35, 0.65));
        assertThat(state.lossMean()).isCloseTo(0.21616, within(5e-6));
    }

    /** scikit-learn, {@code top_k_accuracy_score} with k = 2: 0.75, and 3 rows of 4. */
    @Test
    void ranksAreThoseOfScikitLearn() {
        double[][] scores = {{0.5, 0.2, 0.2}, {0.3, 0.4, 0.2}, {0.2, 0.4, 0.3}, {0.7, 0.2, 0.1}};
        int[] labels = {0, 1, 2, 2};
        int amongTwo = 0;
        for (int i = 0; i < scores.length; i++) {
            amongTwo += term(labels[i], scores[i]).label().rank() < 2 ? 1 : 0;
        }
        assertThat(amongTwo).isEqualTo(3);
    }

    /**
     * TorchMetrics, {@code MulticlassCalibrationError} with 3 bins: 0.2 for the mean gap and 0.2333
     * for the largest. Five of our bins make one of its. It has a confidence on an edge in the
     * upper bin, we in the lower one (Guo et al.); none of the example's is on an edge of 3 bins.
     */
    @Test
    void calibrationErrorIsThatOfTorchMetrics() {
        LossState state = new LossState();
        state.add(term(0, 0.25, 0.20, 0.55));
        state.add(term(1, 0.55, 0.05, 0.40));
        state.add(term(2, 0.10, 0.30, 0.60));
        state.add(term(0, 0.90, 0.05, 0.05));
        double mean = 0;
        double largest = 0;
        for (int third = 0; third < 3; third++) {
            double count = 0;
            double gap = 0;
            for (int bin = 5 * third; bin < 5 * third + 5; bin++) {
                CalibrationBins bins = state.calibration();
                if (bins.count(bin) > 0) {
                    count += bins.count(bin);
                    gap += bins.count(bin) * (bins.accuracy(bin) - bins.confidence(bin));
                }
            }
            mean += Math.abs(gap) / 4;
            largest = count == 0 ? largest : Math.max(largest, Math.abs(gap) / count);
        }
        assertThat(mean).isCloseTo(0.2000, within(5e-5));
        assertThat(largest).isCloseTo(0.2333, within(5e-5));
    }

    /** torch documents {@code (1 - a) CE(x, y) + a / K sum_k CE(x, k)}. */
    @Test
    void smoothedLossIsThatOfTorch() {
        double[] p = {0.7, 0.2, 0.1};
        double mean = -(Math.log(0.7) + Math.log(0.2) + Math.log(0.1)) / 3;
        LossState state = new LossState();
        state.add(term(new RowLoss(0.1, 0), 1, p));
        assertThat(state.lossMean()).isCloseTo(0.9 * -Math.log(0.2) + 0.1 * mean, within(1e-6));
    }

    /** By hand: p = 0.2 for the label, gamma = 2: 0.8^2 times 1.609438. */
    @Test
    void focalLossIsThatOfTheHand() {
        LossState state = new LossState();
        state.add(term(new RowLoss(0, 2), 1, 0.7, 0.2, 0.1));
        assertThat(state.lossMean()).isCloseTo(1.0300403, within(1e-6));
    }
}
