package io.logitstream.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.record.FaultReason;
import io.logitstream.record.Header;
import io.logitstream.record.LabelInput;
import io.logitstream.record.LabelRecord;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreRecord;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonLabelDecoderTest {

    private static final long KAFKA = 1_732_000_000_000L;

    private final JsonLabelDecoder decoder = new JsonLabelDecoder(new DecoderLimits("m", 3));

    private static RawRecord raw(@Nullable String key, @Nullable String value) {
        return new RawRecord("labels", 1, 2, KAFKA, bytes(key), bytes(value), Header.NONE);
    }

    private static byte @Nullable [] bytes(@Nullable String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void readsAllFields() {
        RawRecord raw =
                raw("k", "{\"id\":\"r\",\"model\":\"n\",\"label\":\"cat\",\"timestamp\":5}");
        assertThat(decoder.decode(raw))
                .isEqualTo(
                        LabelInput.of(
                                raw, new LabelRecord("r", "n", 5, ScoreRecord.NO_LABEL, "cat")));
    }

    @Test
    void fillsInKeyModelAndKafkaTime() {
        RawRecord raw = raw("k", "{\"label\":2}");
        assertThat(decoder.decode(raw).label())
                .isEqualTo(new LabelRecord("k", "m", KAFKA, 2, null));
    }

    @Test
    void skipsWhatMeansNothingHere() {
        LabelInput input =
                decoder.decode(
                        raw("k", "{\"label\":1,\"scores\":\"none\",\"weight\":-1,\"segment\":7}"));
        assertThat(input.fault()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "null",
            value = {
                "k | null | MALFORMED | the record has no value",
                "k | {\"label\":1 | MALFORMED | the JSON ends too early",
                "k | [1] | MALFORMED | not a JSON object",
                "k | {} | INVALID_FIELD | label is missing",
                "k | {\"label\":null} | INVALID_FIELD | label is missing",
                "k | {\"label\":1.5} | INVALID_FIELD | label must be",
                "k | {\"label\":[1]} | INVALID_FIELD | label must be a string or an integer, not an array",
                "k | {\"label\":1,\"label\":1} | INVALID_FIELD | label is given twice",
                "null | {\"label\":1} | INVALID_FIELD | id is missing",
                "k | {\"label\":1,\"id\":\"\"} | INVALID_FIELD | id must not be empty",
                "k | {\"label\":1,\"timestamp\":-1} | INVALID_TIMESTAMP | timestamp must be",
                "k | {\"label\":1,\"timestamp\":1732003600001} | INVALID_TIMESTAMP | more than one hour",
            })
    void refusesWithAReason(
            @Nullable String key, @Nullable String value, FaultReason reason, String detail) {
        LabelInput input = decoder.decode(raw(key, value));
        assertThat(input.label()).isNull();
        assertThat(input.fault().reason()).isEqualTo(reason);
        assertThat(input.fault().detail()).contains(detail);
    }
}
