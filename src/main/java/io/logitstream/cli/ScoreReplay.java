package io.logitstream.cli;

import io.logitstream.codec.ScoreFormats;
import io.logitstream.codec.ScoreReader;
import io.logitstream.record.RawRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.zip.GZIPInputStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Produces the lines of a recorded file to a topic, evenly paced. Lines go out as they are, blank
 * ones not at all, without key, headers or timestamp.
 */
final class ScoreReplay {

    private final Path file;
    private final String topic;
    private final double recordsPerSecond;
    private final @Nullable LabelDelay labels;

    /** Creates a replay of lines as they are. */
    ScoreReplay(Path file, String topic, double recordsPerSecond) {
        this(file, topic, recordsPerSecond, null);
    }

    /**
     * Creates a replay.
     *
     * @param file JSON lines, gzipped if its name ends in {@code .gz}
     * @param topic where they go
     * @param recordsPerSecond the pace, or 0 for as fast as the broker takes them
     * @param labels sends the labels by themselves, or null to leave them where they are
     */
    ScoreReplay(Path file, String topic, double recordsPerSecond, @Nullable LabelDelay labels) {
        this.labels = labels;
        this.file = file;
        this.topic = topic;
        this.recordsPerSecond = recordsPerSecond;
    }

    /** Returns the number of lines of a recorded file. */
    static long countLines(Path file) throws IOException {
        try (InputStream in = open(file)) {
            ScoreReader lines = ScoreFormats.lines(in);
            long count = 0;
            while (lines.next() != null) {
                count++;
            }
            return count;
        }
    }

    /** Opens a file, which is gzipped if its name ends in {@code .gz}. */
    static InputStream open(Path file) throws IOException {
        InputStream bytes = Files.newInputStream(file);
        try {
            return file.toString().endsWith(".gz") ? new GZIPInputStream(bytes, 1 << 16) : bytes;
        } catch (IOException e) {
            bytes.close();
            throw e;
        }
    }

    /**
     * Sends the lines, and returns when the broker has them all.
     *
     * @param kafka client properties
     * @param maxNanos stop sending after this long
     * @param onSent told how many were sent so far, after each
     * @return how many were sent
     * @throws IOException if the file cannot be read or the broker refuses a record
     */
    long run(Map<String, String> kafka, long maxNanos, LongConsumer onSent) throws IOException {
        Map<String, Object> properties = new HashMap<>(kafka);
        properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, "20");
        ByteArraySerializer bytes = new ByteArraySerializer();
        AtomicReference<Exception> failure = new AtomicReference<>();
        long sent = 0;
        try (InputStream in = open(file);
                KafkaProducer<byte[], byte[]> producer =
                        new KafkaProducer<>(properties, bytes, bytes)) {
            Consumer<ProducerRecord<byte[], byte[]>> send =
                    record ->
                            producer.send(
                                    record,
                                    (metadata, error) -> failure.compareAndSet(null, error));
            ScoreReader lines = ScoreFormats.lines(in);
            long start = System.nanoTime();
            for (RawRecord line = lines.next(); line != null; line = lines.next()) {
                pause(start, sent);
                if (System.nanoTime() - start > maxNanos || failure.get() != null) {
                    break;
                }
                byte[] value = line.value();
                byte[] score = labels == null ? value : labels.withoutLabel(value);
                send.accept(new ProducerRecord<>(topic, score));
                onSent.accept(++sent);
                if (labels != null) {
                    labels.sendDue(send);
                }
            }
            if (labels != null) {
                labels.sendRest(send);
            }
            producer.flush();
        }
        Exception error = failure.get();
        if (error != null) {
            throw new IOException("the broker refused a record: " + error.getMessage(), error);
        }
        return sent;
    }

    private void pause(long start, long sent) {
        if (recordsPerSecond <= 0) {
            return;
        }
        long due = start + (long) (sent / recordsPerSecond * 1e9);
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
