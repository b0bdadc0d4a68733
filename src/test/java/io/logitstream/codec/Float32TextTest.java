package io.logitstream.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Float32TextTest {

    private static final int INFINITY_BITS = 0x7F800000;

    private static float parse(String text) {
        // Surrounded, as in the parser's buffer.
        char[] buffer = ("7" + text + "9").toCharArray();
        return Float32Text.parse(buffer, 1, text.length());
    }

    /** The nearest float32 by exact comparison, ties to even; the code under test has no part. */
    private static float nearest(String text) {
        BigDecimal exact = new BigDecimal(text);
        BigDecimal magnitude = exact.abs();
        int low = 0;
        int high = INFINITY_BITS;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (valueOf(middle).compareTo(magnitude) <= 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        BigDecimal twice = magnitude.add(magnitude);
        int side = twice.compareTo(valueOf(low).add(valueOf(low + 1)));
        int bits = side < 0 || (side == 0 && low % 2 == 0) ? low : low + 1;
        float result = Float.intBitsToFloat(bits);
        return text.startsWith("-") ? -result : result;
    }

    /** The value of non-negative float32 bits; those of infinity stand for 2^128. */
    private static BigDecimal valueOf(int bits) {
        return bits == INFINITY_BITS
                ? new BigDecimal(BigInteger.TWO.pow(128))
                : new BigDecimal(Float.intBitsToFloat(bits));
    }

    private static void check(String text) {
        assertThat(Float.floatToIntBits(parse(text)))
                .as(text)
                .isEqualTo(Float.floatToIntBits(nearest(text)));
    }

    @ParameterizedTest
    @CsvSource({
        // From the binary form: 2^24 + 1, 2^63 + 2^39, 2^63 - 2^38, 1 + 2^-24 and 2^-150 are ties.
        "16777216, 0x1p24f",
        "16777217, 0x1p24f",
        "16777217.000000000000000000000000001, 0x1.000002p24f",
        "16777219, 0x1.000004p24f",
        "9223372036854775807, 0x1p63f",
        "9223372586610589696, 0x1p63f",
        "9223372586610589697, 0x1.000002p63f",
        "9223371761976868864, 0x1p63f",
        "9223371761976868863, 0x1.fffffep62f",
        "1.00000005960464477539062500000000000000000001, 0x1.000002p0f",
        "1.000000059604644775390625, 0x1p0f",
        "3.4028235e38, 0x1.fffffep127f",
        "1.17549435e-38, 0x1p-126f",
        "1.401298464324817e-45, 0x1p-149f",
        "0.7006492321624085354618647916449580656401309709382578858785341419448955413429303e-45, 0",
        "0.7006492321624085354618647916449580656401309709382578858785341419448955413429304e-45, "
                + "0x1p-149f"
    })
    void roundsOnce(String text, String expected) {
        assertThat(parse(text)).isEqualTo(Float.parseFloat(expected));
        assertThat(nearest(text)).as("the test's own reference").isEqualTo(parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "0.0",
                "-0.0e5",
                "0e999999",
                "0.000e-999999",
                "1",
                "-1",
                "10",
                "1E+2",
                "1e-2",
                "123456789",
                "0.1",
                "3.14159265358979323846",
                "1e38",
                "-1e38",
                "1e-46",
                "1e-999",
                "-1e-99999999999",
                "1e-4294967296",
                "1e-45",
                "5e-324",
                "0.00000000000000000000000000001e60"
            })
    void readsOrdinaryNumbersAsJavaDoes(String text) {
        assertThat(Float.floatToIntBits(parse(text)))
                .isEqualTo(Float.floatToIntBits(Float.parseFloat(text)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e39",
                "3.4028236e38",
                "1e999",
                "1e4294967296",
                "340282356779733661637539395458142568448"
            })
    void becomesInfiniteBeyondTheRange(String text) {
        assertThat(parse(text)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(parse("-" + text)).isEqualTo(Float.NEGATIVE_INFINITY);
    }

    @Test
    void readsLongTextsOfZeros() {
        assertThat(parse("0." + "0".repeat(900) + "1e901")).isEqualTo(1f);
        assertThat(parse("1" + "0".repeat(900) + "e-900")).isEqualTo(1f);
        assertThat(parse("1" + "0".repeat(900) + ".5e-900")).isEqualTo(1f);
    }

    @Test
    void hitsTheNearestAroundEveryKindOfMidpoint() {
        Random random = TestSeed.random("midpoints");
        for (int i = 0; i < 3_000; i++) {
            // Exponent by exponent, subnormal to largest.
            int bits = (i % 255) << 23 | random.nextInt(1 << 23);
            BigDecimal middle = valueOf(bits).add(valueOf(bits + 1)).divide(BigDecimal.valueOf(2));
            BigDecimal dust = middle.scaleByPowerOfTen(-20 - random.nextInt(30));
            check(middle.toString());
            check(middle.add(dust).toString());
            check(middle.subtract(dust).toString());
            double narrow = middle.doubleValue();
            check(Double.toString(narrow));
            check(Double.toString(Math.nextUp(narrow)));
            check(Double.toString(-Math.nextDown(narrow)));
        }
    }

    @Test
    void hitsTheNearestOfRandomDecimals() {
        Random random = TestSeed.random("decimals");
        for (int i = 0; i < 10_000; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? "-" : "");
            text.append(random.nextInt(1000));
            text.append('.');
            for (int d = 1 + random.nextInt(25); d > 0; d--) {
                text.append(random.nextInt(10));
            }
            if (random.nextBoolean()) {
                text.append('e').append(random.nextInt(90) - 50);
            }
            check(text.toString());
        }
    }

    @Test
    void readsBackEveryKindOfFloatFromFloat32AndFloat64Text() {
        Random random = TestSeed.random("round trip");
        for (int i = 0; i < 100_000; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            if (Float.isFinite(value)) {
                assertThat(parse(Float.toString(value))).isEqualTo(value);
                assertThat(parse(Double.toString(value))).isEqualTo(value);
            }
        }
    }
}
