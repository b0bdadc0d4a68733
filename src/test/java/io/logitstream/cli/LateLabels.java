package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.logitstream.record.LossTerm.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * All rows of the recorded images without their labels, every fourth with its best scores only,
 * over 1,000 s of event time, and {@link GivenLabels labels} for them by themselves, for which the
 * job waits 10 minutes.
 */
final class LateLabels {

    static final int ROWS = 10_000;
    static final String WAIT = "10min";

    private static final int WAIT_MILLIS = 600_000;
    private static final long STEP_MILLIS = 100;
    private static final long CHUNK_MILLIS = 100_000;
    private static final Pattern LABEL = Pattern.compile(",\"label\":\"([^\"]+)\"");
    private static final String[] SEGMENTS = {"", "eu", "us"};

    private final List<Event> scores = new ArrayList<>();
    private final List<Event> labels = new ArrayList<>();
    private final GivenLabels given;

    /** A record to send, and its event time. */
    private record Event(String id, long millis, String json) {}

    LateLabels(long seed) throws IOException {
        Random random = new Random(seed);
        given = new GivenLabels(random, WAIT_MILLIS, WAIT_MILLIS / 2);
        List<String> lines = Recorded.lines(Recorded.FASHION, ROWS);
        for (int i = 0; i < ROWS; i++) {
            add(i, lines.get(i), random);
        }
        for (int i = 0; i < ROWS * 3 / 100; i++) {
            long millis = Recorded.START_MILLIS + random.nextInt(1_000_000);
            give(given.orphan(i, millis));
        }
    }

    private void add(int i, String line, Random random) {
        long millis = Recorded.START_MILLIS + i * STEP_MILLIS + random.nextInt(900);
        String id = Recorded.idOf(i);
        String segment = SEGMENTS[i % SEGMENTS.length];
        Matcher label = LABEL.matcher(line);
        if (!label.find()) {
            throw new IllegalArgumentException("no label in " + line);
        }
        String row =
                "{\"timestamp\":"
                        + millis
                        + (segment.isEmpty() ? "" : ",\"segment\":\"" + segment + "\"")
                        + ","
                        + label.replaceFirst("").substring(1);
        scores.add(new Event(id, millis, i % 4 == 3 ? SelectedRows.truncated(row, 6) : row));
        given.of(id, label.group(1), millis).forEach(this::give);
    }

    private void give(GivenLabels.Given label) {
        labels.add(new Event(label.id(), label.millis(), label.json()));
    }

    /** Returns how many scores and labels have to end in each bucket. */
    Map<Kind, Long> expected() {
        return given.expected();
    }

    List<String> scoreLines() {
        return scores.stream().map(Event::json).toList();
    }

    /** Returns the labels in an order that is not that of anything sent. */
    List<String> labelLines() {
        List<Event> shuffled = new ArrayList<>(labels);
        Collections.shuffle(shuffled, new Random(5));
        return shuffled.stream().map(Event::json).toList();
    }

    int labels() {
        return labels.size();
    }

    /**
     * Returns both inputs as the world would send them: by event time in steps of 100 s, the labels
     * of a step before its scores.
     */
    List<List<ProducerRecord<byte[], byte[]>>> inOrderOfTime(ImageJob job) {
        Map<Long, List<ProducerRecord<byte[], byte[]>>> chunks = new TreeMap<>();
        for (List<Event> events : List.of(labels, scores)) {
            String topic =
                    events == labels ? job.file().labels().topic() : job.file().scores().topic();
            List<Event> sorted = new ArrayList<>(events);
            sorted.sort(Comparator.comparing(Event::millis));
            for (Event event : sorted) {
                chunks.computeIfAbsent(event.millis / CHUNK_MILLIS, key -> new ArrayList<>())
                        .add(record(topic, event, chunks.size()));
            }
        }
        return List.copyOf(chunks.values());
    }

    /** Returns some of the labels, then all scores, then all other labels in random order. */
    List<List<ProducerRecord<byte[], byte[]>>> inRandomOrder(ImageJob job, long seed) {
        List<Event> shuffled = new ArrayList<>(labels);
        Collections.shuffle(shuffled, new Random(seed));
        int early = shuffled.size() / 10;
        List<ProducerRecord<byte[], byte[]>> all = new ArrayList<>();
        String topic = job.file().labels().topic();
        shuffled.forEach(event -> all.add(record(topic, event, all.size())));
        List<ProducerRecord<byte[], byte[]>> rows = new ArrayList<>();
        scores.forEach(event -> rows.add(record(job.file().scores().topic(), event, rows.size())));
        return List.of(all.subList(0, early), rows, all.subList(early, all.size()));
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, Event event, int number) {
        int partition = Math.floorMod(event.id.hashCode() + number, ImageJob.PARTITIONS);
        return new ProducerRecord<>(
                topic, partition, null, (byte[]) null, event.json.getBytes(UTF_8));
    }
}
