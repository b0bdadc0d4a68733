package io.logitstream.connector;

import io.logitstream.record.Header;
import io.logitstream.record.OutputRecord;
import java.io.Serial;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Hands finished records to the producer. The Kafka timestamp is the producer's clock, not event
 * time: with event time, a replay of old scores would write records that the topic's retention
 * deletes at once.
 */
final class OutputSerializer implements KafkaRecordSerializationSchema<OutputRecord> {

    @Serial private static final long serialVersionUID = 1L;

    private final String topic;

    OutputSerializer(String topic) {
        this.topic = topic;
    }

    @Override
    public ProducerRecord<byte[], byte[]> serialize(
            OutputRecord output, KafkaSinkContext context, @Nullable Long timestamp) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, output.key(), output.value());
        for (Header header : output.headers()) {
            record.headers().add(header.name(), header.value());
        }
        return record;
    }
}
