package io.logitstream.connector;

import io.logitstream.config.JobFile;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The control topic of a job, as a command reads and writes it. The job has one. */
public final class ControlTopic {

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
