package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.record.FaultReason;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jspecify.annotations.Nullable;

/**
 * A record of the fashion model that cannot be used, and why.
 *
 * @param reason what its dead letter says
 * @param key of the record
 * @param value of the record
 * @param headers of the record
 */
record Poison(
        FaultReason reason, byte @Nullable [] key, byte @Nullable [] value, List<Header> headers) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] NOT_UTF8 = {(byte) 0xff, (byte) 0xfe, 0, 1};

    /**
     * Null, the same name twice, bytes that are no text, a name that means something in float32.
     */
    static final List<Header> ODD_HEADERS =
            List.of(
                    new RecordHeader("null", (byte[]) null),
                    new RecordHeader("twice", "1".getBytes(UTF_8)),
                    new RecordHeader("twice", "2".getBytes(UTF_8)),
                    new RecordHeader("bytes", NOT_UTF8),
                    new RecordHeader("label", "no such class".getBytes(UTF_8)));

    static List<Poison> all() {
        return all(Recorded.START_MILLIS);
    }

    /** Returns them with this time, where they have one. */
    static List<Poison> all(long millis) {
        return List.of(
                row(millis, FaultReason.INVALID_SCORE, "\"scores\":[NaN,2,3,4,5,6,7,8,9,10]"),
                row(millis, FaultReason.INVALID_SCORE, "\"scores\":[1,2,3,4,5,6,7,8,9,Infinity]"),
                row(millis, FaultReason.INVALID_SCORE, "\"scores\":[1,2,3,4,null,6,7,8,9,10]"),
                row(millis, FaultReason.WRONG_CLASS_COUNT, "\"scores\":[1,2,3]"),
                row(
                        millis,
                        FaultReason.ALL_MASKED,
                        "\"scores\":[" + "-Infinity,".repeat(9) + "-Infinity]"),
                row(millis, FaultReason.UNKNOWN_LABEL, "\"label\":\"hat\",\"scores\":" + SCORES),
                row(millis, FaultReason.UNKNOWN_MODEL, "\"model\":\"cifar\",\"scores\":" + SCORES),
                row(millis, FaultReason.INVALID_FIELD, "\"segment\":\"*\",\"scores\":" + SCORES),
                text(FaultReason.MALFORMED, "{\"id\":\"cut\",\"scores\":[1,2", List.of()),
                text(FaultReason.MALFORMED, "not JSON, but with headers", ODD_HEADERS),
                new Poison(FaultReason.MALFORMED, null, NOT_UTF8, List.of()),
                new Poison(FaultReason.MALFORMED, NOT_UTF8, new byte[0], List.of()),
                new Poison(FaultReason.MALFORMED, "key".getBytes(UTF_8), null, ODD_HEADERS));
    }

    private static final String SCORES = "[1,2,3,4,5,6,7,8,9,10]";

    private static Poison row(long millis, FaultReason reason, String fields) {
        String time = "{\"timestamp\":" + millis + ",";
        return text(reason, time + fields + "}", List.of());
    }

    private static Poison text(FaultReason reason, String value, List<Header> headers) {
        return new Poison(reason, "key".getBytes(UTF_8), value.getBytes(UTF_8), headers);
    }

    ProducerRecord<byte[], byte[]> to(String topic, int partition) {
        return new ProducerRecord<>(topic, partition, key, value, headers);
    }

    /** Asserts that the letters are one for each of these records, and hold all there was. */
    static void assertBuried(
            Map<RecordMetadata, Poison> sent, List<ConsumerRecord<byte[], byte[]>> letters)
            throws IOException {
        Map<String, ConsumerRecord<byte[], byte[]>> byPlace =
                letters.stream().collect(Collectors.toMap(Poison::place, letter -> letter));
        assertThat(byPlace)
                .containsOnlyKeys(sent.keySet().stream().map(RecordMetadata::toString).toList());
        for (Map.Entry<RecordMetadata, Poison> one : sent.entrySet()) {
            JsonNode letter = JSON.readTree(byPlace.get(one.getKey().toString()).value());
            one.getValue().assertIs(letter);
            assertThat(letter.path("timestamp").asLong()).isEqualTo(one.getKey().timestamp());
        }
    }

    private static String place(ConsumerRecord<byte[], byte[]> letter) {
        try {
            JsonNode json = JSON.readTree(letter.value());
            return json.path("topic").asText()
                    + "-"
                    + json.path("partition").asInt()
                    + "@"
                    + json.path("offset").asLong();
        } catch (IOException e) {
            throw new AssertionError("a dead letter is no JSON", e);
        }
    }

    private void assertIs(JsonNode letter) throws IOException {
        assertThat(letter.path("reason").asText()).as("%s", letter).isEqualTo(reason.code());
        assertThat(letter.path("detail").asText()).isNotBlank();
        assertThat(bytes(letter, "key")).isEqualTo(key);
        assertThat(bytes(letter, "value")).isEqualTo(value);
        assertThat(letter.path("headers")).hasSize(headers.size());
        for (int i = 0; i < headers.size(); i++) {
            JsonNode header = letter.path("headers").get(i);
            assertThat(header.path("name").asText()).isEqualTo(headers.get(i).key());
            assertThat(bytes(header, "value")).isEqualTo(headers.get(i).value());
        }
    }

    private static byte @Nullable [] bytes(JsonNode object, String name) {
        if (object.has(name)) {
            return object.get(name).asText().getBytes(UTF_8);
        }
        JsonNode base64 = object.get(name + "Base64");
        return base64 == null ? null : Base64.getDecoder().decode(base64.asText());
    }
}
