package io.logitstream.benchmark.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;

/**
 * Whether variants say the same: ours and Kafka Streams, which has our kernel, byte for byte; the
 * naive job the same classes with the same probabilities to four digits. The byte copy writes 120
 * bytes for each of the same rows.
 */
final class Agreement {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final double TOLERANCE = 1e-4;

    private Agreement() {}

    /**
     * Compares the answers to the first rows.
     *
     * @throws IllegalStateException if they do not agree
     */
    static void check(Variant variant, Map<String, byte[]> ours, Map<String, byte[]> others)
            throws IOException {
        // The naive job is stopped early, one of its partitions perhaps far behind the other.
        int least = variant == Variant.NAIVE ? Math.max(1, ours.size() / 4) : ours.size();
        if (ours.isEmpty()
                || others.size() < least
                || !ours.keySet().containsAll(others.keySet())) {
            throw new IllegalStateException(
                    "%s answered %d other rows than ours, with %d"
                            .formatted(variant.word, others.size(), ours.size()));
        }
        for (Map.Entry<String, byte[]> each : others.entrySet()) {
            byte[] other = each.getValue();
            byte[] our = ours.get(each.getKey());
            boolean agrees =
                    switch (variant) {
                        case OURS, KAFKA_STREAMS -> Arrays.equals(other, our);
                        case BYTE_COPY -> other.length == ByteCopyJob.BYTES;
                        case NAIVE -> isClose(other, our);
                    };
            if (!agrees) {
                throw new IllegalStateException(
                        "row %s: %s says %s, ours says %s"
                                .formatted(
                                        each.getKey(),
                                        variant.word,
                                        new String(other),
                                        new String(our)));
            }
        }
    }

    private static boolean isClose(byte[] other, byte[] ours) throws IOException {
        JsonNode a = MAPPER.readTree(other);
        JsonNode b = MAPPER.readTree(ours);
        if (a.get("topK").size() != b.get("topK").size()) {
            return false;
        }
        boolean isClose = true;
        for (int rank = 0; rank < JobCase.TOP_K; rank++) {
            JsonNode theirs = a.get("topK").get(rank);
            JsonNode best = b.get("topK").get(rank);
            isClose &= theirs.get("class").asInt() == best.get("class").asInt();
            isClose &= isClose(theirs.get("probability"), best.get("probability"));
        }
        JsonNode whole = b.path("probabilities");
        for (int i = 0; i < whole.size(); i++) {
            isClose &= isClose(a.get("probabilities").get(i), whole.get(i));
        }
        return isClose;
    }

    private static boolean isClose(JsonNode a, JsonNode b) {
        double tolerance = TOLERANCE * Math.max(b.asDouble(), Float.MIN_NORMAL);
        return Math.abs(a.asDouble() - b.asDouble()) <= tolerance;
    }
}
