package io.logitstream.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.record.FaultReason;
import io.logitstream.record.GivenLabel;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.Selection;
import io.logitstream.record.Shard;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonScoreDecoderTest extends AbstractScoreDecoderTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Set<String> NUMBERS = Set.of("timestamp", "weight");

    @Override
    ScoreDecoder decoder(DecoderLimits limits) {
        return new JsonScoreDecoder(limits);
    }

    @Override
    RawRecord write(Draft draft) {
        return draft.raw(Draft.utf8(members(draft) + "}"));
    }

    @Override
    RawRecord write(Draft draft, float[]... rows) {
        StringJoiner all = new StringJoiner(",", "[", "]}");
        for (float[] row : rows) {
            all.add(Arrays.toString(row));
        }
        String members = members(draft);
        int scores = members.lastIndexOf('[');
        return draft.raw(Draft.utf8(members.substring(0, scores) + all));
    }

    @Override
    RawRecord writeTwice(Draft draft, String name, String value) {
        return draft.raw(Draft.utf8(members(draft) + "," + member(name, value) + "}"));
    }

    private static String members(Draft draft) {
        StringJoiner members = new StringJoiner(",", "{", "");
        StringJoiner shard = new StringJoiner(",", "\"shard\":{", "}");
        draft.fields.forEach(
                (name, value) -> {
                    if (name.startsWith("shard-")) {
                        shard.add('"' + name.substring(6) + "\":" + value);
                    } else {
                        members.add(member(name, value));
                    }
                });
        if (shard.length() > "\"shard\":{}".length()) {
            members.add(shard.toString());
        }
        StringJoiner scores = new StringJoiner(",", "\"scores\":[", "]");
        for (float score : draft.scores) {
            scores.add(Float.toString(score));
        }
        return members.add(scores.toString()).toString();
    }

    private static String member(String name, String value) {
        try {
            String text = NUMBERS.contains(name) ? value : MAPPER.writeValueAsString(value);
            return '"' + name + "\":" + text;
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RawRecord json(String text) {
        return Draft.of().raw(Draft.utf8(text));
    }

    private static RawRecord scores(String elements) {
        return json("{\"scores\":[" + elements + "]}");
    }

    private float[] decodeScores(String elements) {
        return decodeGood(scores(elements)).scores();
    }

    @Test
    void skipsWhatElseAShardSaysAndKnowsNoHeaders() {
        String shard = "{\"offset\":4,\"of\":[{}],\"classes\":6,\"count\":3,\"index\":2}";
        assertThat(decodeGood(json("{\"shard\":" + shard + ",\"scores\":[1]}")).shard())
                .isEqualTo(new Shard(2, 3, 4, 6));
        assertThat(decodeGood(json("{\"shard\":null,\"scores\":[1]}")).shard()).isNull();
        assertThat(decodeGood(json("{\"shard-index\":0,\"scores\":[1]}")).shard()).isNull();
    }

    @Test
    void givesEachRowItsLabel() {
        ScoreDecoder decoder = decoder(new DecoderLimits("only", MAX_CLASSES));
        RawRecord raw =
                json("{\"label\":[\"cat\",null,7],\"id\":\"b\",\"scores\":[[1,2],[3],[4,5]]}");
        assertThat(decoder.decode(raw).score().labelName()).isEqualTo("cat");
        ScoreRecord second = decoder.next().score();
        assertThat(second.givesLabel()).isFalse();
        assertThat(second.scores()).as("the model says how many").containsExactly(3);
        assertThat(decoder.next().score().labelIndex()).isEqualTo(7);
        assertThat(decoder.next()).isNull();
    }

    @Test
    void givesARowItsSetOfLabels() {
        ScoreRecord score = decodeGood(json("{\"label\":[\"cat\",7,\"7\",7],\"scores\":[1,2]}"));
        assertThat(score.labelSet())
                .containsExactly(
                        new GivenLabel(-1, "cat"),
                        new GivenLabel(7, null),
                        new GivenLabel(-1, "7"),
                        new GivenLabel(7, null));
        assertThat(score.labelName()).isNull();
        assertThat(score.labelIndex()).isEqualTo(ScoreRecord.NO_LABEL);
        ScoreRecord nothing = decodeGood(json("{\"scores\":[1,2],\"label\":[]}"));
        assertThat(nothing.labelSet()).isEmpty();
        assertThat(nothing.givesLabel()).isTrue();
        ScoreRecord none = decodeGood(json("{\"scores\":[1,2],\"label\":null}"));
        assertThat(none.labelSet()).isNull();
        assertThat(none.givesLabel()).isFalse();
    }

    @Test
    void givesEachRowItsSetOfLabels() {
        ScoreDecoder decoder = decoder(new DecoderLimits("only", MAX_CLASSES));
        RawRecord raw =
                json(
                        "{\"label\":[[\"cat\",7],null,[],3,[2]],\"id\":\"b\","
                                + "\"scores\":[[1],[2],[3],[4],[5]]}");
        for (int run = 0; run < 2; run++) {
            assertThat(decoder.decode(raw).score().labelSet())
                    .containsExactly(new GivenLabel(-1, "cat"), new GivenLabel(7, null));
            assertThat(decoder.next().score().givesLabel()).isFalse();
            ScoreRecord nothing = decoder.next().score();
            assertThat(nothing.labelSet()).isEmpty();
            assertThat(nothing.givesLabel()).isTrue();
            ScoreRecord single = decoder.next().score();
            assertThat(single.labelSet()).isNull();
            assertThat(single.labelIndex()).isEqualTo(3);
            ScoreRecord last = decoder.next().score();
            assertThat(last.labelSet()).containsExactly(new GivenLabel(2, null));
            assertThat(last.labelIndex()).isEqualTo(ScoreRecord.NO_LABEL);
            assertThat(decoder.next()).isNull();
        }
    }

    @Test
    void boundsASetOfLabels() {
        String most = "1,".repeat(9_999) + "1";
        assertThat(decodeGood(json("{\"scores\":[1],\"label\":[" + most + "]}")).labelSet())
                .hasSize(10_000);
        assertFault(
                json("{\"scores\":[1],\"label\":[" + most + ",1]}"),
                FaultReason.INVALID_FIELD,
                "label must have at most 10000 elements");
        assertFault(
                json("{\"scores\":[[1]],\"label\":[[" + most + ",1]]}"),
                FaultReason.INVALID_FIELD,
                "a set of labels must have at most 10000 elements");
        assertFault(
                json("{\"scores\":[[1]],\"label\":[" + "[],".repeat(10_000) + "[]]}"),
                FaultReason.INVALID_FIELD,
                "label must have at most 10000 elements");
    }

    /** Else no label could name them. */
    @Test
    void refusesRowsWhoseIdsAreTooLongForALabel() {
        String id = "x".repeat(1_022);
        assertThat(decodeGood(json("{\"id\":\"" + id + "\",\"scores\":[[1],[2]]}")).id())
                .isEqualTo(id + "#0");
        assertFault(
                json("{\"id\":\"" + id + "x\",\"scores\":[[1],[2]]}"),
                FaultReason.INVALID_FIELD,
                "the id of its rows must have at most 1024 characters, not 1025 characters");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[[1],[2]] | [1] | label has 1 elements, but there are 2 rows",
                "[1,2] | [1,null] | a set of labels must not have null in it",
                "[1,2] | [1,[0]] | label must not have arrays in it where scores are those of one row",
                "[1,2] | [1,{}] | label must be a string or an integer, not an object",
                "[[1],[2]] | 1 | label must be an array where there are 2 rows",
                "[[1],[2]] | [1,[[0]]] | label must be an array of labels or of sets of them, no deeper",
                "[[1],[2]] | [1,[0,null]] | a set of labels must not have null in it",
                "[[1],[2]] | [1,[0,1.5]] | label must be a string or an integer, not 1.5",
                "[[1],[2]] | [1,[9223372036854775808]] | label must be a class index from 0 to 2147483647, not 9223372036854775808",
                "[[1],2] | [1,0] | scores must be an array of rows",
                "[[1],[[2]]] | [1,0] | row 1: the score at index 0",
                "[[1],[1e39]] | [1,0] | row 1: the score at index 0",
                "[[1],[2]] | [] | label has 0 elements, but there are 2 rows",
            })
    void refusesRowsThatDoNotFitTheirLabels(String scores, String label, String detail) {
        ScoreInput input = decode(json("{\"scores\":" + scores + ",\"label\":" + label + "}"));
        assertThat(input.fault().detail()).contains(detail);
    }

    @Test
    void readsWhichTailsFollowTheHead() {
        ScoreRecord row = decodeGood(json("{\"tails\":[0,2],\"scores\":[1,2,3]}"));
        assertThat(row.selection()).isEqualTo(Selection.ofTails(new int[] {0, 2}));
        assertThat(row.scores()).containsExactly(1, 2, 3);
        assertThat(decodeGood(json("{\"tails\":[],\"scores\":[1]}")).selection())
                .isEqualTo(Selection.ofTails(new int[0]));
        assertThat(decodeGood(json("{\"tails\":null,\"scores\":[1]}")).selection()).isNull();
        assertThat(decodeGood(json("{\"scores\":[1]}")).selection()).as("all tails").isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1 | tails must be an array, not",
                "[\"1\"] | tails[0] must be an integer, not",
                "[0,1.5] | tails[1] must be an integer, not",
                "[0,-1] | tails[1] must be from 0 to 2147483647, not -1",
                "[0,2147483648] | tails[1] must be from 0 to 2147483647, not 2147483648",
                "[0],\"classes\":[1] | classes does not go with tails",
                "[0],\"rest\":1 | rest needs classes beside it",
                "[0],\"tails\":[1] | tails is given twice",
            })
    void refusesTailsThatAreNone(String tails, String detail) {
        assertFault(
                json("{\"tails\":" + tails + ",\"scores\":[1]}"),
                FaultReason.INVALID_FIELD,
                detail);
    }

    @Test
    void refusesTailsOfRowsAndShards() {
        assertFault(
                json("{\"tails\":[0],\"scores\":[[1],[2]]}"),
                FaultReason.INVALID_FIELD,
                "several rows must have all their scores");
        String shard = "{\"offset\":0,\"classes\":6,\"count\":3,\"index\":0}";
        assertFault(
                json("{\"tails\":[0],\"shard\":" + shard + ",\"scores\":[1]}"),
                FaultReason.INVALID_FIELD,
                "a shard must have all its scores");
    }

    @Test
    void refusesAShardThatSaysNothing() {
        assertFault(
                json("{\"shard\":{},\"scores\":[1]}"),
                FaultReason.INVALID_FIELD,
                "shard-index is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "[0,3,4,6]", "\"0/3\""})
    void refusesAShardThatIsNoObject(String shard) {
        assertFault(
                json("{\"shard\":" + shard + ",\"scores\":[1]}"),
                FaultReason.INVALID_FIELD,
                "shard must be an object");
    }

    @Test
    void readsTheExampleOfTheDesign() {
        // DESIGN.md, section 4.
        String example =
                "{\"id\":\"r1\",\"model\":\"m\",\"timestamp\":1732000000000,"
                        + "\"scores\":[3.0,1.0],\"label\":\"cat\",\"segment\":\"eu\"}";
        ScoreRecord expected =
                new ScoreRecord(
                        "r1",
                        "m",
                        1_732_000_000_000L,
                        new float[] {3, 1},
                        ScoreRecord.NO_LABEL,
                        "cat",
                        "eu",
                        1);
        assertThat(decodeGood(json(example))).isEqualTo(expected);
    }

    @Test
    void takesAByteOrderMarkSpacesAndAnyOrder() {
        String text = "\uFEFF \r\n{ \"weight\" : 2 ,\t\"scores\" : [ 1 , 2 ] , \"id\" : \"x\" } \n";
        ScoreRecord score = decodeGood(json(text));
        assertThat(score.id()).isEqualTo("x");
        assertThat(score.weight()).isEqualTo(2);
        assertThat(score.scores()).containsExactly(1, 2);
    }

    @Test
    void boundsTheLabelsOfAllSetsTogether() {
        String set = "[" + "0,".repeat(9_999) + "0],";
        assertFault(
                json("{\"scores\":[[1]],\"label\":[" + set.repeat(10) + "[0]]}"),
                FaultReason.INVALID_FIELD,
                "at most 100000 elements together");
    }

    @Test
    void skipsUnknownFieldsWithAllTheyHold() {
        String text =
                "{\"x\":{\"scores\":[9],\"y\":[[],{\"id\":1}]},\"x\":null,"
                        + "\"scores\":[1],\"z\":\""
                        + "long".repeat(10_000)
                        + "\",\"\\u0069d\":\"r\"}";
        ScoreRecord score = decodeGood(json(text));
        assertThat(score.scores()).containsExactly(1);
        assertThat(score.id()).isEqualTo("r");
    }

    @Test
    void takesNullForMissing() {
        String text =
                "{\"id\":null,\"model\":null,\"timestamp\":null,\"label\":null,\"segment\":null,"
                        + "\"weight\":null,\"scores\":[1]}";
        assertThat(decodeGood(json(text))).isEqualTo(decodeGood(scores("1")));
        assertFault(
                json("{\"id\":null,\"id\":\"x\",\"scores\":[1]}"),
                FaultReason.INVALID_FIELD,
                "id",
                "twice");
    }

    @Test
    void takesAnIntegerAsId() {
        ScoreRecord score = decodeGood(json("{\"id\":123456789012345678901,\"scores\":[1]}"));
        assertThat(score.id()).isEqualTo("123456789012345678901");
    }

    @Test
    void takesAnIntegerLabelForAnIndexAndDigitsForAName() {
        ScoreRecord index = decodeGood(json("{\"label\":2147483647,\"scores\":[1]}"));
        assertThat(index.labelIndex()).isEqualTo(Integer.MAX_VALUE);
        assertThat(index.labelName()).isNull();
        ScoreRecord digits = decodeGood(json("{\"label\":\"7\",\"scores\":[1]}"));
        assertThat(digits.labelIndex()).isEqualTo(ScoreRecord.NO_LABEL);
        assertThat(digits.labelName()).isEqualTo("7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "-100", "2147483648"})
    void readsALabelThatIsNoIndexAsTextForItMayBeOneToIgnore(String label) {
        ScoreRecord row = decodeGood(json("{\"label\":" + label + ",\"scores\":[1]}"));
        assertThat(row.labelName()).isEqualTo(label);
        assertThat(row.labelIndex()).isEqualTo(ScoreRecord.NO_LABEL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"9223372036854775808", "-99999999999999999999"})
    void refusesALabelThatCannotBeAnIndex(String label) {
        assertFault(
                json("{\"label\":" + label + ",\"scores\":[1]}"),
                FaultReason.UNKNOWN_LABEL,
                "label",
                label);
    }

    @ParameterizedTest
    @CsvSource({
        "id, 1.5",
        "id, true",
        "id, NaN",
        "id, [1]",
        "id, {}",
        "model, 1",
        "model, false",
        "model, []",
        "label, 1.0",
        "label, 1e3",
        "label, true",
        "label, {}",
        "segment, 5",
        "segment, []",
        "timestamp, 1.5",
        "timestamp, 1e3",
        "timestamp, '\"5\"'",
        "timestamp, true",
        "weight, '\"1\"'",
        "weight, true",
        "weight, [1]",
        "scores, 1",
        "scores, '\"1\"'",
        "scores, null",
        "scores, {}",
        "scores, true"
    })
    void refusesAFieldOfTheWrongType(String name, String value) {
        String others = name.equals("scores") ? "" : ",\"scores\":[1]";
        assertFault(
                json("{\"" + name + "\":" + value + others + "}"),
                FaultReason.INVALID_FIELD,
                name + " must be",
                ", not ");
    }

    @Test
    void refusesMissingEmptyAndDoubledScores() {
        assertFault(json("{}"), FaultReason.INVALID_FIELD, "scores is missing");
        assertFault(json("{\"id\":\"x\"}"), FaultReason.INVALID_FIELD, "scores is missing");
        assertFault(scores(""), FaultReason.WRONG_CLASS_COUNT, "empty");
        assertFault(json("{\"scores\":[1],\"scores\":[1]}"), FaultReason.INVALID_FIELD, "scores");
    }

    @Test
    void readsTheNamesOfSpecialScoresBareAndQuoted() {
        float[] read =
                decodeScores(
                        "NaN,Infinity,-Infinity,\"NaN\",\"Infinity\",\"-Infinity\",null,"
                                + "\"\\u004eaN\"");
        assertThat(read)
                .containsExactly(
                        Float.NaN,
                        Float.POSITIVE_INFINITY,
                        Float.NEGATIVE_INFINITY,
                        Float.NaN,
                        Float.POSITIVE_INFINITY,
                        Float.NEGATIVE_INFINITY,
                        Float.NaN,
                        Float.NaN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"INF", "-INF", "+Infinity", "+INF", "nan", "inf", "Infinit", "-NaN"})
    void refusesOtherNamesOfSpecialScores(String name) {
        assertFault(scores("1," + name), FaultReason.MALFORMED, "not JSON");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"1\"", "\"\"", "\"nan\"", "\"+Infinity\"", "true", "false", "[1]", "{}"})
    void refusesWhatIsNoScore(String element) {
        assertFault(scores("1,2," + element + ",4"), FaultReason.INVALID_FIELD, "index 2", "not ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1e999", "-1e999", "1e39", "3.4028236e38", "-3.5e38", "1e99999999999999"})
    void refusesADecimalThatFloat32CannotHold(String element) {
        assertFault(scores("1,2,3," + element), FaultReason.INVALID_SCORE, "index 3", element);
        assertFault(scores("1" + "0".repeat(39)), FaultReason.INVALID_SCORE, "index 0", "1000000");
    }

    @Test
    void roundsToTheLargestFloatWhereThatIsNearest() {
        // The midpoint of the largest float32 and 2^128 is 3.40282356779733661637...e38.
        assertThat(decodeScores("3.4028235677973366e38,-3.4028235677973366e38"))
                .containsExactly(Float.MAX_VALUE, -Float.MAX_VALUE);
    }

    @Test
    void boundsTheDigitsOfAScore() {
        assertThat(decodeScores("0." + "3".repeat(999))).containsExactly(0.33333334f);
        assertFault(
                scores("0,0." + "3".repeat(1_000)), FaultReason.INVALID_SCORE, "index 1", "1000");
        assertFault(scores("0,0." + "3".repeat(100_000)), FaultReason.INVALID_SCORE, "index 1");
    }

    @Test
    void stopsAtTheFirstScoreTooMany() {
        // What follows is not even JSON, but nobody reads it.
        assertFault(
                json("{\"scores\":[" + "1,".repeat(MAX_CLASSES + 1) + "oops"),
                FaultReason.WRONG_CLASS_COUNT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"scores\":[1]}x",
                "{\"scores\":[1]}{}",
                "{\"scores\":[1]},",
                "{\"scores\":[1]}]",
                "{\"scores\":[1]} 1",
                "[1]",
                "1",
                "null",
                "\"text\"",
                "{",
                "}",
                "{\"scores\":[1,]}",
                "{\"scores\":[,1]}",
                "{\"scores\":[1 2]}",
                "{\"scores\":[01]}",
                "{\"scores\":[.5]}",
                "{\"scores\":[5.]}",
                "{\"scores\":[+5]}",
                "{\"scores\":[1e]}",
                "{\"scores\":[-]}",
                "{'scores':[1]}",
                "{scores:[1]}",
                "{\"scores\":[1],}",
                "{\"scores\":[1]/**/}",
                "{\"scores\":[0x10]}",
                "{\"id\":\"a\nb\",\"scores\":[1]}",
                "{\"id\":\"\\x\",\"scores\":[1]}",
                "{\"id\":\"\\u12\",\"scores\":[1]}",
                "   ",
                "{\"scores\" [1]}",
                "{\"scores\":[1)}"
            })
    void refusesWhatIsNotOneJsonObject(String text) {
        assertFault(json(text), FaultReason.MALFORMED);
    }

    @Test
    void refusesEveryProperPrefixOfARecord() {
        byte[] value = write(full()).value();
        for (int length = 0; length < value.length; length++) {
            byte[] prefix = java.util.Arrays.copyOf(value, length);
            assertFault(Draft.of().raw(prefix), FaultReason.MALFORMED);
        }
    }

    @Test
    void refusesOtherEncodings() {
        String text = "{\"scores\":[1]}";
        for (var charset :
                new java.nio.charset.Charset[] {
                    StandardCharsets.UTF_16,
                    StandardCharsets.UTF_16LE,
                    StandardCharsets.UTF_16BE,
                    java.nio.charset.Charset.forName("UTF-32LE"),
                    java.nio.charset.Charset.forName("UTF-32BE")
                }) {
            assertFault(Draft.of().raw(text.getBytes(charset)), FaultReason.MALFORMED);
        }
    }

    @Test
    void refusesInvalidUtf8EvenInAFieldNobodyReads() {
        String text = "{\"scores\":[1],\"note\":\"?\"}";
        byte[] value = Draft.utf8(text);
        value[text.indexOf('?')] = (byte) 0xE4;
        assertFault(Draft.of().raw(value), FaultReason.MALFORMED, "UTF-8", "" + text.indexOf('?'));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud800", "\\udc00", "\\ud800x", "\\ud800\\ud800", "\\udc00\\ud800"})
    void refusesHalfASurrogatePair(String escape) {
        assertFault(
                json("{\"id\":\"a" + escape + "\",\"scores\":[1]}"),
                FaultReason.INVALID_FIELD,
                "id",
                "surrogate");
    }

    @Test
    void takesAWholeSurrogatePair() {
        assertThat(decodeGood(json("{\"id\":\"\\ud83d\\udc31\",\"scores\":[1]}")).id())
                .isEqualTo("\uD83D\uDC31");
    }

    @Test
    void boundsNesting() {
        String ok = "[".repeat(31) + "]".repeat(31);
        decodeGood(json("{\"x\":" + ok + ",\"scores\":[1]}"));
        for (String open : new String[] {"[", "{\"a\":"}) {
            assertFault(
                    json("{\"x\":" + open.repeat(100_000)), FaultReason.MALFORMED, "depth", "32");
            assertFault(json(open.repeat(100_000)), FaultReason.MALFORMED);
        }
    }

    @Test
    void cutsTextsOfTheRecordShortInItsFault() {
        String hostile = "\u0007\\u0000\\ud800" + "y".repeat(900);
        assertFault(
                json("{\"scores\":[\"" + hostile.substring(1) + "\"]}"),
                FaultReason.INVALID_FIELD,
                "\"\uFFFD\uFFFD" + "y".repeat(38) + "...\"");
    }
}
