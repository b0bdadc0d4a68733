package io.logitstream.cli;

import static org.awaitility.Awaitility.await;

import io.logitstream.local.LocalKafka;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads whole topics, partition by partition in the order of offsets. */
final class TopicReader {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String bootstrapServers;

    TopicReader(LocalKafka kafka) {
        this(kafka.bootstrapServers());
    }

    TopicReader(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /** Returns what transactions have committed so far, up to the first that is still open. */
    List<ConsumerRecord<byte[], byte[]>> committed(String topic) {
        return read(topic, "read_committed");
    }

    /** Returns whatever was written, in aborted and open transactions too. */
    List<ConsumerRecord<byte[], byte[]>> written(String topic) {
        return read(topic, "read_uncommitted");
    }

    /** Returns everything committed, once no transaction is open any more. */
    List<ConsumerRecord<byte[], byte[]>> drained(String topic) {
        await("no transaction left open on " + topic)
                .atMost(PATIENCE)
                .until(() -> ends(topic, "read_committed").equals(ends(topic, "read_uncommitted")));
        return committed(topic);
    }

    private Map<TopicPartition, Long> ends(String topic, String isolation) {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(isolation)) {
            return consumer.endOffsets(partitions(consumer, topic));
        }
    }

    private List<ConsumerRecord<byte[], byte[]>> read(String topic, String isolation) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(isolation)) {
            List<TopicPartition> partitions = partitions(consumer, topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (ends.entrySet().stream()
                    .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(topic + " cannot be read to its end");
                }
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        return consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition()))
                .toList();
    }

    KafkaConsumer<byte[], byte[]> consumer(String isolation) {
        ByteArrayDeserializer bytes = new ByteArrayDeserializer();
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "isolation.level",
                        isolation,
                        "auto.offset.reset",
                        "none",
                        "enable.auto.commit",
                        "false"),
                bytes,
                bytes);
    }
}
