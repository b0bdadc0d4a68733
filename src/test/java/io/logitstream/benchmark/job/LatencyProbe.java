package io.logitstream.benchmark.job;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * Sends rows at an even rate, their labels with them, and waits for their predictions. A row's time
 * counts from when it was due, so what comes late because the machine is busy is late.
 */
final class LatencyProbe {

    private static final double WARM_UP = 0.5;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long SLICE_NANOS = 1_000_000;

    private final BenchTopics topics;
    private final BenchRows rows;

    LatencyProbe(BenchTopics topics, BenchRows rows) {
        this.topics = topics;
        this.rows = rows;
    }

    /** Measures a job that runs, and reads topics that are empty. */
    Latency measure(Pass pass, double recordsPerSecond, double seconds) {
        int count = (int) (recordsPerSecond * seconds);
        long[] dueNanos = new long[count];
        long[] tookNanos = new long[count];
        try (KafkaConsumer<byte[], byte[]> consumer = topics.consumer()) {
            consumer.assign(BenchTopics.partitionsOf(pass.predictions()));
            consumer.seekToBeginning(BenchTopics.partitionsOf(pass.predictions()));
            CompletableFuture<Void> sending =
                    CompletableFuture.runAsync(() -> send(pass, recordsPerSecond, dueNanos));
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            for (int answered = 0; answered < count; ) {
                if (System.nanoTime() > deadline || sending.isCompletedExceptionally()) {
                    sending.getNow(null);
                    throw new IllegalStateException(answered + " of " + count + " answered");
                }
                for (ConsumerRecord<byte[], byte[]> record :
                        consumer.poll(Duration.ofMillis(100))) {
                    int row = (int) BenchRows.rowOf(record.key());
                    tookNanos[row] = System.nanoTime() - dueNanos[row];
                    answered++;
                }
            }
        }
        int warmUp = (int) (count * WARM_UP);
        long[] sorted = Arrays.copyOfRange(tookNanos, warmUp, count);
        Arrays.sort(sorted);
        return new Latency(at(sorted, 0.5), at(sorted, 0.99), at(sorted, 0.999));
    }

    private void send(Pass pass, double recordsPerSecond, long[] dueNanos) {
        try (KafkaProducer<byte[], byte[]> producer =
                BenchRows.producer(pass.bootstrapServers(), 0)) {
            long start = System.nanoTime();
            for (int row = 0; row < dueNanos.length; row++) {
                long due = start + (long) (row / recordsPerSecond * 1e9);
                // A slice of a millisecond at once: waiting for each record would take a core.
                while (due - System.nanoTime() > SLICE_NANOS) {
                    LockSupport.parkNanos(SLICE_NANOS);
                }
                dueNanos[row] = due;
                producer.send(rows.record(pass.scores(), row));
                rows.sendLabel(producer, pass.labels(), row);
            }
        }
    }

    private static double at(long[] sorted, double share) {
        return sorted[(int) (share * (sorted.length - 1))] / 1e6;
    }
}
