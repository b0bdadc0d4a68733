package io.logitstream.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DriftTest {

    private static ClassCounts counts(int... predicted) {
        ClassCounts counts = new ClassCounts();
        for (int i = 0; i < predicted.length; i++) {
            for (int n = 0; n < predicted[i]; n++) {
                counts.addPredicted(i, 1);
            }
        }
        return counts;
    }

    private static Drift drift(ClassCounts counts, double... weights) {
        return Drift.between(counts, DriftReference.ofWeights(weights).shares());
    }

    @Test
    void theSameSharesDoNotDrift() {
        assertThat(drift(counts(1, 3, 0), 10, 30, 0)).isEqualTo(new Drift(0, 0));
    }

    /** By hand: (0.75 - 0.5) ln 1.5 + (0.25 - 0.5) ln 0.5 = 0.274653. */
    @Test
    void theIndexIsThatOfTheHand() {
        assertThat(drift(counts(3, 1), 1, 1).psi()).isCloseTo(0.2746530722, within(1e-10));
    }

    /** By hand, in bits: H(0.625, 0.375) - (H(0.75, 0.25) + H(0.5, 0.5)) / 2 = 0.048795. */
    @Test
    void theDivergenceIsThatOfTheHand() {
        assertThat(drift(counts(3, 1), 1, 1).jensenShannon())
                .isCloseTo(0.0487949407, within(1e-10));
    }

    @Test
    void disjointSharesAreOneBitApartAndTheIndexStaysFinite() {
        Drift drift = drift(counts(0, 5), 1, 0);
        assertThat(drift.jensenShannon()).isEqualTo(1);
        // Both classes are (1 - 0.0001) ln 10,000 apart.
        assertThat(drift.psi()).isCloseTo(2 * 0.9999 * Math.log(1e4), within(1e-9));
    }

    @Test
    void aBaselineThatMayStillChangeIsComparedWithNothing() {
        DriftBaseline baseline =
                DriftBaseline.NONE.with(1_000, new long[] {1, 1}, 2).with(2_000, new long[0], 2);
        assertThat(baseline.windows()).as("an empty window does not count").isEqualTo(1);
        assertThat(baseline.compare(counts(1, 1), 9_000, 2, 500)).isNull();
        baseline = baseline.with(3_000, new long[] {1, 1}, 2).with(4_000, new long[] {9, 0}, 2);
        assertThat(baseline.endMillis()).isEqualTo(3_000);
        assertThat(baseline.compare(counts(1, 1), 3_500, 2, 500)).isNull();
        assertThat(baseline.compare(counts(1, 1), 3_501, 2, 500)).isEqualTo(new Drift(0, 0));
    }

    @Test
    void nothingPredictedIsNoDrift() {
        assertThat(Drift.between(new ClassCounts(), new double[] {1})).isNull();
    }
}
