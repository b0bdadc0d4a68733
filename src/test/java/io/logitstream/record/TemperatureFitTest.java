package io.logitstream.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemperatureFitTest {

    private static RowFit row(double lossOnGrid, double lossNow) {
        RowFit.At at = new RowFit.At(lossOnGrid, 0.1, 0.9);
        return new RowFit(8, new RowFit.At[] {at, at}, new RowFit.At(lossNow, 0.1, 0.9));
    }

    @ParameterizedTest
    @CsvSource({"1e19, 1", "1, 1e19", "1, Infinity", "Infinity, 1"})
    void leavesOutARowWhoseLossIsTooLargeForTheSumsAtOneOfItsTemperatures(
            double lossOnGrid, double lossNow) {
        TemperatureFit fit = new TemperatureFit();
        fit.add(row(2, 3), 1, true, 1);
        fit.add(row(lossOnGrid, lossNow), 1, false, 1);
        assertThat(fit.samples()).isOne();
        assertThat(fit.lossBefore()).isEqualTo(3);
    }

    @Test
    void leavesOutWhatOnlyItsWeightMakesTooLarge() {
        TemperatureFit fit = new TemperatureFit();
        fit.add(row(1e12, 1e12), 1, true, 1);
        fit.add(row(1, 1e12), 0x1p35, true, 1);
        assertThat(fit.samples()).isOne();
    }
}
