package io.logitstream.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.record.FaultReason;
import io.logitstream.record.Header;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.Shard;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link ScoreDecoder} promises, whatever its format. */
abstract class AbstractScoreDecoderTest {

    static final int MAX_CLASSES = 16;

    private static final long HOUR = 3_600_000L;
    private static final long LAST_OF_9999 = 253_402_300_799_999L;

    private final ScoreDecoder decoder = decoder(new DecoderLimits("only", MAX_CLASSES));

    abstract ScoreDecoder decoder(DecoderLimits limits);

    /** Writes a draft in the format. */
    abstract RawRecord write(Draft draft);

    /** Writes a draft in which one field comes twice. */
    abstract RawRecord writeTwice(Draft draft, String name, String value);

    final ScoreInput decode(RawRecord raw) {
        ScoreInput input = decoder.decode(raw);
        assertThat(input.raw()).isSameAs(raw);
        assertThat(input.score() == null)
                .as("score xor fault: %s", input)
                .isNotEqualTo(input.fault() == null);
        if (input.fault() != null) {
            String detail = input.fault().detail();
            assertThat(detail).isNotBlank().hasSizeLessThan(310).doesNotContain("\n");
            assertThat(detail).doesNotContain("Source", "Exception", "parser failed");
        }
        return input;
    }

    final ScoreRecord decodeGood(RawRecord raw) {
        ScoreInput input = decode(raw);
        assertThat(input.fault()).isNull();
        return input.score();
    }

    final void assertFault(RawRecord raw, @Nullable FaultReason reason, String... detail) {
        ScoreInput input = decode(raw);
        assertThat(input.fault()).as("fault of %s", raw).isNotNull();
        if (reason != null) {
            assertThat(input.fault().reason()).as(input.fault().detail()).isEqualTo(reason);
        }
        for (String part : detail) {
            assertThat(input.fault().detail()).contains(part);
        }
    }

    private ScoreRecord good(Draft draft) {
        return decodeGood(write(draft));
    }

    private void bad(Draft draft, FaultReason reason, String... detail) {
        assertFault(write(draft), reason, detail);
    }

    static Draft full() {
        return Draft.of(3, 1, -2.5f)
                .with("id", "r1")
                .with("model", "m")
                .with("timestamp", "1731999999000")
                .with("label", "Kätzchen \uD83D\uDC31")
                .with("segment", "eu")
                .with("weight", "0.25");
    }

    @Test
    void readsEveryField() {
        ScoreRecord expected =
                new ScoreRecord(
                        "r1",
                        "m",
                        1_731_999_999_000L,
                        new float[] {3, 1, -2.5f},
                        ScoreRecord.NO_LABEL,
                        "Kätzchen \uD83D\uDC31",
                        "eu",
                        0.25);
        assertThat(good(full())).isEqualTo(expected);
    }

    @Test
    void fillsMissingFieldsWithDefaults() {
        ScoreRecord expected =
                new ScoreRecord(
                        "scores-3-42",
                        "only",
                        Draft.KAFKA_TIME,
                        new float[] {1},
                        ScoreRecord.NO_LABEL,
                        null,
                        null,
                        1);
        assertThat(good(Draft.of(1))).isEqualTo(expected);
    }

    @Test
    void forgetsTheFieldsOfTheRecordBefore() {
        good(full());
        ScoreRecord next = good(Draft.of(1));
        assertThat(next.id()).isEqualTo("scores-3-42");
        assertThat(next.model()).isEqualTo("only");
        assertThat(next.labelName()).isNull();
        assertThat(next.segment()).isNull();
        assertThat(next.weight()).isEqualTo(1);
        assertThat(next.timestampMillis()).isEqualTo(Draft.KAFKA_TIME);
        bad(full().with("weight", "-1"), FaultReason.INVALID_FIELD);
        assertThat(good(Draft.of(1)).id()).isEqualTo("scores-3-42");
    }

    /** Writes a record of rows of equal length. */
    abstract RawRecord write(Draft draft, float[]... rows);

    @Test
    void readsRowAfterRowOfARecord() {
        Draft draft = Draft.of().with("id", "b").with("segment", "eu").with("weight", "2");
        RawRecord raw = write(draft, new float[] {1, 2}, new float[] {3, -4}, new float[] {5, 6});
        ScoreRecord first = decodeGood(raw);
        assertThat(first.id()).isEqualTo("b#0");
        assertThat(first.row()).isZero();
        assertThat(first.scores()).containsExactly(1, 2);
        ScoreRecord second = decoder.next().score();
        assertThat(second.id()).isEqualTo("b#1");
        assertThat(second.row()).isOne();
        assertThat(second.scores()).containsExactly(3, -4);
        assertThat(second.segment()).isEqualTo("eu");
        assertThat(second.weight()).isEqualTo(2);
        assertThat(decoder.next().raw()).isSameAs(raw);
        assertThat(decoder.next()).isNull();
        assertThat(decoder.next()).isNull();
        decodeGood(raw);
        assertThat(good(full()).row()).as("another record").isEqualTo(ScoreRecord.ONLY_ROW);
        assertThat(decoder.next()).isNull();
    }

    @Test
    void refusesAKeyThatIsTooLongForAnIdOnceForAllRows() {
        float[][] rows = {{1, 2}, {3, 4}};
        Draft draft = Draft.of().keyed(Draft.utf8("k".repeat(1025)));
        assertFault(write(draft, rows), FaultReason.INVALID_FIELD, "key", "1025");
        assertThat(decoder.next()).isNull();
    }

    @Test
    void takesOneRowAsARecordOfRows() {
        ScoreRecord only = decodeGood(write(Draft.of().with("id", "b"), new float[] {1, 2}));
        assertThat(only.id()).isEqualTo("b#0");
        assertThat(decoder.next()).isNull();
    }

    @Test
    void refusesRowsThatHaveWhatOnlyOneRowCanHave() {
        float[][] rows = {{1, 2}, {3, 4}};
        Draft labelled = Draft.of().with("label", "cat");
        assertFault(write(labelled, rows), FaultReason.INVALID_FIELD, "label must be");
        assertThat(decoder.next()).isNull();
        assertFault(write(shard(), rows), FaultReason.INVALID_FIELD, "a shard must be one row");
        float[][] wide = {new float[MAX_CLASSES + 1], new float[MAX_CLASSES + 1]};
        assertFault(write(Draft.of(), wide), FaultReason.WRONG_CLASS_COUNT, "widest model");
        float[][] many = new float[10_001][1];
        assertFault(write(Draft.of(), many), null, "10000");
    }

    private static Draft shard() {
        return Draft.of(1, 2)
                .with("shard-index", "1")
                .with("shard-count", "3")
                .with("shard-offset", "2")
                .with("shard-classes", "6");
    }

    @Test
    void readsThePlaceOfAShard() {
        assertThat(good(shard()).shard()).isEqualTo(new Shard(1, 3, 2, 6));
        assertThat(good(Draft.of(1)).shard()).as("the next record").isNull();
        Draft half = shard();
        half.fields.remove("shard-count");
        good(shard());
        bad(half, FaultReason.INVALID_FIELD, "shard-count is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"shard-index", "shard-count", "shard-offset", "shard-classes"})
    void refusesAShardWithoutAPlace(String name) {
        Draft draft = shard();
        draft.fields.remove(name);
        bad(draft, FaultReason.INVALID_FIELD, name + " is missing");
        bad(shard().with(name, "-1"), FaultReason.INVALID_FIELD, name, "-1");
        bad(shard().with(name, "2147483648"), FaultReason.INVALID_FIELD, name, "2147483648");
        bad(shard().with(name, "9".repeat(30)), FaultReason.INVALID_FIELD, name, "99");
        bad(shard().with(name, "1.5"), FaultReason.INVALID_FIELD, name, "an integer", "1.5");
    }

    @Test
    void takesTheKeyAsIdUnlessTheRecordHasOne() {
        byte[] key = Draft.utf8("ключ");
        assertThat(good(Draft.of(1).keyed(key)).id()).isEqualTo("ключ");
        assertThat(good(full().keyed(key)).id()).isEqualTo("r1");
    }

    @Test
    void takesTheCoordinatesAsIdWhereTheKeyIsNoText() {
        assertThat(good(Draft.of(1).keyed(new byte[0])).id()).isEqualTo("scores-3-42");
        byte[] binary = {0, 0, 0, (byte) 0x80};
        assertThat(good(Draft.of(1).keyed(binary)).id()).isEqualTo("scores-3-42");
    }

    @Test
    void refusesAKeyThatIsTooLongForAnId() {
        assertThat(good(Draft.of(1).keyed(Draft.utf8("k".repeat(1024)))).id()).hasSize(1024);
        bad(
                Draft.of(1).keyed(Draft.utf8("k".repeat(1025))),
                FaultReason.INVALID_FIELD,
                "key",
                "1025");
    }

    @Test
    void asksForTheModelWhereTheJobHasSeveral() {
        ScoreDecoder several = decoder(new DecoderLimits(null, MAX_CLASSES));
        ScoreInput input = several.decode(write(Draft.of(1)));
        assertThat(input.fault().reason()).isEqualTo(FaultReason.UNKNOWN_MODEL);
        assertThat(several.decode(write(full())).score().model()).isEqualTo("m");
    }

    @Test
    void leavesTheEventTimeOpenIfNobodyKnowsIt() {
        Draft draft = Draft.of(1).at(RawRecord.NO_TIMESTAMP);
        assertThat(good(draft).timestampMillis()).isEqualTo(RawRecord.NO_TIMESTAMP);
    }

    @Test
    void takesTimestampsUpToAnHourAheadOfKafka() {
        long limit = Draft.KAFKA_TIME + HOUR;
        assertThat(good(Draft.of(1).with("timestamp", "" + limit)).timestampMillis())
                .isEqualTo(limit);
        bad(
                Draft.of(1).with("timestamp", "" + (limit + 1)),
                FaultReason.INVALID_TIMESTAMP,
                "" + (limit + 1),
                "" + Draft.KAFKA_TIME);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, Draft.KAFKA_TIME + HOUR + 1, LAST_OF_9999})
    void takesAnyPlausibleTimestampWhereKafkaHasNone(long millis) {
        Draft draft = Draft.of(1).with("timestamp", "" + millis).at(RawRecord.NO_TIMESTAMP);
        assertThat(good(draft).timestampMillis()).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "253402300800000",
                "9223372036854775807",
                "9223372036854775808",
                "-9223372036854775809",
                "100000000000000000000000000000000000000000000000000"
            })
    void refusesTimestampsOutOfRange(String millis) {
        bad(
                Draft.of(1).with("timestamp", millis).at(RawRecord.NO_TIMESTAMP),
                FaultReason.INVALID_TIMESTAMP,
                millis.substring(0, Math.min(40, millis.length())),
                "253402300799999");
    }

    @Test
    void refusesAKafkaTimestampOutOfRangeOnlyWhereItIsUsed() {
        long micros = Draft.KAFKA_TIME * 1000;
        bad(Draft.of(1).at(micros), FaultReason.INVALID_TIMESTAMP, "Kafka", "" + micros);
        bad(Draft.of(1).at(-5), FaultReason.INVALID_TIMESTAMP, "-5");
        assertThat(good(full().at(micros)).timestampMillis()).isEqualTo(1_731_999_999_000L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "model", "label", "segment"})
    void boundsTheLengthOfTexts(String name) {
        String longest = "é".repeat(1_024);
        assertThat(good(Draft.of(1).with(name, longest))).isNotNull();
        bad(Draft.of(1).with(name, longest + "x"), FaultReason.INVALID_FIELD, name, "1025");
        bad(Draft.of(1).with(name, "x".repeat(100_000)), FaultReason.INVALID_FIELD, name);
    }

    @Test
    void takesAnEmptySegmentForNone() {
        assertThat(good(Draft.of(1).with("segment", "")).segment()).isNull();
    }

    @Test
    void reservesTheSegmentOfAllSegments() {
        bad(Draft.of(1).with("segment", "*"), FaultReason.INVALID_FIELD, "segment", "*");
        assertThat(good(Draft.of(1).with("segment", "**")).segment()).isEqualTo("**");
    }

    @Test
    void refusesAnEmptyId() {
        bad(Draft.of(1).with("id", ""), FaultReason.INVALID_FIELD, "id");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "-0.0, 0", "1e-3, 0.001", "12, 12", "1e308, 1e308"})
    void takesFiniteWeights(String text, double weight) {
        // Boxed, so that -0 is not 0.
        assertThat(good(Draft.of(1).with("weight", text)).weight())
                .isEqualTo(Double.valueOf(weight));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "-1e-300", "NaN", "Infinity", "1e999", "-1e999"})
    void refusesOtherWeights(String text) {
        bad(Draft.of(1).with("weight", text), FaultReason.INVALID_FIELD, "weight", text);
    }

    @ParameterizedTest
    @CsvSource({"id,a", "model,a", "label,a", "segment,a", "timestamp,5", "weight,5"})
    void refusesAFieldThatIsGivenTwice(String name, String value) {
        Draft draft = full().with(name, value);
        assertFault(writeTwice(draft, name, value), FaultReason.INVALID_FIELD, name, "twice");
    }

    @Test
    void passesSpecialScoresOn() {
        float[] scores = {
            Float.NaN,
            Float.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            -0.0f,
            Float.MIN_VALUE,
            Float.MAX_VALUE,
            -Float.MAX_VALUE
        };
        assertThat(good(Draft.of(scores)).scores()).containsExactly(scores);
    }

    @Test
    void takesAsManyScoresAsTheWidestModelHasClasses() {
        assertThat(good(Draft.of(new float[MAX_CLASSES])).scores()).hasSize(MAX_CLASSES);
        bad(Draft.of(new float[MAX_CLASSES + 1]), FaultReason.WRONG_CLASS_COUNT, "" + MAX_CLASSES);
    }

    @Test
    void returnsExactlyTheScoresOfEachRecordWhateverCameBefore() {
        for (int n : new int[] {1, 16, 3, 16, 15, 1, 2}) {
            float[] scores = new float[n];
            for (int i = 0; i < n; i++) {
                scores[i] = n * 100 + i;
            }
            assertThat(good(Draft.of(scores)).scores()).containsExactly(scores);
        }
    }

    @Test
    void reusesItsBufferBetweenRecordsOfOneLength() {
        float[] first = good(Draft.of(1, 2, 3)).scores();
        assertThat(good(Draft.of(4, 5, 6)).scores()).isSameAs(first).containsExactly(4, 5, 6);
    }

    @Test
    void refusesATombstoneAndAnEmptyValue() {
        assertFault(Draft.of().raw(null), FaultReason.MALFORMED);
        assertFault(Draft.of().raw(new byte[0]), FaultReason.MALFORMED);
    }

    @Test
    void decodesAfterAnyFaultAsBefore() {
        ScoreRecord before = copy(good(full()));
        decode(Draft.of().raw(null));
        decode(write(full().with("segment", "*")));
        decode(write(Draft.of(new float[MAX_CLASSES + 1])));
        assertThat(good(full())).isEqualTo(before);
    }

    @Test
    void neverThrowsForARecordCutOffAnywhere() {
        RawRecord whole = write(full());
        byte[] value = whole.value();
        for (int length = 0; length < value.length; length++) {
            decode(Draft.of().raw(Arrays.copyOf(value, length), whole.headers()));
        }
    }

    @Test
    void neverThrowsForFlippedBytes() {
        Random random = TestSeed.random("flipped bytes");
        RawRecord good = write(full().keyed(Draft.utf8("schlüssel")));
        for (int i = 0; i < 30_000; i++) {
            Header[] headers = good.headers().clone();
            for (int h = 0; h < headers.length; h++) {
                headers[h] = new Header(headers[h].name(), flip(headers[h].value(), random));
            }
            Draft draft = Draft.of().keyed(flip(good.key(), random));
            decode(draft.raw(flip(good.value(), random), headers));
        }
    }

    @Test
    void neverThrowsForRandomBytes() {
        Random random = TestSeed.random("random bytes");
        for (int i = 0; i < 20_000; i++) {
            byte[] value = new byte[random.nextInt(80)];
            random.nextBytes(value);
            decode(Draft.of().raw(value, new Header("weight", value), new Header("id", value)));
        }
    }

    static byte[] flip(byte[] bytes, Random random) {
        byte[] flipped = bytes.clone();
        for (int flips = random.nextInt(4); flips > 0; flips--) {
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
    }

    private static ScoreRecord copy(ScoreRecord record) {
        return new ScoreRecord(
                record.id(),
                record.model(),
                record.timestampMillis(),
                record.scores().clone(),
                record.labelIndex(),
                record.labelName(),
                record.segment(),
                record.weight());
    }
}
