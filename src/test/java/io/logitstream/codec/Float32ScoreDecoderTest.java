package io.logitstream.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.record.FaultReason;
import io.logitstream.record.Header;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.Selection;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Float32ScoreDecoderTest extends AbstractScoreDecoderTest {

    @Override
    ScoreDecoder decoder(DecoderLimits limits) {
        return new Float32ScoreDecoder(limits);
    }

    @Override
    RawRecord write(Draft draft) {
        List<Header> headers = new ArrayList<>();
        draft.fields.forEach((name, text) -> headers.add(new Header(name, Draft.utf8(text))));
        return draft.raw(bytes(draft.scores), headers.toArray(Header.NONE));
    }

    @Override
    RawRecord write(Draft draft, float[]... rows) {
        float[] all = new float[rows.length * rows[0].length];
        for (int row = 0; row < rows.length; row++) {
            System.arraycopy(rows[row], 0, all, row * rows[0].length, rows[0].length);
        }
        Header[] headers = write(draft.with("rows", "" + rows.length)).headers();
        return draft.raw(bytes(all), headers);
    }

    @Override
    RawRecord writeTwice(Draft draft, String name, String value) {
        List<Header> headers = new ArrayList<>(List.of(write(draft).headers()));
        headers.add(new Header(name, Draft.utf8(value)));
        return draft.raw(bytes(draft.scores), headers.toArray(Header.NONE));
    }

    private static byte[] bytes(float... scores) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * scores.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float score : scores) {
            buffer.putFloat(score);
        }
        return buffer.array();
    }

    @Test
    void readsLittleEndian() {
        // 1.0f is 0x3F800000, -2.0f is 0xC0000000 (IEEE 754 binary32).
        byte[] value = {0, 0, (byte) 0x80, 0x3F, 0, 0, 0, (byte) 0xC0};
        assertThat(decodeGood(Draft.of().raw(value)).scores()).containsExactly(1f, -2f);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 63})
    void refusesWhatIsNoWholeNumberOfScores(int length) {
        assertFault(
                Draft.of().raw(new byte[length]), FaultReason.MALFORMED, "float32", "" + length);
    }

    @Test
    void handsDigitsOnAsTextForOnlyTheModelKnowsWhatTheyAre() {
        ScoreRecord score = decodeGood(write(Draft.of(1).with("label", "7")));
        assertThat(score.labelName()).isEqualTo("7");
        assertThat(score.labelIndex()).isEqualTo(ScoreRecord.NO_LABEL);
    }

    @Test
    void ignoresOtherHeadersEvenTwice() {
        byte[] junk = {(byte) 0xFF};
        Header trace = new Header("traceparent", junk);
        Header scores = new Header("scores", junk);
        RawRecord raw = Draft.of().raw(bytes(1), trace, trace, scores, scores);
        assertThat(decodeGood(raw).id()).isEqualTo("scores-3-42");
    }

    @Test
    void takesAHeaderWithoutValueForNone() {
        for (String name : new String[] {"id", "model", "label", "segment", "timestamp"}) {
            decodeGood(Draft.of().raw(bytes(1), new Header(name, null)));
        }
        Header none = new Header("weight", null);
        assertThat(decodeGood(Draft.of().raw(bytes(1), none)).weight()).isEqualTo(1);
        assertFault(Draft.of().raw(bytes(1), none, none), FaultReason.INVALID_FIELD, "twice");
    }

    @Test
    void takesShardHeadersWithoutValueForNone() {
        Header[] none = {
            new Header("shard-index", null),
            new Header("shard-count", null),
            new Header("shard-offset", null),
            new Header("shard-classes", null)
        };
        decodeGood(
                write(
                        Draft.of(1)
                                .with("shard-index", "0")
                                .with("shard-count", "1")
                                .with("shard-offset", "0")
                                .with("shard-classes", "1")));
        assertThat(decodeGood(Draft.of().raw(bytes(1), none)).shard()).isNull();
    }

    @Test
    void refusesAHeaderThatIsNotUtf8() {
        byte[] latin1 = {'K', (byte) 0xE4, 't', 'z'};
        RawRecord raw = Draft.of().raw(bytes(1), new Header("label", latin1));
        assertFault(raw, FaultReason.INVALID_FIELD, "label", "UTF-8", "byte 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "soon", "1.5", "1e3", "+5", " 5", "5 ", "٥"})
    void refusesATimestampThatIsNoInteger(String text) {
        assertFault(
                write(Draft.of(1).with("timestamp", text)),
                FaultReason.INVALID_FIELD,
                "timestamp",
                text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " 1", "1f", "1d", "0x1p3", "one", ".", "1e", "--1", "1e5e5"})
    void refusesAWeightThatIsNoDecimal(String text) {
        assertFault(
                write(Draft.of(1).with("weight", text)), FaultReason.INVALID_FIELD, "weight", text);
    }

    @Test
    void readsWhichTailsFollowTheHead() {
        assertThat(decodeGood(write(Draft.of(1, 2, 3).with("tails", "0,2"))).selection())
                .isEqualTo(Selection.ofTails(new int[] {0, 2}));
        assertThat(decodeGood(write(Draft.of(1).with("tails", "13"))).selection())
                .isEqualTo(Selection.ofTails(new int[] {13}));
        assertThat(decodeGood(write(Draft.of(1).with("tails", ""))).selection())
                .as("the head only")
                .isEqualTo(Selection.ofTails(new int[0]));
        assertThat(decodeGood(write(Draft.of(1))).selection()).as("all tails").isNull();
        Header none = new Header("tails", null);
        assertThat(decodeGood(Draft.of().raw(bytes(1), none)).selection()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {",", "0,", ",1", "0,,1", "0, 1", "a", "1.5", "0;1", "+1", "-"})
    void refusesTailsThatAreNoIntegers(String text) {
        assertFault(
                write(Draft.of(1).with("tails", text)),
                FaultReason.INVALID_FIELD,
                "tails must be integers with commas between them",
                text);
    }

    @Test
    void refusesTailsOutOfRangeAndTailsOfRows() {
        for (String text : new String[] {"-1", "2147483648", "99999999999999999999"}) {
            assertFault(
                    write(Draft.of(1).with("tails", text)),
                    FaultReason.INVALID_FIELD,
                    "tails",
                    "must be from 0 to 2147483647, not " + text);
        }
        assertFault(
                write(Draft.of(1).with("tails", "0," + "1,".repeat(MAX_CLASSES) + "1")),
                FaultReason.INVALID_FIELD,
                "tails has more elements");
        assertFault(
                write(Draft.of(1, 2).with("tails", "0").with("rows", "2")),
                FaultReason.INVALID_FIELD,
                "several rows must have all their scores");
    }

    /** Such fields hold numbers for each class, which headers are too small for. */
    @Test
    void ignoresTheHeadersOfOtherSelections() {
        ScoreRecord row = decodeGood(write(Draft.of(1).with("classes", "x").with("rest", "x")));
        assertThat(row.selection()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "10001", "99999999999", "two", ""})
    void refusesANumberOfRowsThatIsNone(String text) {
        assertFault(
                write(Draft.of(1, 2).with("rows", text)), FaultReason.INVALID_FIELD, "rows", text);
    }

    @Test
    void refusesRowsThatAreNotEquallyLong() {
        assertFault(
                write(Draft.of(1, 2, 3).with("rows", "2")),
                FaultReason.MALFORMED,
                "2 times a whole number of float32");
    }

    @Test
    void keepsTheBitsOfEveryNan() {
        float odd = Float.intBitsToFloat(0x7FC12345);
        ScoreInput input = decode(Draft.of().raw(bytes(odd)));
        assertThat(Float.floatToRawIntBits(input.score().scores()[0])).isEqualTo(0x7FC12345);
    }
}
