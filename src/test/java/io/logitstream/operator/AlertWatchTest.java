package io.logitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.record.AggregateFigure;
import io.logitstream.record.AlertRule;
import io.logitstream.record.AlertState;
import org.junit.jupiter.api.Test;

class AlertWatchTest {

    private static AlertRule rule(boolean isAbove, double enter, double leave, int windows) {
        return new AlertRule("r", null, "*", AggregateFigure.TOP1, isAbove, enter, leave, windows);
    }

    /** Returns where the alert was on after each window, as + and -. */
    private static String watch(AlertRule rule, double... values) {
        AlertState state = AlertState.NONE;
        StringBuilder on = new StringBuilder();
        for (int i = 0; i < values.length; i++) {
            state = AlertWatch.update(rule, state, i * 1_000L, values[i]);
            on.append(state.isRaised() ? '+' : '-');
        }
        return on.toString();
    }

    @Test
    void needsEnoughWindowsInARow() {
        assertThat(watch(rule(true, 2, 2, 3), 3, 3, 1, 3, 3, 3, 3)).isEqualTo("-----++");
    }

    @Test
    void staysOnBetweenTheTwoThresholds() {
        assertThat(watch(rule(true, 2, 1, 1), 3, 1.5, 1.1, 1, 1.5, 2, 2.1)).isEqualTo("+++---+");
        assertThat(watch(rule(false, 0.5, 0.8, 1), 0.6, 0.4, 0.7, 0.8, 0.6)).isEqualTo("-++--");
    }

    @Test
    void windowsWithoutTheFigureCountNeitherWay() {
        double none = Double.NaN;
        assertThat(watch(rule(true, 2, 1, 2), 3, none, none, 3, none, 0, none, 0))
                .isEqualTo("---++++-");
    }

    @Test
    void aRevisionCountsInPlaceOfWhatWasKnown() {
        AlertRule rule = rule(true, 2, 1, 2);
        AlertState state = AlertWatch.update(rule, AlertState.NONE, 0, 3);
        state = AlertWatch.update(rule, state, 1_000, 1);
        assertThat(state.isRaised()).isFalse();
        state = AlertWatch.update(rule, state, 1_000, 3);
        assertThat(state.isRaised()).isTrue();
        assertThat(state.windowStarts()).containsExactly(0, 1_000);
    }

    @Test
    void aRevisionOfAWindowLongPastChangesNothing() {
        AlertRule rule = rule(true, 2, 1, 2);
        AlertState state = AlertState.NONE;
        for (long start = 0; start < 5_000; start += 1_000) {
            state = AlertWatch.update(rule, state, start, 0);
        }
        assertThat(AlertWatch.update(rule, state, 1_000, 9)).isEqualTo(state);
    }
}
