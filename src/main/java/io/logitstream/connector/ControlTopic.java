package io.logitstream.connector;

import io.logitstream.config.JobFile;
import io.logitstream.record.RawRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The control topic of a job, as a command reads and writes it. The job has one. */
public final class ControlTopic {

    private static final Duration POLL = Duration.ofMillis(200);
    private static final long PATIENCE_NANOS = Duration.ofMinutes(1).toNanos();

    private final JobFile job;
    private final String topic;

    private ControlTopic(JobFile job, String topic) {
        this.job = job;
        this.topic = topic;
    }

    /** Returns the topic of a job that has a section control. */
    public static ControlTopic of(JobFile job) {
        if (job.control() == null) {
            throw new IllegalArgumentException("job " + job.name() + " has no control topic");
        }
        return new ControlTopic(job, job.control().topic());
    }

    /**
     * Returns all that is committed, in the order of each partition.
     *
     * @throws KafkaException if it can't be read, or not within a minute
     */
    public List<RawRecord> read() {
        Properties properties = properties();
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        List<RawRecord> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(topic).stream()
                            .map(info -> new TopicPartition(topic, info.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long deadline = System.nanoTime() + PATIENCE_NANOS;
            while (!ends.entrySet().stream()
                    .allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    records.add(KafkaRecords.raw(record));
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new TimeoutException("topic " + topic + " can't be read to its end");
                }
            }
        }
        return records;
    }

    /**
     * Writes a record, and waits until all replicas have it.
     *
     * @return where it is, as {@code topic-partition-offset}
     * @throws KafkaException if it can't be written
     */
    public String send(byte[] key, byte[] value) throws InterruptedException {
        Properties properties = properties();
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            RecordMetadata sent = producer.send(new ProducerRecord<>(topic, key, value)).get();
            return sent.topic() + "-" + sent.partition() + "-" + sent.offset();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException why ? why : new KafkaException(e);
        }
    }

    private Properties properties() {
        Properties properties = new Properties();
        properties.putAll(job.kafka().properties());
        return properties;
    }
}
