package io.logitstream.connector;

import io.logitstream.codec.DecoderLimits;
import io.logitstream.codec.ScoreDecoder;
import io.logitstream.codec.ScoreFormats;
import io.logitstream.record.Header;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import java.io.Serial;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;

/**
 * Decodes scores inside the source, since the watermark of a partition needs the records' own time.
 * Emits exactly one {@link ScoreInput} per Kafka record, whatever it holds. Its score buffer is
 * reused, so whatever follows must be chained or serialise at once; the job enables object reuse.
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
        out.collect(decoder.decode(rawRecord(record)));
    }

    private static RawRecord rawRecord(ConsumerRecord<byte[], byte[]> record) {
        boolean timed = record.timestampType() != TimestampType.NO_TIMESTAMP_TYPE;
        return new RawRecord(
                record.topic(),
                record.partition(),
                record.offset(),
                timed ? record.timestamp() : RawRecord.NO_TIMESTAMP,
                record.key(),
                record.value(),
                headers(record.headers().toArray()));
    }

    private static Header[] headers(org.apache.kafka.common.header.Header[] theirs) {
        if (theirs.length == 0) {
            return Header.NONE;
        }
        Header[] headers = new Header[theirs.length];
        for (int i = 0; i < theirs.length; i++) {
            headers[i] = new Header(theirs[i].key(), theirs[i].value());
        }
        return headers;
    }

    @Override
    public TypeInformation<ScoreInput> getProducedType() {
        return TypeInformation.of(ScoreInput.class);
    }
}
