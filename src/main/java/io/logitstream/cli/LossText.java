package io.logitstream.cli;

import io.logitstream.record.LabelLedger;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossState;
import io.logitstream.record.LossTerm.Kind;
import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Loss aggregates as lines of a table for people. */
final class LossText {

    private static final String COLUMNS = "%-14s %-12s %-19s %9s %9s %9s %7s %7s %7s %7s%n";
    private static final String LEDGER_COLUMNS =
            "%-14s %-12s %-19s %8s %8s %9s %8s %8s %7s %9s %11s %8s %8s%n";
    private static final Object[] LEDGER_NAMES = {
        "model",
        "segment",
        "window (UTC)",
        "awaited",
        "matched",
        "corrected",
        "expired",
        "repeated",
        "orphan",
        "duplicate",
        "conflicting",
        "too late",
        "coverage"
    };
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

    private LossText() {}

    /** Writes the figures, and where the labels ended if any were awaited. */
    static void write(PrintStream out, List<LossAggregate> aggregates) {
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
        aggregates.forEach(aggregate -> row(out, aggregate));
        if (aggregates.stream().anyMatch(aggregate -> !aggregate.state().ledger().isEmpty())) {
            out.println();
            out.printf(LEDGER_COLUMNS, LEDGER_NAMES);
            aggregates.forEach(aggregate -> ledgerRow(out, aggregate));
        }
    }

    private static void row(PrintStream out, LossAggregate aggregate) {
        LossState state = aggregate.state();
        out.printf(
                COLUMNS,
                aggregate.model(),
                aggregate.segment() == null ? "" : aggregate.segment(),
                time(aggregate),
                state.records(),
                state.labelled(),
                state.boundedLosses() == 0
                        ? number("%.6f", state.lossMean())
                        : ">=" + number("%.4f", state.lossMeanFrom()),
                number("%.4f", state.top1Accuracy()),
                number("%.4f", state.top5Accuracy()),
                number("%.4f", state.calibration().expectedError()),
                number("%.4f", state.brier()));
    }

    private static void ledgerRow(PrintStream out, LossAggregate aggregate) {
        LabelLedger ledger = aggregate.state().ledger();
        out.printf(
                LEDGER_COLUMNS,
                aggregate.model(),
                aggregate.segment() == null ? "" : aggregate.segment(),
                time(aggregate),
                ledger.awaited(),
                ledger.count(Kind.MATCHED),
                ledger.count(Kind.CORRECTED),
                ledger.count(Kind.EXPIRED),
                ledger.count(Kind.REPEATED_SCORE),
                ledger.count(Kind.ORPHAN),
                ledger.count(Kind.DUPLICATE),
                ledger.count(Kind.CONFLICTING),
                ledger.count(Kind.TOO_LATE),
                number("%.4f", aggregate.state().coverage()));
    }

    private static String time(LossAggregate aggregate) {
        LossAggregate.Window window = aggregate.window();
        return window == null ? "" : TIME.format(Instant.ofEpochMilli(window.startMillis()));
    }

    /** Returns a figure, or a dash if nothing defines it. */
    static String number(String format, double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }
}
