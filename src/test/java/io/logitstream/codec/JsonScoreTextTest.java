package io.logitstream.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Scores read from their bytes, held to {@link Float#parseFloat} and to JSON's grammar. */
class JsonScoreTextTest {

    private static final Pattern NUMBER =
            Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");

    private static final String SPACES = " ".repeat(50);

    /** What may be around a number; those with room behind it are read eight digits at a time. */
    private static final List<Around> AROUND =
            List.of(
                    new Around("[", "]" + SPACES),
                    new Around("[ ", ",8]" + SPACES),
                    new Around("[\n\t\r ", "\n,8]"),
                    new Around("[", "]"));

    private record Around(String before, String behind) {}

    private final JsonScoreText text = new JsonScoreText(3);

    /** Returns the first number of an array, or NaN if it is not read. */
    private float read(String number, Around around) {
        String json = around.before + number + around.behind;
        int end = text.read(json.getBytes(StandardCharsets.ISO_8859_1), 1, new float[0]);
        if (end == JsonScoreText.GIVEN_UP) {
            return Float.NaN;
        }
        assertThat(end).as(number).isEqualTo(json.lastIndexOf(']') + 1);
        assertThat(text.size()).as(number).isEqualTo(around.behind.contains(",8") ? 2 : 1);
        return text.row()[0];
    }

    private void check(String number, float expected) {
        for (Around around : AROUND) {
            float read = read(number, around);
            if (Float.floatToRawIntBits(read) != Float.floatToRawIntBits(expected)) {
                assertThat(read).as("%s %s", number, around).isEqualTo(expected);
            }
        }
    }

    /** A number beyond the range is left to whoever names the fault. */
    private void checkLikeJava(String number) {
        float expected = Float.parseFloat(number);
        check(number, Float.isInfinite(expected) ? Float.NaN : expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "-0.0",
                "0e5",
                "-0.000000000000000000000",
                "7",
                "-3.1415927",
                "1234567",
                "12345678",
                "123456789012345678901234567890",
                "0.00000001",
                "0.12345678",
                "0.123456789",
                "1234567.12345678901",
                "1234567.123456789012",
                "0.123456789012345678",
                "0.1234567890123456789",
                "0.0000000000000000000000001",
                "16777217",
                "16777217.0",
                "16777219.0",
                "1.00000005960464477",
                "9007199254740993",
                "0.000000059604645",
                "3.4028235e38",
                "3.4028236e38",
                "1e39",
                "-1e39",
                "1e-46",
                "1.401298464324817e-45",
                "0.7006492321624085e-45",
                "1E+2",
                "1e-2",
                "1.5e0",
                "1e-99999999999",
                "8388608.5",
                "8388609.5",
                "0.10000000149011612"
            })
    void readsANumberAsJavaDoes(String number) {
        checkLikeJava(number);
    }

    @Test
    void takesJustJsonsGrammar() {
        // With the neighbours of the digits.
        char[] symbols = {'0', '1', '.', '-', '+', 'e', '/', ':'};
        for (int length = 0; length <= 5; length++) {
            int all = (int) Math.pow(symbols.length, length);
            for (int i = 0; i < all; i++) {
                StringBuilder number = new StringBuilder();
                for (int rest = i, n = 0; n < length; n++, rest /= symbols.length) {
                    number.append(symbols[rest % symbols.length]);
                }
                if (NUMBER.matcher(number).matches()) {
                    checkLikeJava(number.toString());
                } else {
                    check(number.toString(), Float.NaN);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00.5",
                "-01",
                "012345678",
                "0000000000",
                "1.",
                "1.23456789.",
                "1.2.3",
                "12345.e5",
                "1.2345678e",
                "1.2345678e+",
                "1f",
                "1.5d",
                "0x10",
                "1_0",
                "1.2345678x",
                "- 1",
                "1 2",
                "1.5 2",
                "nul",
                "nulls",
                "NaNs",
                "-NaN",
                "+Infinity",
                "INF",
                "\"1\"",
                "\"NaN",
                "\"\\u004eaN\"",
                "true",
                "{}",
                "[1]",
                "1\f",
                "\u00A01",
                "1\u0000",
                "\u00B1",
                "1.\u00B5"
            })
    void givesUpOnAllElse(String element) {
        check(element, Float.NaN);
    }

    @Test
    void givesUpOnNumbersThatNobodyWrites() {
        checkLikeJava("0." + "3".repeat(125));
        check("0." + "3".repeat(126), Float.NaN);
        check("7".repeat(400), Float.NaN);
    }

    /** Eight bytes are read at once; none of them may be behind the end. */
    @Test
    void readsNumbersOfAnyLengthAtAnyDistanceFromTheEnd() {
        for (String whole : List.of("7", "-7", "1234567", "-123456")) {
            for (int places = 1; places <= 40; places++) {
                String number = whole + "." + "1234567890".repeat(4).substring(0, places);
                for (int behind = 0; behind <= 40; behind++) {
                    for (String before : List.of("[", "[ ", "[  ")) {
                        Around around = new Around(before, "]" + " ".repeat(behind));
                        assertThat(read(number, around))
                                .as("%s %s", number, around)
                                .isEqualTo(Float.parseFloat(number));
                    }
                }
            }
        }
    }

    @Test
    void readsNamesAndGrowsUpToTheMostClasses() {
        byte[] json = Draft.utf8("[NaN , null\n,\"NaN\"]");
        assertThat(text.read(json, 1, new float[0])).isEqualTo(json.length);
        assertThat(text.row()).containsExactly(Float.NaN, Float.NaN, Float.NaN);
        json = Draft.utf8("[\"Infinity\",Infinity,\"-Infinity\"]");
        assertThat(text.read(json, 1, text.row())).isEqualTo(json.length);
        float infinity = Float.POSITIVE_INFINITY;
        assertThat(text.row()).containsExactly(infinity, infinity, -infinity);
        assertThat(text.read(Draft.utf8("[1,2,3,4]"), 1, new float[0])).isEqualTo(-1);
    }

    @Test
    void giveUpAtEveryEndOfTheBytes() {
        String json = "[-Infinity, \"NaN\", -3.1415927]";
        for (int length = 1; length < json.length(); length++) {
            byte[] cut = Draft.utf8(json.substring(0, length));
            assertThat(text.read(cut, 1, new float[0])).isEqualTo(JsonScoreText.GIVEN_UP);
        }
        assertThat(text.read(Draft.utf8(json), 1, new float[0])).isEqualTo(json.length());
    }

    @Test
    void readsBackFloatsInEveryForm() {
        Random random = TestSeed.random("forms of floats");
        for (int i = 0; i < 20_000; i++) {
            int bits = random.nextInt();
            // Every other one is as scores are.
            float score =
                    i % 2 == 0
                            ? Float.intBitsToFloat(bits)
                            : (float) (random.nextGaussian() * Math.pow(10, random.nextInt(6) - 3));
            if (Float.isFinite(score)) {
                check(Float.toString(score), score);
                check(Double.toString(score), score);
                BigDecimal exact = new BigDecimal(score);
                BigDecimal nine = exact.round(new MathContext(9));
                check(nine.toString(), score == 0 ? 0f : score);
                if (Math.abs(score) > 1e-7 && Math.abs(score) < 1e7) {
                    check(nine.toPlainString(), score);
                }
            }
        }
    }

    @Test
    void readsRandomDecimals() {
        Random random = TestSeed.random("decimals of 1 to 40 digits");
        for (int i = 0; i < 30_000; i++) {
            StringBuilder digits = new StringBuilder();
            int length = 1 + random.nextInt(40);
            for (int d = 0; d < length; d++) {
                digits.append((char) ('0' + random.nextInt(10)));
            }
            int point = random.nextInt(Math.min(length, 10));
            String whole = digits.substring(0, point).replaceFirst("^0+", "");
            String number =
                    (random.nextBoolean() ? "-" : "")
                            + (whole.isEmpty() ? "0" : whole)
                            + "."
                            + digits.substring(point);
            checkLikeJava(
                    random.nextInt(4) > 0 ? number : number + "e" + (random.nextInt(90) - 45));
        }
    }

    @Test
    void readsTheMidpointsOfFloatsAndTheirNeighbours() {
        Random random = TestSeed.random("midpoints as scores");
        for (int i = 0; i < 4_000; i++) {
            // Most of them where a few digits are exact: between 2^-3 and 2^24.
            int exponent = i % 4 == 0 ? i / 4 % 255 : 124 + random.nextInt(27);
            int bits = exponent << 23 | random.nextInt(1 << 23);
            BigDecimal middle = exact(bits).add(exact(bits + 1)).divide(BigDecimal.valueOf(2));
            BigDecimal step = BigDecimal.ONE.movePointLeft(middle.scale());
            for (BigDecimal near :
                    new BigDecimal[] {middle.subtract(step), middle, middle.add(step)}) {
                checkIfShort(near.toString());
                checkIfShort(near.toPlainString());
                checkIfShort(near.round(new MathContext(17)).toPlainString());
                checkIfShort(near.round(new MathContext(18)).toPlainString());
            }
        }
    }

    private void checkIfShort(String number) {
        if (number.length() < 128) {
            checkLikeJava(number);
        }
    }

    private static BigDecimal exact(int bits) {
        return new BigDecimal(Float.intBitsToFloat(Math.min(bits, 0x7F7FFFFF)));
    }

    @Test
    @Tag("benchmark")
    void readsBackEveryFloat() {
        IntStream.range(0, 0x7F8)
                .parallel()
                .forEach(
                        high -> {
                            JsonScoreText mine = new JsonScoreText(2);
                            float[] row = new float[2];
                            byte[] json = new byte[128];
                            for (int low = 0; low < 1 << 20; low++) {
                                float score = Float.intBitsToFloat(high << 20 | low);
                                String number = Float.toString(low % 2 == 0 ? score : -score);
                                String both = "[" + number + "," + Double.toString(score) + "]";
                                byte[] bytes = both.getBytes(StandardCharsets.ISO_8859_1);
                                System.arraycopy(bytes, 0, json, 20, bytes.length);
                                mine.read(json, 21, row);
                                if (row[0] != (low % 2 == 0 ? score : -score) || row[1] != score) {
                                    throw new AssertionError(both);
                                }
                            }
                        });
    }
}
