package io.logitstream.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.record.DeadLetter;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.Header;
import io.logitstream.record.RawRecord;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLetterEncoderTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final byte[] BINARY = {(byte) 0xFF, 0, 1, 2, (byte) 0x80};
    private static final Fault FAULT = new Fault(FaultReason.WRONG_CLASS_COUNT, "3, not 2");
    private static final int PLENTY = 1 << 20;

    private final DeadLetterEncoder encoder = new DeadLetterEncoder();

    private static RawRecord raw(byte[] key, byte[] value, Header... headers) {
        return new RawRecord("scores", 3, 42, 1_732_000_000_000L, key, value, headers);
    }

    private String encode(RawRecord raw, int maxBytes) {
        byte[] json = encoder.encode(new DeadLetter(raw, FAULT), maxBytes);
        assertThat(json.length).isLessThanOrEqualTo(maxBytes);
        assertThat(Utf8.isValid(json)).isTrue();
        return new String(json, StandardCharsets.UTF_8);
    }

    private JsonNode tree(RawRecord raw, int maxBytes) {
        try {
            return MAPPER.readTree(encode(raw, maxBytes));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void writesTextAsText() {
        RawRecord raw =
                raw(Draft.utf8("k"), Draft.utf8("{\"a\":1}\n"), new Header("h", Draft.utf8("ä")));
        assertThat(encode(raw, PLENTY))
                .isEqualTo(
                        "{\"reason\":\"wrong-class-count\",\"detail\":\"3, not 2\","
                                + "\"topic\":\"scores\",\"partition\":3,\"offset\":42,"
                                + "\"timestamp\":1732000000000,\"key\":\"k\","
                                + "\"value\":\"{\\\"a\\\":1}\\n\","
                                + "\"headers\":[{\"name\":\"h\",\"value\":\"ä\"}]}");
    }

    @Test
    void writesOtherBytesAsBase64() {
        // FF 00 01 02 80 in base64: /wABAoA=
        assertThat(encode(raw(BINARY, BINARY, new Header("h", BINARY)), PLENTY))
                .endsWith(
                        ",\"keyBase64\":\"/wABAoA=\",\"valueBase64\":\"/wABAoA=\","
                                + "\"headers\":[{\"name\":\"h\",\"valueBase64\":\"/wABAoA=\"}]}");
    }

    @Test
    void leavesOutWhatIsMissing() {
        RawRecord raw = new RawRecord("t", 0, 0, RawRecord.NO_TIMESTAMP, null, null, Header.NONE);
        assertThat(encode(raw, PLENTY)).endsWith(",\"topic\":\"t\",\"partition\":0,\"offset\":0}");
        assertThat(encode(raw(null, null, new Header("h", null)), PLENTY))
                .endsWith(",\"headers\":[{\"name\":\"h\"}]}");
    }

    @Test
    void keepsEmptyApartFromMissing() {
        byte[] empty = {};
        assertThat(encode(raw(empty, empty, new Header("", empty)), PLENTY))
                .endsWith(
                        ",\"key\":\"\",\"value\":\"\",\"headers\":[{\"name\":\"\",\"value\":\"\"}]}");
    }

    @Test
    void givesAllBytesBack() throws IOException {
        Random random = TestSeed.random("dead letters");
        for (int i = 0; i < 3_000; i++) {
            byte[] value = new byte[random.nextInt(100)];
            random.nextBytes(value);
            if (i % 2 == 0) {
                // Plain ASCII with all its control characters.
                for (int k = 0; k < value.length; k++) {
                    value[k] &= 0x7F;
                }
            }
            assertThat(valueOf(tree(raw(null, value), PLENTY))).isEqualTo(value);
        }
    }

    private static byte[] valueOf(JsonNode json) {
        return json.has("value")
                ? Draft.utf8(json.get("value").textValue())
                : Base64.getDecoder().decode(json.get("valueBase64").textValue());
    }

    @Test
    void fillsTheRoomWithTheStartOfALongValue() {
        byte[] text = Draft.utf8("0123456789".repeat(1_000));
        JsonNode json = tree(raw(Draft.utf8("k"), text, new Header("h", BINARY)), 9_000);
        assertThat(encode(raw(Draft.utf8("k"), text), 9_000)).hasSize(9_000);
        assertThat(json.get("truncated").booleanValue()).isTrue();
        assertThat(json.get("valueBytes").intValue()).isEqualTo(10_000);
        assertThat(json.get("value").textValue()).startsWith("0123456789012");
        assertThat(json.get("key").textValue()).isEqualTo("k");
        assertThat(json.get("headers")).hasSize(1);
    }

    @Test
    void fillsTheRoomWithTheStartOfALongBinaryValue() {
        byte[] value = new byte[10_000];
        Arrays.fill(value, (byte) 0xFF);
        String json = encode(raw(null, value), 9_000);
        assertThat(json.length()).isBetween(8_997, 9_000);
        assertThat(json).contains("\"truncated\":true,\"valueBytes\":10000,\"valueBase64\":\"//");
    }

    @Test
    void saysNothingOfTruncationWhereAllFitsToTheByte() {
        RawRecord raw = raw(null, Draft.utf8("\u0001é\"".repeat(1_000)));
        int whole = encode(raw, PLENTY).getBytes(StandardCharsets.UTF_8).length;
        assertThat(encode(raw, whole)).doesNotContain("truncated");
        assertThat(encode(raw, whole - 1)).contains("\"truncated\":true");
    }

    @Test
    void neverPassesTheLimitAndNeverSplitsACodePoint() {
        Random random = TestSeed.random("limits");
        String[] pieces = {"a", "\"", "\\", "\n", "\u0001", "é", "\u20AC", "\uD83D\uDC31"};
        for (int i = 0; i < 2_000; i++) {
            StringBuilder text = new StringBuilder();
            while (text.length() < 2_500) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            byte[] value = Draft.utf8(text.toString());
            int maxBytes = DeadLetterEncoder.MIN_BYTES + random.nextInt(6_000);
            byte[] kept = valueOf(tree(raw(null, value), maxBytes));
            assertThat(kept).isEqualTo(Arrays.copyOf(value, kept.length));
        }
    }

    @Test
    void givesUpHeadersBeforeTheKey() {
        Header large = new Header("large", new byte[15_000]);
        JsonNode json = tree(raw(Draft.utf8("k"), Draft.utf8("v"), large, large), 9_000);
        assertThat(json.has("headers")).isFalse();
        assertThat(json.get("headerCount").intValue()).isEqualTo(2);
        assertThat(json.get("valueBytes").intValue()).isEqualTo(1);
        assertThat(json.get("value").textValue()).isEqualTo("v");
        assertThat(json.get("key").textValue()).isEqualTo("k");
        assertThat(json.has("keyBytes")).isFalse();
    }

    @Test
    void givesUpTheKeyLast() {
        JsonNode json = tree(raw(new byte[15_000], null), 9_000);
        assertThat(json.get("truncated").booleanValue()).isTrue();
        assertThat(json.get("keyBytes").intValue()).isEqualTo(15_000);
        assertThat(json.has("key")).isFalse();
        assertThat(json.has("valueBytes")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "\"", "\u0001", "é", "\u20AC", "\uD83D\uDC31", "\uD83D"})
    void alwaysFitsIntoTheLeastItTakes(String piece) {
        String text = piece.repeat(3_000);
        byte[] bytes = new byte[100_000];
        RawRecord raw =
                new RawRecord(
                        text,
                        Integer.MIN_VALUE,
                        Long.MIN_VALUE,
                        Long.MIN_VALUE + 1,
                        bytes,
                        bytes,
                        new Header[] {new Header(text, bytes)});
        Fault fault = new Fault(FaultReason.INVALID_MODEL, text);
        byte[] json = encoder.encode(new DeadLetter(raw, fault), DeadLetterEncoder.MIN_BYTES);
        assertThat(json.length).isLessThanOrEqualTo(DeadLetterEncoder.MIN_BYTES);
        assertThat(new String(json, StandardCharsets.UTF_8))
                .contains("\"truncated\":true", "\"keyBytes\":100000", "invalid-model");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 8_191})
    void refusesALimitThatCannotAlwaysBeKept(int maxBytes) {
        assertThatThrownBy(() -> encode(raw(null, null), maxBytes))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("8192")
                .hasMessageContaining("" + maxBytes);
    }

    @Test
    void writesWhateverTheDetailAndNamesHold() {
        Fault fault = new Fault(FaultReason.MALFORMED, "half \uD83D pair, bell \u0007");
        RawRecord raw = raw(null, null, new Header("x\uDC31", null));
        byte[] json = encoder.encode(new DeadLetter(raw, fault), PLENTY);
        assertThat(new String(json, StandardCharsets.UTF_8))
                .contains("\"half \uFFFD pair, bell \uFFFD\"", "\"x\uFFFD\"");
    }

    @Test
    void givesUpWhatFitsOnlyBeforeItIsEscaped() {
        byte[] quotes = Draft.utf8("\"".repeat(6_000));
        JsonNode noHeaders = tree(raw(null, null, new Header("h", quotes)), 9_000);
        assertThat(noHeaders.get("headerCount").intValue()).isEqualTo(1);
        JsonNode noKey = tree(raw(quotes, Draft.utf8("v")), 9_000);
        assertThat(noKey.get("keyBytes").intValue()).isEqualTo(6_000);
        assertThat(noKey.get("value").textValue()).isEqualTo("v");
    }

    @Test
    void takesLittleMemoryForWhatIsCut() {
        byte[] large = new byte[20 << 20];
        DeadLetter letter = new DeadLetter(raw(large, large, new Header("h", large)), FAULT);
        encoder.encode(letter, 10_000);
        assertThat(Allocation.bytesOf(() -> encoder.encode(letter, 10_000))).isLessThan(200_000);
    }
}
