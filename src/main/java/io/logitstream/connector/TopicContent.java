package io.logitstream.connector;

import io.logitstream.config.JobFile;
import io.logitstream.record.RawRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * All that is committed in some topics at one moment.
 *
 * @param records in the order of each partition
 * @param ends of each partition the offset behind them
 */
public record TopicContent(List<RawRecord> records, Map<TopicPartition, Long> ends) {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final long PATIENCE_NANOS = Duration.ofMinutes(1).toNanos();

    public TopicContent {
        records = List.copyOf(records);
        ends = Map.copyOf(ends);
    }

    /**
     * Reads topics that exist from their start.
     *
     * @throws KafkaException if they can't be read, or not within a minute
     */
    public static TopicContent read(JobFile job, List<String> topics) {
        Properties properties = new Properties();
        properties.putAll(job.kafka().properties());
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        ByteArrayDeserializer bytes = new ByteArrayDeserializer();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, bytes, bytes)) {
            List<TopicPartition> partitions =
                    topics.stream()
                            .flatMap(topic -> consumer.partitionsFor(topic).stream())
                            .map(info -> new TopicPartition(info.topic(), info.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<RawRecord> records = new ArrayList<>();
            long start = System.nanoTime();
            while (!isReadTo(ends, consumer)) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    records.add(KafkaRecords.raw(record));
                }
                if (System.nanoTime() - start > PATIENCE_NANOS) {
                    throw new TimeoutException("topics " + topics + " can't be read to their end");
                }
            }
            return new TopicContent(records, ends);
        }
    }

    private static boolean isReadTo(
            Map<TopicPartition, Long> ends, KafkaConsumer<byte[], byte[]> consumer) {
        return ends.entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }
}
