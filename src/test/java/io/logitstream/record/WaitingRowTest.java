package io.logitstream.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.Seeds;
import io.logitstream.kernel.RowKernels;
import io.logitstream.kernel.RowLoss;
import io.logitstream.kernel.RowState;
import io.logitstream.kernel.RowState.Sums;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a label says of a row of which not everything was kept. */
class WaitingRowTest {

    private static final float MASKED = Float.NEGATIVE_INFINITY;

    private final Random random = Seeds.random(getClass());

    private record Kept(Keep keep, float[] scores, RowState state) {

        WaitingRow row(RowLoss loss) {
            ScoreRecord record =
                    new ScoreRecord("r", "m", 5, scores, ScoreRecord.NO_LABEL, null, null, 1);
            return WaitingRow.of(record, state, state.summary(), keep, loss);
        }

        LabelFigures judge(int label, RowLoss loss) {
            return row(loss).judge(label, 1);
        }

        LabelFigures exact(int label, RowLoss loss) {
            return LabelFigures.of(
                    label, scores[label], state.topK().rankOf(label), state.summary(), loss, 1);
        }
    }

    private static Kept keep(Keep keep, double temperature, float... scores) {
        Set<Sums> sums = EnumSet.allOf(Sums.class);
        RowState state = new RowState(temperature, keep.best(), sums);
        RowKernels.create().reduce(scores, 0, scores.length, 0, state);
        return new Kept(keep, scores, state);
    }

    private float[] scores(int numClasses, double deviation) {
        float[] scores = new float[numClasses];
        for (int i = 0; i < numClasses; i++) {
            scores[i] = (float) (deviation * random.nextGaussian());
        }
        return scores;
    }

    private static RowLoss loss(double smoothing, double gamma) {
        return new RowLoss(smoothing, gamma);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 5, 6, 1000})
    void float32KeepsEveryBitOfEveryLabel(int numClasses) {
        float[] scores = scores(numClasses, 4);
        if (numClasses > 4) {
            scores[3] = MASKED;
        }
        Kept kept = keep(Keep.FLOAT32, 0.7, scores);
        assertThat(kept.row(loss(0, 0)).scores()).hasSize(4 * numClasses);
        for (RowLoss loss : new RowLoss[] {loss(0, 0), loss(0.1, 0), loss(0, 2)}) {
            for (int label = 0; label < numClasses; label++) {
                assertThat(kept.judge(label, loss)).isEqualTo(kept.exact(label, loss));
            }
        }
    }

    /** The bound of {@link Keep}, and exact bits for the best five. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-6, 0.01, 1, 30, 5e3})
    void float16IsOffByAtMostItsBound(double deviation) {
        double temperature = 0.8;
        Kept kept = keep(Keep.FLOAT16, temperature, scores(1000, deviation));
        assertThat(kept.row(loss(0, 0)).scores()).hasSize(2000);
        RowLoss loss = loss(0, 0);
        for (int label = 0; label < 1000; label++) {
            LabelFigures figures = kept.judge(label, loss);
            LabelFigures exact = kept.exact(label, loss);
            if (exact.rank() >= 0) {
                assertThat(figures).isEqualTo(exact);
                continue;
            }
            float max = kept.state.summary().max();
            double distance = (double) max - kept.scores[label];
            // What float32 itself loses where the difference is taken and added again.
            double rounding = 0x1p-23 * (Math.abs(max) + distance);
            double bound = Math.max(0x1p-11 * distance, 0x1p-25) + rounding;
            assertThat(Math.abs(figures.lossNats() - exact.lossNats()))
                    .isLessThanOrEqualTo(bound / temperature);
            assertThat(figures.isExact()).isTrue();
            assertThat(figures.rank()).isEqualTo(-1);
        }
    }

    @Test
    void float16TellsMaskedClassesFromFarOnes() {
        Kept kept = keep(Keep.FLOAT16, 1, 0, 1, 2, 3, 4, MASKED, -1e9f);
        assertThat(kept.judge(5, loss(0, 0)).lossNats()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(kept.judge(6, loss(0, 0)).lossNats()).isBetween(65_000.0, 66_000.0);
    }

    @Test
    void float16TellsMaskedClassesFromThoseBeyondTheRangeOfFloat32() {
        Kept kept = keep(Keep.FLOAT16, 1, 3e38f, 1, 2, 3, 4, MASKED, -3e38f);
        assertThat(kept.judge(5, loss(0, 0)).lossNats()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(kept.judge(6, loss(0, 0)).lossNats()).isFinite();
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 32, 128})
    void topIsExactForTheBestAndBoundsTheOthers(int best) {
        Kept kept = keep(Keep.top(best), 1, scores(1000, 3));
        assertThat(kept.row(loss(0, 0)).scores()).isEmpty();
        assertThat(kept.row(loss(0, 0)).topScores()).hasSize(best);
        int bounded = 0;
        for (RowLoss loss : new RowLoss[] {loss(0, 0), loss(0.1, 0), loss(0, 2)}) {
            for (int label = 0; label < 1000; label++) {
                LabelFigures figures = kept.judge(label, loss);
                LabelFigures exact = kept.exact(label, loss);
                assertThat(figures.rank()).isEqualTo(exact.rank());
                if (kept.state.topK().rankOf(label) >= 0) {
                    assertThat(figures).isEqualTo(exact);
                } else {
                    bounded++;
                    assertThat(exact.lossNats())
                            .isBetween(figures.lossNats(), figures.upperLossNats());
                    assertThat(figures.isExact()).isFalse();
                }
            }
        }
        assertThat(bounded).isEqualTo(3 * (1000 - best));
    }

    @Test
    void topHasNoUpperBoundWhereTheLabelMayBeMasked() {
        Kept kept = keep(Keep.top(5), 1, 6, 5, 4, 3, 2, 1, MASKED);
        LabelFigures figures = kept.judge(5, loss(0, 0));
        assertThat(figures.lossNats()).isFinite();
        assertThat(figures.upperLossNats()).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void topKnowsTheScoreOfATailThatIsFlat() {
        Kept kept = keep(Keep.top(5), 1, 6, 5, 4, 3, 1, 1, 1);
        assertThat(kept.judge(6, loss(0, 0))).isEqualTo(kept.exact(6, loss(0, 0)));
    }

    @Test
    void topKnowsALossThatNoScoreChanges() {
        Kept kept = keep(Keep.top(5), 1, 6, 5, 4, 3, 2, 1, 0);
        LabelFigures figures = kept.judge(6, loss(1, 0));
        assertThat(figures.lossNats()).isEqualTo(figures.upperLossNats());
        assertThat(figures.isExact()).isTrue();
        assertThat(figures.brier()).as("nothing is known of it").isNaN();
    }

    /** A job goes on with more classes than it had when the row came. */
    @Test
    void aClassThatTheRowDoesNotHaveIsAsAMaskedOne() {
        float[][] rows = {{6, 5, 4, 3, 2, 1}, {1, 1, 1, 1, 1, 1}, {2, 1}};
        for (Keep keep : List.of(Keep.FLOAT32, Keep.FLOAT16, Keep.top(5))) {
            for (float[] row : rows) {
                LabelFigures figures = keep(keep, 1, row).row(loss(0, 0)).judge(row.length, 1);
                assertThat(figures.lossNats()).isEqualTo(Double.POSITIVE_INFINITY);
                assertThat(figures.isExact()).isTrue();
            }
        }
    }

    @Test
    void topKnowsAMaskedLabelIfAllOthersAreKept() {
        Kept kept = keep(Keep.top(5), 1, 6, 5, MASKED, 3);
        assertThat(kept.judge(2, loss(0, 0)).lossNats()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(kept.judge(2, loss(0, 0)).isExact()).isTrue();
    }
}
