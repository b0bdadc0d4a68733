package io.logitstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Shows the demo's results as they come: on a terminal a table redrawn in place, else a line for
 * each new window and for the rate every few seconds.
 */
final class DemoView {

    private static final int WINDOWS_SHOWN = 8;
    private static final String COLUMNS =
            "window     records labelled     loss    top-1   top-5     ECE  expected top-1";
    private static final long LINE_EVERY_NANOS = 5_000_000_000L;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

    private final PrintStream out;
    private final boolean terminal;
    private final Map<String, Long> revisionsShown = new HashMap<>();
    private long lastLineNanos = System.nanoTime();
    private int linesDrawn;

    DemoView(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /**
     * Shows the state of things.
     *
     * @param sent records sent so far
     * @param total records to send
     * @param perSecond predictions per second lately
     */
    void show(DemoResults results, long sent, long total, double perSecond) {
        if (terminal) {
            redraw(results, sent, total, perSecond);
        } else {
            appendLines(results, sent, total, perSecond);
        }
    }

    private void redraw(DemoResults results, long sent, long total, double perSecond) {
        List<String> lines = new ArrayList<>();
        lines.add(progress(results, sent, total, perSecond));
        lines.add("");
        lines.add(COLUMNS);
        List<DemoResults.Window> windows = new ArrayList<>(results.windows().values());
        for (int i = Math.max(0, windows.size() - WINDOWS_SHOWN); i < windows.size(); i++) {
            lines.add(windowLine(windows.get(i)));
        }
        lines.add("");
        lines.add(sample(results.lastPrediction()));
        if (linesDrawn > 0) {
            out.print("\u001b[" + linesDrawn + "A");
        }
        for (String line : lines) {
            out.print("\u001b[2K" + line + "\n");
        }
        for (int left = lines.size(); left < linesDrawn; left++) {
            out.print("\u001b[2K\n");
        }
        linesDrawn = Math.max(linesDrawn, lines.size());
        out.flush();
    }

    private void appendLines(DemoResults results, long sent, long total, double perSecond) {
        results.windows()
                .forEach(
                        (key, window) -> {
                            Long shown = revisionsShown.put(key, window.revision());
                            if (revisionsShown.size() == 1 && shown == null) {
                                out.println("       " + COLUMNS);
                            }
                            if (shown == null || shown != window.revision()) {
                                out.println("window " + windowLine(window));
                            }
                        });
        if (System.nanoTime() - lastLineNanos >= LINE_EVERY_NANOS) {
            lastLineNanos = System.nanoTime();
            out.println(progress(results, sent, total, perSecond));
            out.println(sample(results.lastPrediction()));
        }
        out.flush();
    }

    private static String progress(DemoResults results, long sent, long total, double perSecond) {
        return "sent %d of %d   predictions %d   dead letters %d   %d records/s"
                .formatted(
                        sent,
                        total,
                        results.predictions(),
                        results.deadLetters(),
                        Math.round(perSecond));
    }

    private static String windowLine(DemoResults.Window window) {
        var state = window.state();
        return "%s %9d %8d %8s %8s %7s %7s %15s"
                .formatted(
                        TIME.format(Instant.ofEpochMilli(window.startMillis())),
                        state.records(),
                        state.labelled(),
                        LossText.number("%.4f", state.lossMean()),
                        LossText.number("%.4f", state.top1Accuracy()),
                        LossText.number("%.4f", state.top5Accuracy()),
                        LossText.number("%.4f", state.calibration().expectedError()),
                        LossText.number("%.4f", state.meanConfidence()));
    }

    private static String sample(@Nullable JsonNode prediction) {
        if (prediction == null) {
            return "no prediction yet";
        }
        StringBuilder line = new StringBuilder("e.g. " + prediction.path("id").asText() + ":");
        for (JsonNode entry : prediction.path("topK")) {
            String name = entry.path("label").asText(entry.path("class").asText());
            line.append(' ').append(name).append(' ');
            line.append(LossText.number("%.3f", entry.path("probability").asDouble()));
        }
        if (prediction.has("temperatureVersion")) {
            line.append(
                    "   temperature %s (version %d)"
                            .formatted(
                                    LossText.number(
                                            "%.4f", prediction.path("temperature").asDouble()),
                                    prediction.path("temperatureVersion").asLong()));
        }
        return line.toString();
    }
}
