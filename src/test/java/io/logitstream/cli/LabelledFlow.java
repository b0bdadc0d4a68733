package io.logitstream.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The recorded images over and over, 100 ms of event time apart, and labels for them by themselves:
 * most within the wait, some before their score, some after the wait, a tenth never, with
 * duplicates, contradictions and orphans among them. Has no end.
 */
final class LabelledFlow {

    static final String WAIT = "2min";

    private static final int RECORDED = 10_000;
    private static final long STEP_MILLIS = 100;
    private static final int JITTER_MILLIS = 900;
    private static final int EARLIEST_LABEL_MILLIS = 20_000;
    private static final int WAIT_MILLIS = 120_000;
    private static final Pattern LABEL = Pattern.compile(",\"label\":\"([^\"]+)\"");
    private static final String[] SEGMENTS = {"", "\"segment\":\"eu\",", "\"segment\":\"us\","};
    private static final String[] CLASSES = {"Bag", "Coat", "Dress"};

    private final Random random;
    private final List<String> recorded;
    private final PriorityQueue<Event> ahead =
            new PriorityQueue<>(Comparator.comparing(Event::millis).thenComparing(Event::json));
    private final List<String> scoreLines = new ArrayList<>();
    private final List<String> labelLines = new ArrayList<>();
    private int rows;

    /** A record to send, and its event time. */
    record Event(boolean isLabel, String id, String json, long millis) {}

    LabelledFlow(Random random) throws IOException {
        this.random = random;
        this.recorded = Recorded.lines(Recorded.FASHION, RECORDED);
    }

    /** Goes on by one row and returns what is due, in the order of event time. */
    List<Event> next() {
        addRow();
        List<Event> due = new ArrayList<>();
        while (!ahead.isEmpty() && ahead.peek().millis <= nowMillis()) {
            due.add(ahead.poll());
        }
        return due;
    }

    /** Returns the event time up to which records are due. */
    long nowMillis() {
        return Recorded.START_MILLIS + rows * STEP_MILLIS - EARLIEST_LABEL_MILLIS;
    }

    /** Returns all that is not yet due, in the order of event time. */
    List<Event> rest() {
        List<Event> rest = new ArrayList<>();
        while (!ahead.isEmpty()) {
            rest.add(ahead.poll());
        }
        return rest;
    }

    private void addRow() {
        int i = rows++;
        String id = "row-%06d".formatted(i);
        long millis = Recorded.START_MILLIS + i * STEP_MILLIS + random.nextInt(JITTER_MILLIS);
        String line = recorded.get(i % RECORDED).replace(Recorded.idOf(i % RECORDED), id);
        Matcher label = LABEL.matcher(line);
        if (!label.find()) {
            throw new IllegalArgumentException("no label in " + line);
        }
        String json =
                "{\"timestamp\":"
                        + millis
                        + ","
                        + SEGMENTS[i % SEGMENTS.length]
                        + label.replaceFirst("").substring(1);
        ahead.add(new Event(false, id, json, millis));
        scoreLines.add(json);
        addLabels(id, label.group(1), millis);
        if (random.nextInt(100) < 3) {
            addLabel("ghost-" + i, CLASSES[i % CLASSES.length], millis + random.nextInt(20_000));
        }
    }

    private void addLabels(String id, String label, long millis) {
        int fate = random.nextInt(100);
        if (fate < 10) {
            return;
        }
        int delay = random.nextInt(WAIT_MILLIS);
        if (fate < 20) {
            delay = -random.nextInt(EARLIEST_LABEL_MILLIS);
        } else if (fate >= 95) {
            delay = WAIT_MILLIS + 1 + random.nextInt(WAIT_MILLIS);
        }
        addLabel(id, label, millis + delay);
        if (random.nextInt(100) < 5) {
            addLabel(id, label, millis + delay + random.nextInt(20_000));
        }
        if (random.nextInt(100) < 2) {
            String other = CLASSES[label.equals(CLASSES[0]) ? 1 : 0];
            addLabel(id, other, millis + delay + random.nextInt(20_000));
        }
    }

    private void addLabel(String id, String label, long millis) {
        String json =
                "{\"id\":\"%s\",\"model\":\"fashion\",\"label\":\"%s\",\"timestamp\":%d}"
                        .formatted(id, label, millis);
        ahead.add(new Event(true, id, json, millis));
        labelLines.add(json);
    }

    List<String> scoreLines() {
        return scoreLines;
    }

    List<String> labelLines() {
        return labelLines;
    }
}
