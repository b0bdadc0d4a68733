package io.logitstream.operator;

import io.logitstream.record.AlertRule;
import io.logitstream.record.AlertState;
import java.util.Map;
import java.util.TreeMap;

/**
 * Decides whether an alert is on. It looks at the latest windows that have the figure, as they are
 * known now: a revision of one of them counts in place of what it was. Knows nothing of Flink.
 */
final class AlertWatch {

    private AlertWatch() {}

    /**
     * Adds what became known of a window.
     *
     * @param value the figure, not finite if the window has none
     * @return the state that follows
     */
    static AlertState update(AlertRule rule, AlertState before, long windowStart, double value) {
        TreeMap<Long, Double> windows = new TreeMap<>();
        for (int i = 0; i < before.values().length; i++) {
            windows.put(before.windowStarts()[i], before.values()[i]);
        }
        if (Double.isFinite(value)) {
            windows.put(windowStart, value);
        } else {
            windows.remove(windowStart);
        }
        while (windows.size() > rule.windows()) {
            windows.pollFirstEntry();
        }
        boolean isRaised = before.isRaised();
        if (windows.size() == rule.windows()) {
            isRaised =
                    isRaised
                            ? !windows.values().stream().allMatch(rule::leaves)
                            : windows.values().stream().allMatch(rule::enters);
        }
        return state(isRaised, windows);
    }

    private static AlertState state(boolean isRaised, Map<Long, Double> windows) {
        long[] starts = windows.keySet().stream().mapToLong(Long::longValue).toArray();
        double[] values = windows.values().stream().mapToDouble(Double::doubleValue).toArray();
        return new AlertState(isRaised, starts, values);
    }
}
