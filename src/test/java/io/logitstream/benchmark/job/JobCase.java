package io.logitstream.benchmark.job;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * What is asked of every variant.
 *
 * @param format of the scores, {@code float32} or {@code json}
 * @param k the classes
 * @param output {@code top-k}, which is top-5, or {@code full}
 * @param delivery {@code exactly-once} or {@code at-least-once}
 * @param windows whether rows are labelled, and windows of losses are written
 * @param labelJoin whether these labels come on a topic of their own
 * @param rows how many records there are
 */
record JobCase(
        String format,
        int k,
        String output,
        String delivery,
        boolean windows,
        boolean labelJoin,
        int rows)
        implements Serializable {

    static final int TOP_K = 5;
    static final String MODEL = "bench";
    static final int PARTITIONS = 2;
    static final long WINDOW_MILLIS = 10_000;

    /** Event time goes from the first to the last record of a case through this much. */
    static final long SPAN_MILLIS = 60_000;

    static final long START_MILLIS = 1_790_000_000_000L;

    private static final String EXACTLY_ONCE = "exactly-once";
    private static final int BYTES_PER_JSON_SCORE = 11;
    private static final int MOST_ROWS = 2_000_000;

    /** All rows of the table. */
    static List<JobCase> all(long bytes) {
        List<JobCase> cases = new ArrayList<>();
        for (String format : List.of("float32", "json")) {
            for (int k : new int[] {10, 100, 1_000, 10_000}) {
                // Of the largest rows there would be too few to measure.
                cases.add(of(format, k, k == 10_000 ? 2 * bytes : bytes));
            }
        }
        cases.add(of("float32", 1_000, bytes).withDelivery("at-least-once"));
        cases.add(of("json", 100, bytes).withDelivery("at-least-once"));
        cases.add(of("float32", 100, bytes / 4).withOutput("full"));
        cases.add(of("float32", 1_000, bytes / 4).withOutput("full"));
        cases.add(of("float32", 1_000, bytes).withWindows(false));
        cases.add(of("json", 100, bytes).withWindows(false));
        cases.add(of("float32", 100, bytes / 8).withWindows(true));
        return cases;
    }

    /** Every format, output, delivery and kind of label once. */
    static List<JobCase> few(long bytes) {
        return List.of(
                of("json", 100, bytes),
                of("float32", 1_000, bytes).withWindows(false),
                of("float32", 100, bytes / 10)
                        .withOutput("full")
                        .withWindows(true)
                        .withDelivery("at-least-once"));
    }

    /** Top-5, exactly once, without labels. */
    static JobCase of(String format, int k, long bytes) {
        int perScore = format.equals("json") ? BYTES_PER_JSON_SCORE : Float.BYTES;
        // A record costs something whatever its size.
        long rows = Math.min(bytes / ((long) k * perScore + 200), MOST_ROWS);
        return new JobCase(format, k, "top-k", EXACTLY_ONCE, false, false, (int) rows);
    }

    JobCase withOutput(String other) {
        return new JobCase(format, k, other, delivery, windows, labelJoin, rows);
    }

    JobCase withDelivery(String other) {
        return new JobCase(format, k, output, other, windows, labelJoin, rows);
    }

    JobCase withWindows(boolean joined) {
        return new JobCase(format, k, output, delivery, true, joined, rows);
    }

    boolean isExactlyOnce() {
        return delivery.equals(EXACTLY_ONCE);
    }

    boolean isFull() {
        return output.equals("full");
    }

    /** Returns the event time of a record. */
    long timeOf(long row) {
        return START_MILLIS + row * SPAN_MILLIS / rows;
    }

    /** The label of a record; the same in all variants, and as good as random. */
    int labelOf(long row) {
        return (int) (row * 31 % k);
    }

    /** As arguments of a process. */
    List<String> arguments() {
        return List.of(
                format,
                Integer.toString(k),
                output,
                delivery,
                Boolean.toString(windows),
                Boolean.toString(labelJoin),
                Integer.toString(rows));
    }

    /** Reads what {@link #arguments} gives. */
    static JobCase parse(List<String> arguments) {
        return new JobCase(
                arguments.get(0),
                Integer.parseInt(arguments.get(1)),
                arguments.get(2),
                arguments.get(3),
                Boolean.parseBoolean(arguments.get(4)),
                Boolean.parseBoolean(arguments.get(5)),
                Integer.parseInt(arguments.get(6)));
    }

    @Override
    public String toString() {
        String labels = labelJoin ? ", labels joined" : windows ? ", windows" : "";
        return "%s, K=%,d, %s, %s%s".formatted(format, k, output, delivery, labels);
    }
}
