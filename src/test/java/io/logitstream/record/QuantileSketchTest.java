package io.logitstream.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class QuantileSketchTest {

    private final QuantileSketch sketch = new QuantileSketch(1_000, 1L << 40);

    @Test
    void takesBackWhatWasAdded() {
        for (int i = 1; i <= 100; i++) {
            sketch.add(i, 1);
        }
        for (int i = 51; i <= 100; i++) {
            sketch.add(i, -1);
        }
        assertThat(sketch.quantile(1)).isCloseTo(50, within(0.5));
        assertThat(sketch.quantile(0.5)).isCloseTo(25, within(0.3));
    }

    @Test
    void whatItNeverHadTakesNothingFromTheOthers() {
        sketch.add(3, 1);
        sketch.add(7, -1);
        assertThat(sketch.quantile(0.5)).isCloseTo(3, within(0.03));
    }

    @Test
    void isEmptyWhenAllIsTakenBack() {
        sketch.add(3, 1);
        sketch.add(3, -1);
        assertThat(sketch.quantile(0.5)).isNaN();
    }
}
