package io.logitstream.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.Seeds;
import io.logitstream.record.LossAggregate.Window;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LossAggregateTest {

    @ParameterizedTest
    @CsvSource({
        "0, 60000, 0",
        "59999, 60000, 0",
        "60000, 60000, 60000",
        "1732000000123, 60000, 1731999960000",
        "-1, 60000, -60000",
        "-60000, 60000, -60000",
        "-60001, 60000, -120000",
        "17, 1, 17"
    })
    void windowsAreCutFromTheEpochOnBothSides(long time, long size, long start) {
        assertThat(Window.startOf(time, size)).isEqualTo(start);
    }

    @Test
    void everyTimeLiesInTheWindowThatStartsThere() {
        Random random = Seeds.random(getClass());
        for (int i = 0; i < 10_000; i++) {
            long time = random.nextLong() >> 2;
            long size = 1 + random.nextInt(Integer.MAX_VALUE);
            long start = Window.startOf(time, size);
            assertThat(time).isBetween(start, start + size - 1);
            assertThat(Math.floorMod(start, size)).isZero();
        }
    }

    @Test
    void theKeyNamesModelSegmentAndWindowWithAbsentPartsEmpty() {
        LossState state = new LossState();
        Window window = new Window(60_000, 120_000);
        assertThat(new LossAggregate("m", "eu", window, 1, state).key()).isEqualTo("m|eu|60000");
        assertThat(new LossAggregate("m", null, window, 2, state).key()).isEqualTo("m||60000");
        assertThat(new LossAggregate("m", LossAggregate.ALL_SEGMENTS, null, 1, state).key())
                .isEqualTo("m|*|");
    }
}
