package io.logitstream.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Records whose scores are read from their bytes, held to what Jackson alone reads of them. */
class JsonScoreSpliceTest {

    private static final int MAX_CLASSES = 8;
    private static final DecoderLimits LIMITS = new DecoderLimits("m", MAX_CLASSES);

    private static final String[] SCORES = {
        "1",
        "-2.5",
        "0",
        "-0",
        "3.1415927",
        "-0.12345678",
        "1e5",
        "1.5E-4",
        "2.5e+3",
        "1e-46",
        "16777217",
        "0.10000000149011612",
        "1234567890123",
        "NaN",
        "Infinity",
        "-Infinity",
        "\"NaN\"",
        "\"Infinity\"",
        "\"-Infinity\"",
        "null"
    };
    private static final String[] NO_SCORES = {
        "01",
        "+1",
        "1.",
        ".5",
        "-",
        "1e",
        "1e39",
        "-1e999",
        "INF",
        "-NaN",
        "nan",
        "\"1\"",
        "true",
        "{}",
        "[]",
        "[1]",
        "\"\\u004eaN\"",
        "",
        "7".repeat(400),
        "7".repeat(1_001),
        "1 2",
        "0x1"
    };
    private static final String[] MEMBERS = {
        "\"id\":\"r\"",
        "\"id\":17",
        "\"id\":\"\\\"scores\\\":[1]\"",
        "\"id\":\"scores\"",
        "\"id\":\"a\\\\\"",
        "\"model\":\"m\"",
        "\"label\":3",
        "\"label\":\"caf\u00E9\"",
        "\"label\":[1,\"a\"]",
        "\"label\":[[1],2]",
        "\"weight\":0.5",
        "\"segment\":\"\u20AC\"",
        "\"x\":{\"scores\":[9]}",
        "\"x\":[{\"scores\":[9]},[]]",
        "\"x\":\"{\\\"scores\\\":[1\"",
        "\"x\":\"scores\"",
        "\"Scores\":[1]",
        "\"scores \":[1]",
        "\"classes\":[1,2]",
        "\"shard\":{\"scores\":[1],\"index\":0,\"count\":1,\"offset\":0,\"classes\":1}",
        "\"\":[]",
        "\"x\":" + "[".repeat(31) + "]".repeat(31),
        "\"timestamp\":1732000000000"
    };
    private static final String[] ODD_MEMBERS = {
        "\"\\u0073cores\":[5]",
        "\"scores\":[2]",
        "\"scores\":[]",
        "\"scores\":1",
        "\"scores\":null",
        "\"x\":" + "[".repeat(32) + "]".repeat(32),
        "\"id\":1.5",
        "\"x\":01",
        "\"id\":\"\\ud800\"",
        "\"x\":[}",
        "\"x\" 1",
        "scores:[1]",
        "\"weight\":-1",
        "\"scores\"",
        "\"label\":{}"
    };
    private static final String[] SPACES = {"", "", "", "", " ", "\n", "\t", "\r\n", "  "};

    private final ScoreDecoder decoder = new JsonScoreDecoder(LIMITS);
    private final ScoreDecoder jackson = JacksonDecoder.of(LIMITS);

    private void check(byte[] value) {
        RawRecord raw = Draft.of().raw(value);
        ScoreInput read = decoder.decode(raw);
        ScoreInput expected = jackson.decode(raw);
        while (expected != null) {
            String text = new String(value, StandardCharsets.ISO_8859_1);
            assertThat(read).as(text).isNotNull();
            assertThat(read.fault()).as(text).isEqualTo(expected.fault());
            assertThat(read.score()).as(text).isEqualTo(expected.score());
            read = decoder.next();
            expected = jackson.next();
        }
        assertThat(read).isNull();
    }

    private static String one(String[] of, Random random) {
        return of[random.nextInt(of.length)];
    }

    private static String spaced(String token, Random random) {
        return one(SPACES, random) + token + one(SPACES, random);
    }

    /** An array of scores, or of rows of them, with some odd elements. */
    private static String scores(Random random, boolean mayHaveRows) {
        boolean isRows = mayHaveRows && random.nextInt(4) == 0;
        StringBuilder array = new StringBuilder("[");
        int n = random.nextInt(60) == 0 ? random.nextInt(12) : 1 + random.nextInt(MAX_CLASSES);
        for (int i = 0; i < n; i++) {
            String element =
                    isRows
                            ? scores(random, false)
                            : one(random.nextInt(150) == 0 ? NO_SCORES : SCORES, random);
            array.append(i > 0 ? "," : "").append(spaced(element, random));
        }
        return array + "]";
    }

    private static String record(Random random) {
        int members = random.nextInt(5);
        int place = random.nextInt(members + 1);
        StringBuilder record = new StringBuilder(random.nextInt(20) == 0 ? "\uFEFF" : "");
        record.append(spaced("{", random));
        for (int i = 0; i <= members; i++) {
            String member =
                    i == place
                            ? "\"scores\"" + spaced(":", random) + scores(random, true)
                            : one(random.nextInt(15) == 0 ? ODD_MEMBERS : MEMBERS, random);
            record.append(i > 0 ? "," : "").append(spaced(member, random));
        }
        String end =
                random.nextInt(40) == 0 ? one(new String[] {"}}", "", "},", "} x"}, random) : "}";
        return record + spaced(end, random);
    }

    /** Flips bits, cuts off the end, or repeats, leaves out or puts in some bytes. */
    private static byte[] damage(byte[] record, Random random) {
        byte[] flipped = AbstractScoreDecoderTest.flip(record, random);
        int at = random.nextInt(record.length);
        int to = at + random.nextInt(Math.min(6, record.length - at));
        ByteArrayOutputStream damaged = new ByteArrayOutputStream();
        damaged.write(flipped, 0, random.nextBoolean() ? record.length : at);
        switch (random.nextInt(4)) {
            case 0 -> damaged.write(flipped, at, record.length - at);
            case 1 -> damaged.write(flipped, to, record.length - to);
            case 2 -> {
                damaged.write("[]{},:\"\\0e.- \f\u00E9n".charAt(random.nextInt(16)));
                damaged.write(flipped, at, record.length - at);
            }
            default -> {}
        }
        return damaged.toByteArray();
    }

    @Test
    void readsAndRefusesWhatJacksonAloneDoes() {
        Random random = TestSeed.random("spliced records");
        for (int i = 0; i < 15_000; i++) {
            byte[] record = Draft.utf8(record(random));
            check(record);
            check(damage(record, random));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Behind the array, what would make something else of what stands for it.
                "{\"scores\":[1].5}",
                "{\"scores\":[1]5}",
                "{\"scores\":[1]e5}",
                "{\"scores\":[1]]}",
                "{\"scores\":[1][2]}",
                "{\"scores\":[1]\"x\"}",
                "{\"scores\":[1],2]}",
                "{\"scores\":[[1],[2]],[3]]}",
                // Arrays that look like the scores and are not.
                "{\"x\":\"\\\",\"scores\":[1]}",
                "[{\"scores\":[1]}]",
                "\"scores\":[1]",
                "{\"x\":{\"scores\":[1]}}",
                "{{\"scores\":[1]}",
                "}{{\"scores\":[1]}}",
                "]{{\"scores\":[1],\"scores\":[2]}}",
                "{\"x\":{\"scores\":[1]},\"scores\":[]}",
                "{]\"scores\":[1]}",
                "{\"x\":]{\"scores\":[1]}",
                "{\"a\":\"scores\":[1]}",
                "{\"scores\":[1]",
                "{\"scores\":[1],",
                "{\"scores\":[1",
                "{\"scores\":[",
                "{\"scores\":"
            })
    void isNotDeceived(String record) {
        check(Draft.utf8(record));
    }

    @Test
    void agreesOnEveryPrefix() {
        byte[] record =
                Draft.utf8(
                        "\uFEFF{\"id\":\"\u20AC\",\"scores\":[ [1.5,-Infinity] , [null] ],\"x\":[{}]}");
        for (int length = 0; length <= record.length; length++) {
            check(Arrays.copyOf(record, length));
        }
    }

    @Test
    void agreesOnEveryByteInEveryPlace() {
        byte[] record = Draft.utf8("{\"id\":\"r\",\"scores\":[-1.5,NaN, 2e3],\"label\":1}");
        for (int i = 0; i < record.length; i++) {
            byte kept = record[i];
            for (int b = 0; b < 256; b++) {
                record[i] = (byte) b;
                check(record);
            }
            record[i] = kept;
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"scores\":[1]}",
                "\uFEFF { \"id\" : \"a\\\"b\" , \"scores\" : [ 1.5 , NaN ] , \"label\" : 1 } ",
                "{\"id\":\"scores\",\"x\":{\"scores\":[\"no\"]},\"scores\":[[1,2],[3]],\"y\":[]}",
                "{\"id\":\"caf\u00E9\",\"scores\":[null,\"-Infinity\",1e-5,-0.123456789012345]}"
            })
    void readsUsualRecordsInTwoParts(String record) {
        RecordFields fields = new RecordFields(LIMITS);
        JsonScoreArray array = new JsonScoreArray(MAX_CLASSES);
        JsonScoreSplice splice =
                new JsonScoreSplice(fields, EnumSet.range(Field.ID, Field.SHARD), array);
        assertThat(splice.read(Draft.of().raw(Draft.utf8(record)))).isTrue();
        check(Draft.utf8(record));
    }

    @Test
    void aLargeRestIsLeftToJackson() {
        String filler = "x".repeat(70_000);
        check(Draft.utf8("{\"x\":\"" + filler + "\",\"scores\":[1]}"));
        check(Draft.utf8("{\"scores\":[1],\"x\":\"" + filler + "\"}"));
    }

    @Test
    void aRowTakesNoMemoryButItsRecord() {
        StringBuilder scores = new StringBuilder("1.5");
        scores.append(",-3.1415927".repeat(100_000 - 1));
        RawRecord raw = Draft.of().raw(Draft.utf8("{\"id\":\"r\",\"scores\":[" + scores + "]}"));
        ScoreDecoder wide = new JsonScoreDecoder(new DecoderLimits("m", 100_000));
        wide.decode(raw);
        assertThat(Allocation.bytesOf(() -> wide.decode(raw))).isLessThan(4_000);
    }
}
