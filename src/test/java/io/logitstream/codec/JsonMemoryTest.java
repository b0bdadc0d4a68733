package io.logitstream.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.record.FaultReason;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a JSON record may cost, whatever it holds. */
class JsonMemoryTest {

    private static final int HUGE_BYTES = 50 << 20;
    private static final long FEW_BYTES = 1 << 20;

    private final ScoreDecoder decoder = new JsonScoreDecoder(new DecoderLimits("m", 1_000));

    /** Repeats the middle up to 50 MB. */
    private static RawRecord huge(String start, String middle, String end) {
        byte[] unit = Draft.utf8(middle);
        int units = (HUGE_BYTES - start.length() - end.length()) / unit.length;
        int endAt = start.length() + units * unit.length;
        byte[] value = Arrays.copyOf(Draft.utf8(start), endAt + end.length());
        System.arraycopy(unit, 0, value, start.length(), unit.length);
        for (int done = unit.length; done < units * unit.length; done *= 2) {
            int more = Math.min(done, units * unit.length - done);
            System.arraycopy(value, start.length(), value, start.length() + done, more);
        }
        System.arraycopy(Draft.utf8(end), 0, value, endAt, end.length());
        return Draft.of().raw(value);
    }

    private ScoreInput decodeFrugally(RawRecord raw) {
        AtomicReference<ScoreInput> input = new AtomicReference<>();
        long bytes = Allocation.bytesOf(() -> input.set(decoder.decode(raw)));
        assertThat(bytes).as("heap bytes for %s", raw).isLessThan(FEW_BYTES);
        return input.get();
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"scores\":[', 7, INVALID_SCORE",
        "'{\"scores\":[0.', 7, INVALID_SCORE",
        "'{\"scores\":[1e', 7, INVALID_SCORE",
        "'{\"scores\":[', '1,', WRONG_CLASS_COUNT",
        "'{\"scores\":[[', '[', INVALID_FIELD",
        "'{\"scores\":[[', '1,', WRONG_CLASS_COUNT",
        "'{\"scores\":[', '[1],', WRONG_CLASS_COUNT",
        "'{\"scores\":[1],\"label\":[', '1,', INVALID_FIELD",
        "'{\"scores\":[1],\"shard\":{\"x\":[', '1,', MALFORMED",
        "'{\"scores\":[1],\"classes\":[', '1,', INVALID_FIELD",
        "'{\"scores\":[1],\"logExpectedCounts\":[', '1,', INVALID_FIELD",
        "'{\"scores\":[1],\"tails\":[', 7, INVALID_FIELD",
        "'{\"scores\":[', '[', INVALID_FIELD",
        "'{\"scores\":[\"', x, INVALID_SCORE",
        "'{\"scores\":[', x, MALFORMED",
        "'{\"id\":\"', x, INVALID_FIELD",
        "'{\"id\":\"', é, INVALID_FIELD",
        "'{\"id\":', 7, INVALID_FIELD",
        "'{\"timestamp\":', 7, INVALID_FIELD",
        "'{\"weight\":', 7, INVALID_FIELD",
        "'{\"scores\":', 7, INVALID_SCORE",
        "'{\"x\":{\"id\":', 7, MALFORMED",
        "'{\"id\":\"a\",\"', x, MALFORMED",
        "'{\"label\":\"', '\\\\', INVALID_FIELD",
        "'{\"', x, MALFORMED",
        "'{\"x\":\"', x, MALFORMED",
        "'{\"x\":', 7, MALFORMED",
        "'{\"x\":', '[', MALFORMED",
        "'{\"x\":[', '[],', MALFORMED",
        "'{', '\"x\":{},', MALFORMED",
        "'', x, MALFORMED",
        "'', '\"', MALFORMED",
        "'\"', x, MALFORMED",
        "'', '{', MALFORMED",
        "'', ' ', MALFORMED",
        "'{\"scores\":[1]}', x, MALFORMED"
    })
    void fiftyMegabytesOfGarbageTakeAlmostNoMemory(
            String start, String middle, FaultReason reason) {
        ScoreInput input = decodeFrugally(huge(start, middle, ""));
        assertThat(input.fault()).isNotNull();
        assertThat(input.fault().reason()).as(input.fault().detail()).isEqualTo(reason);
    }

    @Test
    void manyDifferentUnknownNamesTakeAlmostNoMemory() {
        for (int i = 0; i < 100; i++) {
            StringBuilder text = new StringBuilder("{");
            for (int n = 0; n < 1_000; n++) {
                text.append("\"field-").append(i).append('-').append(n).append("\":1,");
            }
            RawRecord raw = Draft.of().raw(Draft.utf8(text + "\"scores\":[1]}"));
            assertThat(decodeFrugally(raw).score()).isNotNull();
        }
    }

    @Test
    void aSkippedTextOfFiftyMegabytesTakesAlmostNoMemory() {
        ScoreInput input = decodeFrugally(huge("{\"x\":\"", "x", "\",\"scores\":[1,2]}"));
        assertThat(input.score()).isNotNull();
        assertThat(input.score().scores()).containsExactly(1, 2);
    }

    @Test
    void aScoreTakesNoMemory() {
        int numScores = 100_000;
        ScoreDecoder wide = new JsonScoreDecoder(new DecoderLimits("m", numScores));
        String[] scores = new String[numScores];
        Arrays.setAll(
                scores,
                i ->
                        switch (i % 6) {
                            case 0 -> "-Infinity";
                            case 1 -> "\"-Infinity\"";
                            case 2 -> "null";
                            case 3 -> Double.toString(i / 7.0);
                            case 4 -> Float.toString(-i / 7f);
                            default -> Integer.toString(i);
                        });
        String text = "{\"scores\":[" + String.join(",", scores) + "]}";
        RawRecord raw = Draft.of().raw(Draft.utf8(text));
        wide.decode(raw);
        assertThat(Allocation.bytesOf(() -> wide.decode(raw))).isLessThan(20_000);
    }
}
