package io.logitstream.benchmark.job;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What the first window of a case is, summed as it is defined and without our kernels. A job that
 * is stopped with its last prediction has written no later one for certain.
 *
 * @param rows how many rows are in it
 * @param lossNats the sum of their cross-entropies
 */
record FirstWindow(int rows, double lossNats) {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Beyond what the kernels promise of a row, which is 3e-7 nats. */
    private static final double TOLERANCE = 1e-7;

    /** Returns whether a record of the windows' topic says the same. */
    boolean isIn(Variant variant, ConsumerRecord<byte[], byte[]> record) throws IOException {
        return switch (variant) {
            case OURS -> isOurs(MAPPER.readTree(record.value()));
            // The key is a string and the window's start.
            case KAFKA_STREAMS ->
                    ByteBuffer.wrap(record.key()).getLong(record.key().length - Long.BYTES)
                                    == JobCase.START_MILLIS
                            && isSum(ByteBuffer.wrap(record.value()).getDouble());
            case NAIVE -> isSum(rows * Double.parseDouble(new String(record.value(), US_ASCII)));
            case BYTE_COPY -> throw new IllegalArgumentException("the byte copy has no windows");
        };
    }

    private boolean isOurs(JsonNode window) {
        return window.at("/window/start").asLong() == JobCase.START_MILLIS
                && window.path("labelled").asInt() == rows
                && isSum(window.at("/loss/sum").asDouble());
    }

    private boolean isSum(double other) {
        return Math.abs(other - lossNats) <= TOLERANCE * lossNats;
    }
}
