package io.logitstream.connector;

import io.logitstream.record.Header;
import io.logitstream.record.RawRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.record.TimestampType;

/** Takes what the consumer gives for what flows through the job; copies no bytes. */
final class KafkaRecords {

    private KafkaRecords() {}

    static RawRecord raw(ConsumerRecord<byte[], byte[]> record) {
        boolean timed =
                record.timestampType() != TimestampType.NO_TIMESTAMP_TYPE
                        && record.timestamp() != ConsumerRecord.NO_TIMESTAMP;
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
}
