package io.logitstream.benchmark.job;

import java.io.Serializable;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Flink's own Kafka connectors for the jobs we compare ours with, set to what exactly once needs
 * and nothing else: ours has larger buffers by itself.
 */
final class FlinkTopics {

    private FlinkTopics() {}

    static <T> KafkaSource<T> source(
            Pass pass, String topic, KafkaRecordDeserializationSchema<T> decoder) {
        return KafkaSource.<T>builder()
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

    static <T> KafkaSink<T> sink(JobCase of, Pass pass, String name, Encoder<T> encoder) {
        return KafkaSink.<T>builder()
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
