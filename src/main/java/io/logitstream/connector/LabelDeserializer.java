package io.logitstream.connector;

import io.logitstream.codec.DecoderLimits;
import io.logitstream.codec.JsonLabelDecoder;
import io.logitstream.record.LabelInput;
import java.io.Serial;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Decodes labels inside the source, since the watermark of a partition needs the records' own time.
 * Emits exactly one {@link LabelInput} per Kafka record, whatever it holds.
 */
final class LabelDeserializer implements KafkaRecordDeserializationSchema<LabelInput> {

    @Serial private static final long serialVersionUID = 1L;

    private final DecoderLimits limits;

    private transient JsonLabelDecoder decoder;

    LabelDeserializer(DecoderLimits limits) {
        this.limits = limits;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        decoder = new JsonLabelDecoder(limits);
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<LabelInput> out) {
        out.collect(decoder.decode(KafkaRecords.raw(record)));
    }

    @Override
    public TypeInformation<LabelInput> getProducedType() {
        return TypeInformation.of(LabelInput.class);
    }
}
