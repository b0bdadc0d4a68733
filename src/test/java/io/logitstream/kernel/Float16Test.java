package io.logitstream.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.Seeds;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Float16Test {

    /** Bits of binary16 as the tables of IEEE 754 have them. */
    @ParameterizedTest
    @CsvSource({
        "0, 0x0000",
        "-0.0, 0x8000",
        "1, 0x3c00",
        "-2, 0xc000",
        "0.333251953125, 0x3555",
        "65504, 0x7bff",
        "6.103515625e-05, 0x0400",
        "6.097555160522461e-05, 0x03ff",
        "5.960464477539063e-08, 0x0001",
        "Infinity, 0x7c00",
        "-Infinity, 0xfc00",
    })
    void knowsTheBitsOfTheTables(float value, String bits) {
        assertThat(Float16.bitsOf(value)).isEqualTo((short) Integer.decode(bits).intValue());
        assertThat(Float16.valueOf((short) Integer.decode(bits).intValue())).isEqualTo(value);
    }

    @Test
    void everyNumberComesBack() {
        for (int bits = Short.MIN_VALUE; bits <= Short.MAX_VALUE; bits++) {
            float value = Float16.valueOf((short) bits);
            if (!Float.isNaN(value)) {
                assertThat(Float16.bitsOf(value)).isEqualTo((short) bits);
            }
        }
    }

    @Test
    void roundsToTheNearestTiesToEven() {
        Random random = Seeds.random(getClass());
        for (int i = 0; i < 20_000; i++) {
            float value = (float) StrictMath.exp(-16 + 27 * random.nextDouble());
            short bits = Float16.bitsOf(value);
            double error = Math.abs((double) Float16.valueOf(bits) - value);
            for (int other = bits - 1; other <= bits + 1; other++) {
                double otherError = Math.abs((double) Float16.valueOf((short) other) - value);
                assertThat(error).isLessThanOrEqualTo(otherError);
            }
        }
        assertThat(Float16.valueOf(Float16.bitsOf(2049))).isEqualTo(2048);
        assertThat(Float16.valueOf(Float16.bitsOf(2051))).isEqualTo(2052);
        assertThat(Float16.valueOf(Float16.bitsOf(1e9f))).isEqualTo(65504);
    }
}
