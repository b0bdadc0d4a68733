package io.logitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.Seeds;
import io.logitstream.record.JoinMemory;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WakeGridTest {

    private final Random random = Seeds.random(getClass());

    @ParameterizedTest
    @CsvSource({
        "3600000, 60000, 1000",
        "10000, 10000, 1000",
        "4000, 60000, 500",
        "1000, 100, 100",
        "1000, 7, 7",
        "7, 60000, 1",
        "0, 60000, 1",
    })
    void hasAStepThatTheWindowIsAMultipleOf(long wait, long window, long step) {
        assertThat(WakeGrid.of(wait, window).stepMillis()).isEqualTo(step);
    }

    @Test
    void isNeverEarlyAndNeverBehindTheLastMillisecondOfAWindow() {
        for (int i = 0; i < 10_000; i++) {
            long wait = 1 + random.nextInt(20_000);
            long window = 1 + random.nextInt(100_000);
            WakeGrid grid = WakeGrid.of(wait, window);
            long millis = random.nextLong(-1_000_000, 2_000_000_000_000L);
            long wake = grid.from(millis + wait);
            assertThat(wake - (millis + wait)).isBetween(0L, grid.stepMillis() - 1);
            assertThat(grid.from(wake)).isEqualTo(wake);
            long windowEnd = (Math.floorDiv(millis, window) + 1) * window;
            assertThat(wake).isLessThanOrEqualTo(windowEnd - 1 + wait);
        }
    }

    @Test
    void leavesNever() {
        assertThat(WakeGrid.of(5_000, 60_000).from(JoinMemory.NEVER)).isEqualTo(JoinMemory.NEVER);
    }
}
