package io.logitstream.connector;

import java.io.IOException;
import java.io.Serial;
import java.util.Set;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Passes over records of other topics than those the job file names. After the name of a topic
 * changed, a savepoint still has the partitions of the old one, and Flink goes on reading them.
 *
 * @param topics the names
 * @param decoder what decodes their records
 */
record TopicOnly<T>(Set<String> topics, KafkaRecordDeserializationSchema<T> decoder)
        implements KafkaRecordDeserializationSchema<T> {

    @Serial private static final long serialVersionUID = 1L;

    @Override
    public void open(DeserializationSchema.InitializationContext context) throws Exception {
        decoder.open(context);
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<T> out)
            throws IOException {
        if (topics.contains(record.topic())) {
            decoder.deserialize(record, out);
        }
    }

    @Override
    public TypeInformation<T> getProducedType() {
        return decoder.getProducedType();
    }
}
