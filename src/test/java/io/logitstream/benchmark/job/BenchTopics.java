package io.logitstream.benchmark.job;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.logitstream.connector.NoAnswerException;
import io.logitstream.connector.TopicLeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The topics of the benchmark: made, looked at and deleted. */
final class BenchTopics implements AutoCloseable {

    private static final int NAMED_ROWS = 2_000;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration LEADERS_WAIT = Duration.ofMinutes(1);

    private final String bootstrapServers;
    private final Admin admin;

    BenchTopics(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    void create(Collection<String> names)
            throws ExecutionException, InterruptedException, NoAnswerException {
        // 12 MB of JSON for a row of a million classes; what is deleted frees its disk at once.
        Map<String, String> settings =
                Map.of("max.message.bytes", "16000000", "file.delete.delay.ms", "0");
        admin.createTopics(
                        names.stream()
                                .map(
                                        name ->
                                                new NewTopic(name, JobCase.PARTITIONS, (short) 1)
                                                        .configs(settings))
                                .toList())
                .all()
                .get();
        for (String name : names) {
            TopicLeaders.await(admin, name, LEADERS_WAIT);
        }
    }

    void delete(Collection<String> names) throws ExecutionException, InterruptedException {
        admin.deleteTopics(names).all().get();
    }

    /** Deletes all there are, those that Kafka Streams has made too. */
    void deleteAll() throws ExecutionException, InterruptedException {
        delete(admin.listTopics().names().get());
    }

    /**
     * Returns how many records a topic has, committed or not. The ends of transactions are among
     * them: a few a second.
     */
    long written(String topic) throws ExecutionException, InterruptedException {
        int partitions =
                admin.describeTopics(List.of(topic))
                        .allTopicNames()
                        .get()
                        .get(topic)
                        .partitions()
                        .size();
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            ends.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
        return admin.listOffsets(ends).all().get().values().stream()
                .mapToLong(end -> end.offset())
                .sum();
    }

    static List<TopicPartition> partitionsOf(String topic) {
        List<TopicPartition> partitions = new ArrayList<>();
        for (int partition = 0; partition < JobCase.PARTITIONS; partition++) {
            partitions.add(new TopicPartition(topic, partition));
        }
        return partitions;
    }

    KafkaConsumer<byte[], byte[]> consumer() {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "auto.offset.reset", "earliest",
                        "enable.auto.commit", "false",
                        "isolation.level", "read_uncommitted"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Returns the records of the first rows by their keys, wherever they are in the topic. */
    Map<String, byte[]> first(String topic) {
        Map<String, byte[]> records = new TreeMap<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.assign(partitionsOf(topic));
            consumer.seekToBeginning(partitionsOf(topic));
            var polled = consumer.poll(PATIENCE);
            while (records.size() < NAMED_ROWS && !polled.isEmpty()) {
                for (ConsumerRecord<byte[], byte[]> record : polled) {
                    if (BenchRows.rowOf(record.key()) < NAMED_ROWS) {
                        records.put(new String(record.key(), US_ASCII), record.value());
                    }
                }
                polled = consumer.poll(PATIENCE);
            }
        }
        return records;
    }

    /** Returns all records of a topic that is not long. */
    List<ConsumerRecord<byte[], byte[]>> all(String topic) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.assign(partitionsOf(topic));
            consumer.seekToBeginning(partitionsOf(topic));
            var polled = consumer.poll(PATIENCE);
            while (!polled.isEmpty()) {
                polled.forEach(records::add);
                polled = consumer.poll(PATIENCE);
            }
        }
        return records;
    }

    @Override
    public void close() {
        admin.close();
    }
}
