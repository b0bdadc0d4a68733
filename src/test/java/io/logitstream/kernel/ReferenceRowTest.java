package io.logitstream.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** The reference itself, against numbers that can be checked by hand. */
class ReferenceRowTest {

    @Test
    void knowsTwoClasses() {
        ReferenceRow row = new ReferenceRow(new float[] {3, 1}, 1);
        double p = 1 / (1 + StrictMath.exp(-2));
        assertThat(row.probabilities[0]).isCloseTo(p, within(1e-16));
        assertThat(row.logSumExp).isCloseTo(3.1269280110429727, within(1e-15));
        assertThat(row.entropy).isCloseTo(0.36533385508720784, within(1e-15));
        assertThat(row.sumOfSquares).isCloseTo(p * p + (1 - p) * (1 - p), within(1e-15));
        assertThat(row.scoreVariance).isCloseTo(4 * p * (1 - p), within(1e-15));
        assertThat(row.brier(1)).isCloseTo(2 * p * p, within(1e-15));
        assertThat(row.logProbability(1)).isCloseTo(1 - 3.1269280110429727, within(1e-15));
    }

    @Test
    void knowsUniformRowsAtAnyTemperature() {
        ReferenceRow row = new ReferenceRow(TestRows.constant(8, -4f), 0.25);
        assertThat(row.logSumExp).isCloseTo(-16 + 3 * StrictMath.log(2), within(1e-14));
        assertThat(row.entropy).isCloseTo(3 * StrictMath.log(2), within(1e-15));
        assertThat(row.sumOfSquares).isEqualTo(0.125);
        assertThat(row.scoreVariance).isZero();
        assertThat(row.brier(3)).isCloseTo(0.875, within(1e-15));
    }

    @Test
    void ranksEqualScoresByClassAndLeavesMaskedOnesOut() {
        float[] scores = {-0f, 2, Float.NEGATIVE_INFINITY, 0f, 2, -1};
        assertThat(ReferenceRow.ranking(scores)).containsExactly(1, 4, 0, 3, 5);
    }
}
