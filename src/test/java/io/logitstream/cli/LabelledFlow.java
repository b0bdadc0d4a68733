package io.logitstream.cli;

import io.logitstream.record.LossTerm.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The recorded images over and over, 100 ms of event time apart, and {@link GivenLabels labels} for
 * them by themselves. Has no end.
 */
final class LabelledFlow {

    static final String WAIT = "2min";

    private static final int RECORDED = 10_000;
    private static final long STEP_MILLIS = 100;
    private static final int JITTER_MILLIS = 900;
    private static final int EARLIEST_LABEL_MILLIS = 10_000;
    private static final int WAIT_MILLIS = 120_000;

    /** No record is older than its row by more. */
    private static final int LEAD_MILLIS = EARLIEST_LABEL_MILLIS + GivenLabels.NEAR_MILLIS;

    private static final Pattern LABEL = Pattern.compile(",\"label\":\"([^\"]+)\"");
    private static final String[] SEGMENTS = {"", "\"segment\":\"eu\",", "\"segment\":\"us\","};

    private final Random random;
    private final GivenLabels given;
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
        this.given = new GivenLabels(random, WAIT_MILLIS, EARLIEST_LABEL_MILLIS);
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
        return Recorded.START_MILLIS + rows * STEP_MILLIS - LEAD_MILLIS;
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
        given.of(id, label.group(1), millis).forEach(this::add);
        if (random.nextInt(100) < 3) {
            add(given.orphan(i, millis + random.nextInt(20_000)));
        }
    }

    private void add(GivenLabels.Given label) {
        ahead.add(new Event(true, label.id(), label.json(), label.millis()));
        labelLines.add(label.json());
    }

    /** Returns how many of the scores and labels so far have to end in each bucket. */
    Map<Kind, Long> expected() {
        return given.expected();
    }

    List<String> scoreLines() {
        return scoreLines;
    }

    List<String> labelLines() {
        return labelLines;
    }
}
