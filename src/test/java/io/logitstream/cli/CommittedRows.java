package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;

/** When the prediction of each row became visible to a reader of committed records. */
final class CommittedRows implements AutoCloseable {

    private final Map<String, Long> seenNanos = new ConcurrentHashMap<>();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Future<?> reading;

    CommittedRows(TopicReader topics, String topic) {
        consumer = topics.consumer("read_committed");
        List<TopicPartition> partitions = TopicReader.partitions(consumer, topic);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        reading = thread.submit(this::read);
    }

    private void read() {
        try (consumer) {
            while (true) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
                    seenNanos.putIfAbsent(new String(record.key(), UTF_8), System.nanoTime());
                }
            }
        } catch (WakeupException e) {
            // Closed.
        }
    }

    /** Returns whether it did yet. */
    boolean has(String row) {
        SideLoop.check(reading, "reading predictions");
        return seenNanos.containsKey(row);
    }

    /** Returns when a row was seen, by the clock of {@link System#nanoTime}. */
    long seenNanos(String row) {
        return seenNanos.get(row);
    }

    @Override
    public void close() throws InterruptedException {
        consumer.wakeup();
        thread.shutdown();
        if (!thread.awaitTermination(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("reading predictions does not end");
        }
    }
}
