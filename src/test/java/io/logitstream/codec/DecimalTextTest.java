package io.logitstream.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.io.NumberOutput;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Against Jackson's writer of shortest decimals, which is another's work from the same paper. */
class DecimalTextTest {

    private static final int NUMBERS = 300_000;

    private final byte[] to = new byte[2 + DecimalText.MAX_BYTES];

    private String text(double value) {
        return new String(to, 1, DecimalText.write(value, to, 1) - 1, StandardCharsets.US_ASCII);
    }

    private String text(float value) {
        return new String(to, 1, DecimalText.write(value, to, 1) - 1, StandardCharsets.US_ASCII);
    }

    private void check(double value) {
        assertThat(text(value)).isEqualTo(NumberOutput.toString(value, true));
        assertThat(text(-value)).isEqualTo(NumberOutput.toString(-value, true));
    }

    private void check(float value) {
        assertThat(text(value)).isEqualTo(NumberOutput.toString(value, true));
        assertThat(text(-value)).isEqualTo(NumberOutput.toString(-value, true));
    }

    @Test
    void writesWhatDoublesAreKnownToBe() {
        assertThat(text(1.0)).isEqualTo("1.0");
        assertThat(text(-0.0)).isEqualTo("-0.0");
        assertThat(text(2e23)).isEqualTo("2.0E23");
        assertThat(text(Double.MIN_VALUE)).isEqualTo("4.9E-324");
        assertThat(text(Double.MAX_VALUE)).isEqualTo("1.7976931348623157E308");
        assertThat(text(0.001)).isEqualTo("0.001");
        assertThat(text(9999999.0)).isEqualTo("9999999.0");
        assertThat(text(1.0E7)).isEqualTo("1.0E7");
        assertThat(text(Float.MIN_VALUE)).isEqualTo("1.4E-45");
        assertThat(text(3.4028235E38f)).isEqualTo("3.4028235E38");
        assertThat(text(33554432f)).isEqualTo("3.3554432E7");
    }

    @Test
    void writesAnyDoubleAsItsShortestDecimal() {
        Random random = TestSeed.random("doubles out as text");
        for (int i = 0; i < NUMBERS; i++) {
            double any = Double.longBitsToDouble(random.nextLong());
            if (Double.isFinite(any)) {
                check(any);
            }
            check(random.nextGaussian());
            check(random.nextInt(1_000_000) / 1_000.0);
        }
    }

    @Test
    void writesAnyFloatAsItsShortestDecimal() {
        Random random = TestSeed.random("floats out as text");
        for (int i = 0; i < NUMBERS; i++) {
            float any = Float.intBitsToFloat(random.nextInt());
            if (Float.isFinite(any)) {
                check(any);
            }
            check(random.nextFloat());
        }
    }

    @Test
    void writesTheEndsOfBinadesAndTheTiniest() {
        for (int exponent = -1074; exponent < 1024; exponent++) {
            double power = Math.scalb(1.0, exponent);
            check(power);
            check(Math.nextUp(power));
            check(Math.nextDown(power));
        }
        for (int exponent = -149; exponent < 128; exponent++) {
            float power = Math.scalb(1f, exponent);
            check(power);
            check(Math.nextUp(power));
            check(Math.nextDown(power));
        }
        for (int i = 0; i < 100; i++) {
            check(i * Double.MIN_VALUE);
            check(i * Float.MIN_VALUE);
        }
        for (int exponent = -323; exponent <= 308; exponent++) {
            check(Double.parseDouble("1e" + exponent));
            check(Double.parseDouble("1.5e" + exponent));
        }
    }

    @Test
    void writesIntegers() {
        checkInteger(0);
        checkInteger(Long.MAX_VALUE);
        checkInteger(Long.MIN_VALUE);
        for (long power = 1; power > 0 && power <= 1_000_000_000_000_000_000L; power *= 10) {
            for (long value : new long[] {power - 1, power, power + 1, 7 * power}) {
                checkInteger(value);
                checkInteger(-value);
            }
        }
        for (int bits = 0; bits < Long.SIZE; bits++) {
            checkInteger(1L << bits);
            checkInteger((1L << bits) - 1);
        }
    }

    private void checkInteger(long value) {
        int end = DecimalDigits.write(value, to, 1);
        assertThat(new String(to, 1, end - 1, StandardCharsets.US_ASCII))
                .isEqualTo(Long.toString(value));
    }

    @Test
    @Tag("benchmark")
    void writesEveryFloatAsItsShortestDecimal() {
        IntStream.range(0, 256)
                .parallel()
                .forEach(
                        high -> {
                            DecimalTextTest each = new DecimalTextTest();
                            for (int low = 0; low < 1 << 23; low++) {
                                float value = Float.intBitsToFloat(high << 23 | low);
                                String wanted =
                                        Float.isFinite(value)
                                                ? NumberOutput.toString(value, true)
                                                : "";
                                if (!wanted.isEmpty() && !each.text(value).equals(wanted)) {
                                    throw new AssertionError(each.text(value) + ", not " + wanted);
                                }
                            }
                        });
    }
}
