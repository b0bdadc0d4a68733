package io.logitstream.benchmark.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/** Reads a record as one does who trusts it. */
final class NaiveReader implements KafkaRecordDeserializationSchema<NaiveRow> {

    private static final long serialVersionUID = 1L;

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final String format;

    NaiveReader(String format) {
        this.format = format;
    }

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<NaiveRow> out)
            throws IOException {
        NaiveRow row =
                format.equals("json")
                        ? MAPPER.readValue(record.value(), NaiveRow.class)
                        : ofFloats(record);
        row.id = new String(record.key(), StandardCharsets.UTF_8);
        out.collect(row);
    }

    private static NaiveRow ofFloats(ConsumerRecord<byte[], byte[]> record) {
        NaiveRow row = new NaiveRow();
        row.scores = new float[record.value().length / Float.BYTES];
        ByteBuffer.wrap(record.value())
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(row.scores);
        Header label = record.headers().lastHeader("label");
        if (label != null) {
            row.label = Integer.valueOf(new String(label.value(), StandardCharsets.UTF_8));
        }
        return row;
    }

    @Override
    public TypeInformation<NaiveRow> getProducedType() {
        return TypeInformation.of(NaiveRow.class);
    }
}
