package io.logitstream.benchmark.job;

import io.logitstream.config.JobFile;
import io.logitstream.config.KafkaSettings;
import java.io.Serializable;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Flink's own Kafka connectors for the jobs we compare ours with, set to what exactly once needs.
 * The byte copy has ours' buffers besides, so that it is the floor; the job by hand has Kafka's.
 */
final class FlinkTopics {

    /** What the clients of a job are set to. */
    enum Clients {
        /** As ours. */
        OURS("-1"),
        /** As Kafka has them by itself. */
        KAFKAS("65536");

        final String receiveBuffer;

        Clients(String receiveBuffer) {
            this.receiveBuffer = receiveBuffer;
        }

        String batch(JobCase of) {
            JobFile.Emit emit = of.isFull() ? JobFile.Emit.FULL : JobFile.Emit.TOP_K;
            return this == OURS ? "" + KafkaSettings.batchBytes(emit) : "16384";
        }
    }

    private FlinkTopics() {}

    static <T> KafkaSource<T> source(
            Pass pass, String topic, Clients clients, KafkaRecordDeserializationSchema<T> decoder) {
        return KafkaSource.<T>builder()
                .setProperty("receive.buffer.bytes", clients.receiveBuffer)
                .setBootstrapServers(pass.bootstrapServers())
                .setGroupId(pass.name())
                .setTopics(topic)
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setProperty("isolation.level", "read_committed")
                .setDeserializer(decoder)
                .build();
    }

    /** Makes a record. */
    interface Encoder<T> extends Serializable {
        ProducerRecord<byte[], byte[]> record(T value);
    }

    static <T> KafkaSink<T> sink(
            JobCase of, Pass pass, String name, Clients clients, Encoder<T> encoder) {
        return KafkaSink.<T>builder()
                .setProperty("batch.size", clients.batch(of))
                .setBootstrapServers(pass.bootstrapServers())
                .setProperty("acks", "all")
                .setProperty("transaction.timeout.ms", "900000")
                .setRecordSerializer((value, context, timestamp) -> encoder.record(value))
                .setDeliveryGuarantee(
                        of.isExactlyOnce()
                                ? DeliveryGuarantee.EXACTLY_ONCE
                                : DeliveryGuarantee.AT_LEAST_ONCE)
                .setTransactionalIdPrefix(pass.name() + name)
                .build();
    }
}
