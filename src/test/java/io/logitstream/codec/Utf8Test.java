package io.logitstream.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8Test {

    private static boolean isValidForTheJdk(byte[] bytes) {
        try {
            // A new decoder reports what is malformed instead of replacing it.
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /** Puts the bytes at every place relative to the eight bytes that are read at a time. */
    private static void checkEverywhere(byte[] sequence, boolean valid) {
        for (int before = 0; before < 18; before++) {
            for (int after = 0; after < 10; after++) {
                byte[] bytes = new byte[before + sequence.length + after];
                Arrays.fill(bytes, (byte) 'a');
                System.arraycopy(sequence, 0, bytes, before, sequence.length);
                assertThat(Utf8.firstInvalid(bytes) < 0).isEqualTo(valid);
                assertThat(Utf8.isValid(bytes)).isEqualTo(isValidForTheJdk(bytes));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "7f",
                "c280",
                "dfbf",
                "e0a080",
                "ed9fbf",
                "ee8080",
                "efbfbf",
                "f0908080",
                "f48fbfbf",
                "efbbbf"
            })
    void takesTheFirstAndLastOfEachLength(String hex) {
        checkEverywhere(HexFormat.of().parseHex(hex), true);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // stray continuation, overlong, surrogates, above U+10FFFF, cut off, never used
                "80",
                "bf",
                "c080",
                "c1bf",
                "e08080",
                "e09fbf",
                "f0808080",
                "f08fbfbf",
                "eda080",
                "edbfbf",
                "eda0bdedb0b1",
                "f4908080",
                "f5808080",
                "c2",
                "e0a0",
                "f09080",
                "c241",
                "e0a041",
                "f0908041",
                "fe",
                "ff",
                "f8888080",
                "c3c3"
            })
    void refusesAllKindsOfMalformedSequences(String hex) {
        checkEverywhere(HexFormat.of().parseHex(hex), false);
    }

    @Test
    void tellsWhereTheFirstMalformedSequenceStarts() {
        byte[] bytes = Draft.utf8("12345678é12345678éxx");
        bytes[bytes.length - 3] = 'x';
        assertThat(Utf8.firstInvalid(bytes)).isEqualTo(18);
        assertThat(Utf8.firstInvalid(Draft.utf8("12345678é12345678é"))).isEqualTo(-1);
    }

    @Test
    void agreesWithTheJdkOnEveryCodePoint() {
        for (int code = 0; code <= Character.MAX_CODE_POINT; code++) {
            if (code < Character.MIN_SURROGATE || code > Character.MAX_SURROGATE) {
                byte[] bytes = Draft.utf8(Character.toString(code));
                if (!Utf8.isValid(bytes)) {
                    assertThat(code).as("code point refused").isNull();
                }
            }
        }
    }

    @Test
    void agreesWithTheJdkOnDamagedText() {
        Random random = TestSeed.random("damaged text");
        byte[] text = Draft.utf8("aé\u20AC\uD83D\uDC31 plain ascii text ключ\u0800\uD7FF\uE000");
        for (int i = 0; i < 50_000; i++) {
            byte[] damaged = AbstractScoreDecoderTest.flip(text, random);
            damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length + 1));
            assertThat(Utf8.isValid(damaged)).isEqualTo(isValidForTheJdk(damaged));
        }
    }

    @Test
    void findsTheCodePointAtOrBeforeAPlace() {
        byte[] bytes = Draft.utf8("aé\u20AC\uD83D\uDC31");
        int[] expected = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10};
        for (int i = 0; i < expected.length; i++) {
            assertThat(Utf8.floorBoundary(bytes, i)).isEqualTo(expected[i]);
        }
    }
}
