package io.logitstream.cli;

import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossState;
import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Loss aggregates as lines of a table for people. */
final class LossText {

    private static final String COLUMNS = "%-14s %-12s %-19s %9s %9s %9s %7s %7s %7s %7s%n";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

    private LossText() {}

    static void header(PrintStream out) {
        out.printf(
                COLUMNS,
                "model",
                "segment",
                "window (UTC)",
                "records",
                "labelled",
                "loss",
                "top-1",
                "top-5",
                "ECE",
                "Brier");
    }

    static void row(PrintStream out, LossAggregate aggregate) {
        LossState state = aggregate.state();
        LossAggregate.Window window = aggregate.window();
        out.printf(
                COLUMNS,
                aggregate.model(),
                aggregate.segment() == null ? "" : aggregate.segment(),
                window == null ? "" : TIME.format(Instant.ofEpochMilli(window.startMillis())),
                state.records(),
                state.labelled(),
                number("%.6f", state.lossMean()),
                number("%.4f", state.top1Accuracy()),
                number("%.4f", state.top5Accuracy()),
                number("%.4f", state.calibration().expectedError()),
                number("%.4f", state.brier()));
    }

    /** Returns a figure, or a dash if nothing defines it. */
    static String number(String format, double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }
}
