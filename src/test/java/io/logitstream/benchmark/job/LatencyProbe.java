package io.logitstream.benchmark.job;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * Sends rows at an even rate, their labels with them, and waits for their predictions. The rate is
 * half of what sender, broker, job and reader get through together, which is found first by sending
 * as fast as possible. A row's time counts from when it was due, or sent if it was sent before, so
 * that what comes late because the machine is busy is late.
 */
final class LatencyProbe implements AutoCloseable {

    private static final double WARM_UP = 0.25;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long SLICE_NANOS = 1_000_000;

    private final BenchRows rows;
    private final Pass pass;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private int sent;

    /** Creates the probe of a job that runs, and reads topics that are empty. */
    LatencyProbe(BenchTopics topics, BenchRows rows, Pass pass) {
        this.rows = rows;
        this.pass = pass;
        this.consumer = topics.consumer();
        consumer.assign(BenchTopics.partitionsOf(pass.predictions()));
        consumer.seekToBeginning(BenchTopics.partitionsOf(pass.predictions()));
    }

    /**
     * Measures.
     *
     * @param recordsPerSecond what the job gets through when nobody sends or reads meanwhile
     * @param seconds how long to measure, the first quarter to warm up
     */
    Latency measure(double recordsPerSecond, double seconds) {
        int flood = (int) (recordsPerSecond * seconds / 4);
        long start = System.nanoTime();
        answer(flood, Double.POSITIVE_INFINITY);
        double rate = flood / ((System.nanoTime() - start) / 1e9) / 2;
        System.err.printf("  %s: latency at %,.0f records/s%n", pass.name(), rate);
        long[] tookNanos = answer((int) (rate * seconds), rate);
        long[] sorted =
                Arrays.copyOfRange(tookNanos, (int) (tookNanos.length * WARM_UP), tookNanos.length);
        Arrays.sort(sorted);
        return new Latency(at(sorted, 0.5), at(sorted, 0.99), at(sorted, 0.999));
    }

    /** Returns how long each of the next rows took. */
    private long[] answer(int count, double recordsPerSecond) {
        int first = sent;
        sent += count;
        long[] dueNanos = new long[count];
        long[] tookNanos = new long[count];
        CompletableFuture<Void> sending =
                CompletableFuture.runAsync(() -> send(first, recordsPerSecond, dueNanos));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (int answered = 0; answered < count; ) {
            if (System.nanoTime() > deadline || sending.isCompletedExceptionally()) {
                sending.getNow(null);
                throw new IllegalStateException(answered + " of " + count + " answered");
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                int row = (int) BenchRows.rowOf(record.key()) - first;
                tookNanos[row] = System.nanoTime() - dueNanos[row];
                answered++;
            }
        }
        return tookNanos;
    }

    private void send(int first, double recordsPerSecond, long[] dueNanos) {
        try (KafkaProducer<byte[], byte[]> producer =
                BenchRows.producer(pass.bootstrapServers(), 0)) {
            long start = System.nanoTime();
            for (int i = 0; i < dueNanos.length; i++) {
                long due = start + (long) (i / recordsPerSecond * 1e9);
                // A slice of a millisecond at once: waiting for each record would take a core.
                long now = System.nanoTime();
                while (due - now > SLICE_NANOS) {
                    LockSupport.parkNanos(SLICE_NANOS);
                    now = System.nanoTime();
                }
                dueNanos[i] = Math.min(due, now);
                producer.send(rows.record(pass.scores(), first + i));
                rows.sendLabel(producer, pass.labels(), first + i);
            }
        }
    }

    private static double at(long[] sorted, double share) {
        return sorted[(int) (share * (sorted.length - 1))] / 1e6;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
