package io.logitstream.connector;

import io.logitstream.codec.DecoderLimits;
import io.logitstream.codec.ScoreDecoder;
import io.logitstream.codec.ScoreFormats;
import io.logitstream.record.ScoreInput;
import java.io.Serial;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Decodes scores inside the source, since the watermark of a partition needs the records' own time.
 * Emits one {@link ScoreInput} per Kafka record, whatever it holds, or one for each of its rows.
 * Its score buffer is reused, so whatever follows must be chained or serialise at once; the job
 * enables object reuse.
 */
final class ScoreDeserializer implements KafkaRecordDeserializationSchema<ScoreInput> {

    @Serial private static final long serialVersionUID = 1L;

    private final String format;
    private final DecoderLimits limits;

    private transient ScoreDecoder decoder;

    ScoreDeserializer(String format, DecoderLimits limits) {
        this.format = format;
        this.limits = limits;
    }

    @Override
    public void open(DeserializationSchema.InitializationContext context) {
        decoder = ScoreFormats.decoder(format, limits);
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<ScoreInput> out) {
        ScoreInput input = decoder.decode(KafkaRecords.raw(record));
        while (input != null) {
            out.collect(input);
            input = decoder.next();
        }
    }

    @Override
    public TypeInformation<ScoreInput> getProducedType() {
        return TypeInformation.of(ScoreInput.class);
    }
}
