package io.logitstream.benchmark.job;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstWindowTest {

    private static final FirstWindow WINDOW = new FirstWindow(4, 6.0);

    @Test
    void aWindowOfACaseIsASixthOfItsRows() {
        FirstWindow window =
                new BenchRows(JobCase.of("float32", 10, 240 * 600).withWindows(false))
                        .firstWindow();
        assertThat(window.rows()).isEqualTo(100);
        // Ten classes and a label that knows nothing of scores of variance 9.
        assertThat(window.lossNats() / window.rows()).isBetween(3.0, 8.0);
    }

    @ParameterizedTest
    @ValueSource(doubles = {6.0, 6.0000001, 6.00001, 5.99999})
    void eachJobsWindowIsReadAsItWritesIt(double loss) throws IOException {
        boolean isSame = Math.abs(loss - 6) < 5e-7;
        assertThat(WINDOW.isIn(Variant.OURS, ours(JobCase.START_MILLIS, 4, loss)))
                .isEqualTo(isSame);
        assertThat(WINDOW.isIn(Variant.KAFKA_STREAMS, streams(JobCase.START_MILLIS, loss)))
                .isEqualTo(isSame);
        assertThat(WINDOW.isIn(Variant.NAIVE, naive(loss / 4))).isEqualTo(isSame);
    }

    @Test
    void anotherWindowIsNotIt() throws IOException {
        long second = JobCase.START_MILLIS + JobCase.WINDOW_MILLIS;
        assertThat(WINDOW.isIn(Variant.OURS, ours(second, 4, 6))).isFalse();
        assertThat(WINDOW.isIn(Variant.OURS, ours(JobCase.START_MILLIS, 3, 6))).isFalse();
        assertThat(WINDOW.isIn(Variant.KAFKA_STREAMS, streams(second, 6))).isFalse();
    }

    private static ConsumerRecord<byte[], byte[]> ours(long start, int labelled, double loss) {
        return record(
                new byte[0],
                """
                {"window":{"start":%d},"labelled":%d,"loss":{"sum":%s}}"""
                        .formatted(start, labelled, loss)
                        .getBytes(US_ASCII));
    }

    private static ConsumerRecord<byte[], byte[]> streams(long start, double loss) {
        return record(
                ByteBuffer.allocate(13).put("bench".getBytes(US_ASCII)).putLong(start).array(),
                ByteBuffer.allocate(8).putDouble(loss).array());
    }

    private static ConsumerRecord<byte[], byte[]> naive(double mean) {
        return record(new byte[0], Double.toString(mean).getBytes(US_ASCII));
    }

    private static ConsumerRecord<byte[], byte[]> record(byte[] key, byte[] value) {
        return new ConsumerRecord<>("losses", 0, 0, key, value);
    }
}
