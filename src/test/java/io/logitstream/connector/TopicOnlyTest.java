package io.logitstream.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.record.RawRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class TopicOnlyTest {

    private static ConsumerRecord<byte[], byte[]> record(
            String topic, long timestamp, TimestampType type) {
        byte[] value = {1};
        return new ConsumerRecord<>(
                topic,
                0,
                7,
                timestamp,
                type,
                -1,
                value.length,
                null,
                value,
                new RecordHeaders(),
                Optional.empty());
    }

    @Test
    void passesOverTopicsThatTheJobNoLongerReads() throws Exception {
        List<RawRecord> read = new ArrayList<>();
        TopicOnly<RawRecord> only = new TopicOnly<>(Set.of("new"), new RawDeserializer());
        for (String topic : List.of("old", "new")) {
            only.deserialize(
                    record(topic, 5, TimestampType.CREATE_TIME), new ListCollector<>(read));
        }
        assertThat(read).extracting(RawRecord::topic).containsExactly("new");
    }

    /** Kafka has two ways to say that a record has no time. */
    @Test
    void aRecordWithoutATimeHasNone() {
        assertThat(KafkaRecords.raw(record("t", 5, TimestampType.CREATE_TIME)).timestampMillis())
                .isEqualTo(5);
        assertThat(KafkaRecords.raw(record("t", -1, TimestampType.CREATE_TIME)).timestampMillis())
                .isEqualTo(RawRecord.NO_TIMESTAMP);
        assertThat(
                        KafkaRecords.raw(record("t", 5, TimestampType.NO_TIMESTAMP_TYPE))
                                .timestampMillis())
                .isEqualTo(RawRecord.NO_TIMESTAMP);
    }
}
