package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * Rows over several windows and segments with every {@link Poison} among them, sent in three parts.
 * Some good rows have odd headers; some come last, long after their windows.
 */
final class MixedScores {

    private static final int ROWS = 1200;
    private static final int PARTS = 3;
    private static final int POISON_EVERY = 30;
    private static final int ODD_HEADERS_EVERY = 100;
    private static final int LATE_EVERY = 40;
    private static final int LATE = 7;

    private final ImageJob job;
    private final List<List<ProducerRecord<byte[], byte[]>>> parts = new ArrayList<>();
    private final Map<ProducerRecord<byte[], byte[]>, Poison> poison = new HashMap<>();
    private final Map<RecordMetadata, Poison> poisonSent = new HashMap<>();
    private final List<String> lines = new ArrayList<>();

    private MixedScores(ImageJob job) {
        this.job = job;
    }

    static MixedScores create(ImageJob job) throws IOException {
        MixedScores scores = new MixedScores(job);
        List<String> rows = Recorded.timedFashion(ROWS);
        List<Integer> order =
                IntStream.range(0, ROWS)
                        .boxed()
                        .sorted(Comparator.comparing(i -> i % LATE_EVERY == LATE))
                        .toList();
        for (int part = 0; part < PARTS; part++) {
            int from = part * ROWS / PARTS;
            scores.addPart(rows, order.subList(from, from + ROWS / PARTS));
        }
        return scores;
    }

    private void addPart(List<String> rows, List<Integer> indices) {
        List<Poison> all = Poison.all();
        List<ProducerRecord<byte[], byte[]>> part = new ArrayList<>();
        for (int i : indices) {
            if (i % POISON_EVERY == 0) {
                addPoison(all.get(i / POISON_EVERY % all.size()), i % ImageJob.PARTITIONS, part);
            }
            ProducerRecord<byte[], byte[]> row = job.score(i % ImageJob.PARTITIONS, rows.get(i));
            if (i % ODD_HEADERS_EVERY == 0) {
                Poison.ODD_HEADERS.forEach(row.headers()::add);
            }
            part.add(row);
            lines.add(rows.get(i));
        }
        parts.add(part);
    }

    private void addPoison(Poison one, int partition, List<ProducerRecord<byte[], byte[]>> part) {
        ProducerRecord<byte[], byte[]> record = one.to(job.file().scores().topic(), partition);
        poison.put(record, one);
        part.add(record);
        if (one.value() != null) {
            lines.add(new String(one.value(), UTF_8));
        }
    }

    /** Sends a part and returns when the broker has it. */
    void sendThird(int index) throws Exception {
        List<ProducerRecord<byte[], byte[]>> part = parts.get(index);
        List<RecordMetadata> places = job.send(part);
        for (int i = 0; i < part.size(); i++) {
            Poison one = poison.get(part.get(i));
            if (one != null) {
                poisonSent.put(places.get(i), one);
            }
        }
    }

    CompletableFuture<Void> sendThirdMeanwhile(int index) {
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        sendThird(index);
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                });
    }

    /** Returns how many good rows the first parts have. */
    int rowsOfThirds(int count) {
        return count * ROWS / PARTS;
    }

    /** Returns the ids of the good rows in order. */
    List<String> ids() {
        return IntStream.range(0, ROWS).mapToObj(Recorded::idOf).toList();
    }

    /** Returns all values there are, as lines. */
    List<String> lines() {
        return lines;
    }

    void assertPoisonBuried(List<ConsumerRecord<byte[], byte[]>> letters) throws IOException {
        Poison.assertBuried(poisonSent, letters);
    }
}
