package io.logitstream.cli;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How many faults of which kind there were, and how long it took to get over them. */
final class ChaosReport {

    private final Map<ChaosFault, Integer> injected = new EnumMap<>(ChaosFault.class);
    private final Map<ChaosFault, List<Double>> recoverySeconds = new EnumMap<>(ChaosFault.class);
    private int early;

    /**
     * Counts a fault.
     *
     * @param isEarly whether one before it was not got over
     */
    void injected(ChaosFault fault, boolean isEarly) {
        injected.merge(fault, 1, Integer::sum);
        early += isEarly ? 1 : 0;
    }

    void survived(ChaosFault fault, double seconds) {
        recoverySeconds.computeIfAbsent(fault, absent -> new ArrayList<>()).add(seconds);
    }

    /** Returns a table, and how many came early. */
    @Override
    public String toString() {
        StringBuilder table =
                new StringBuilder("| fault | injected | survived | median recovery |\n");
        table.append("|---|---:|---:|---:|\n");
        List<Double> all = new ArrayList<>();
        int sum = 0;
        for (Map.Entry<ChaosFault, Integer> kind : injected.entrySet()) {
            List<Double> seconds = recoverySeconds.getOrDefault(kind.getKey(), List.of());
            table.append(row("" + kind.getKey(), kind.getValue(), seconds));
            all.addAll(seconds);
            sum += kind.getValue();
        }
        return table.append(row("all", sum, all))
                .append("%d of them before the one before was got over".formatted(early))
                .toString();
    }

    private static String row(String name, int injected, List<Double> seconds) {
        String median =
                seconds.isEmpty() ? "" : String.format(Locale.ROOT, "%.1f s", median(seconds));
        return "| %s | %d | %d | %s |\n".formatted(name, injected, seconds.size(), median);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1
                ? sorted.get(middle)
                : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
