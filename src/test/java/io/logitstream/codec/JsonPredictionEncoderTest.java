package io.logitstream.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.record.Inexact;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.Prediction;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoresAre;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonPredictionEncoderTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final ModelSpec UNNAMED = model(List.of());

    private final JsonPredictionEncoder encoder = new JsonPredictionEncoder();

    private static ModelSpec model(List<String> names) {
        int numClasses = names.isEmpty() ? 1_000 : names.size();
        return new ModelSpec("m", numClasses, names, ScoresAre.LOGITS, 1, Normalizer.SOFTMAX, 5);
    }

    private String encode(Prediction prediction, ModelSpec model) {
        return new String(encoder.encode(prediction, model), StandardCharsets.UTF_8);
    }

    private static Prediction of(long timestamp, double logSumExp, float... probabilities) {
        return new Prediction(
                "r\"1",
                "m",
                timestamp,
                1_000,
                new int[] {281, 7},
                new float[] {9.1f, -0.5f},
                new float[] {0.87f, 1e-10f},
                logSumExp,
                0.125,
                1,
                Normalizer.SOFTMAX,
                probabilities.length == 0 ? null : probabilities,
                null,
                0,
                0);
    }

    @Test
    void writesTheFieldsOfTheDesignInItsOrder() {
        ModelSpec named = model(List.of("cat", "tabby \uD83D\uDC31"));
        // The figures are those of DESIGN.md, sections 4 and 6: softmax of [3, 1].
        Prediction prediction =
                new Prediction(
                        "r1",
                        "m",
                        1_732_000_000_000L,
                        2,
                        new int[] {1, 0},
                        new float[] {3, 1},
                        new float[] {0.880797f, 0.119203f},
                        3.1269280110429727,
                        0.3653339,
                        1,
                        Normalizer.SOFTMAX,
                        new float[] {0.119203f, 0.880797f},
                        null,
                        0,
                        0);
        assertThat(encode(prediction, named))
                .isEqualTo(
                        "{\"id\":\"r1\",\"model\":\"m\",\"timestamp\":1732000000000,\"classes\":2,"
                                + "\"topK\":[{\"class\":1,\"label\":\"tabby \uD83D\uDC31\","
                                + "\"probability\":0.880797,\"score\":3.0},"
                                + "{\"class\":0,\"label\":\"cat\","
                                + "\"probability\":0.119203,\"score\":1.0}],"
                                + "\"logSumExp\":3.1269280110429727,\"entropy\":0.3653339,"
                                + "\"temperature\":1.0,\"normalizer\":\"softmax\","
                                + "\"probabilities\":[0.119203,0.880797]}");
    }

    @Test
    void leavesOutWhatIsMissing() {
        String json = encode(of(RawRecord.NO_TIMESTAMP, Double.POSITIVE_INFINITY), UNNAMED);
        assertThat(json)
                .isEqualTo(
                        "{\"id\":\"r\\\"1\",\"model\":\"m\",\"classes\":1000,"
                                + "\"topK\":[{\"class\":281,\"probability\":0.87,\"score\":9.1},"
                                + "{\"class\":7,\"probability\":1.0E-10,\"score\":-0.5}],"
                                + "\"entropy\":0.125,\"temperature\":1.0,"
                                + "\"normalizer\":\"softmax\"}");
    }

    @Test
    void saysWhichTailsAreMissing() {
        Prediction prediction =
                new Prediction(
                        "r1",
                        "m",
                        5,
                        1_000,
                        new int[] {7},
                        new float[] {-0.5f},
                        new float[] {0.60653067f},
                        Double.NaN,
                        Double.NaN,
                        1,
                        Normalizer.ADAPTIVE,
                        null,
                        new Inexact.MissingTails(List.of(0, 2), 0.25),
                        0,
                        0);
        assertThat(encode(prediction, UNNAMED))
                .isEqualTo(
                        "{\"id\":\"r1\",\"model\":\"m\",\"timestamp\":5,\"classes\":1000,"
                                + "\"topK\":[{\"class\":7,\"probability\":0.60653067,\"score\":-0.5}],"
                                + "\"temperature\":1.0,\"normalizer\":\"adaptive\","
                                + "\"exact\":false,\"missing\":{\"tails\":[0,2],\"probability\":0.25}}");
    }

    @Test
    void refusesAProbabilityThatIsNotFiniteAndGoesOn() {
        assertThatThrownBy(() -> encoder.encode(of(0, 1, 0.5f, Float.NaN), UNNAMED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("index 1")
                .hasMessageContaining("NaN");
        assertThat(encode(of(0, 1, 1f), UNNAMED)).endsWith("\"probabilities\":[1.0]}");
    }

    @Test
    void returnsArraysThatLaterRecordsLeaveAlone() {
        byte[] first = encoder.encode(of(0, 1, 0.25f), UNNAMED);
        byte[] copy = first.clone();
        encoder.encode(of(5, 2, 0.75f), UNNAMED);
        assertThat(first).isEqualTo(copy);
    }

    @ParameterizedTest
    @CsvSource({
        // From Float.toString of JDK 25. In the first three JDK 17 has other digits.
        "2.3460355e17, 2.3460355E17",
        "6.8905147e25, 6.8905147E25",
        "2.2e-44, 2.2E-44",
        "0x1p-44, 5.684342E-14",
        "2e-3, 0.002",
        "2.0E10, 2.0E10",
        "1.1e-3, 0.0011",
        "8.41e21, 8.41E21",
        "3.3554432e7, 3.3554432E7",
        "1e10, 1.0E10",
        "1.4e-45, 1.4E-45",
        "3.4028235e38, 3.4028235E38",
        "1.17549435e-38, 1.1754944E-38",
        "-0.0, -0.0",
        "16777216, 1.6777216E7",
        "0.1, 0.1"
    })
    void writesTheShortestDecimalOfAFloat(String value, String expected) {
        String json = encode(of(0, 1, Float.parseFloat(value)), UNNAMED);
        assertThat(json).endsWith("\"probabilities\":[" + expected + "]}");
    }

    @ParameterizedTest
    @CsvSource({
        // From Double.toString of JDK 25. In the first four JDK 17 has other digits.
        "2e23, 2.0E23",
        "0x1p-44, 5.684341886080802E-14",
        "8.41E21, 8.41E21",
        "1e23, 1.0E23",
        "2e-3, 0.002",
        "4.9e-324, 4.9E-324",
        "2.2250738585072014E-308, 2.2250738585072014E-308",
        "0.1, 0.1"
    })
    void writesTheShortestDecimalOfADouble(String value, String expected) {
        String json = encode(of(0, Double.parseDouble(value)), UNNAMED);
        assertThat(json).contains("\"logSumExp\":" + expected + ",");
    }

    @Test
    void everyFloatReadsBackAndNoShorterDecimalDoes() throws Exception {
        Random random = TestSeed.random("floats out");
        float[] values = new float[20_000];
        for (int i = 0; i < values.length; i++) {
            float value = Float.intBitsToFloat(random.nextInt());
            values[i] = Float.isFinite(value) ? value : random.nextFloat();
        }
        String json = encode(of(0, 1, values), UNNAMED);
        String[] texts = json.substring(json.lastIndexOf('[') + 1, json.length() - 2).split(",");
        assertThat(texts).hasSameSizeAs(values);
        for (int i = 0; i < texts.length; i++) {
            float value = values[i];
            assertThat(Float.parseFloat(texts[i])).isEqualTo(value);
            assertShortest(texts[i], shorter -> shorter.floatValue() == value);
        }
    }

    @Test
    void everyDoubleReadsBackAndNoShorterDecimalDoes() throws Exception {
        Random random = TestSeed.random("doubles out");
        for (int i = 0; i < 5_000; i++) {
            double bits = Double.longBitsToDouble(random.nextLong());
            double value = Double.isFinite(bits) ? bits : random.nextDouble();
            String text = field(encode(of(0, value), UNNAMED), "logSumExp");
            assertThat(Double.parseDouble(text)).isEqualTo(value);
            assertShortest(text, shorter -> shorter.doubleValue() == value);
        }
    }

    private static String field(String json, String name) {
        int start = json.indexOf('"' + name + "\":") + name.length() + 3;
        return json.substring(start, json.indexOf(',', start));
    }

    private static void assertShortest(String text, Predicate<BigDecimal> readsBack) {
        BigDecimal exact = new BigDecimal(text).stripTrailingZeros();
        // Two digits are always written.
        if (exact.precision() > 2) {
            for (RoundingMode mode : new RoundingMode[] {RoundingMode.DOWN, RoundingMode.UP}) {
                BigDecimal shorter = exact.round(new MathContext(exact.precision() - 1, mode));
                assertThat(readsBack.test(shorter)).as("%s for %s", shorter, text).isFalse();
            }
        }
    }

    @Test
    void writesTextsOfAnyLengthAsTheyAre() throws Exception {
        for (int length : new int[] {1, 500, 1_000, 1_999, 2_000, 2_001, 4_000, 4_001, 9_999}) {
            for (String piece : new String[] {"x", "\uD83D\uDC31", "é", "\u20AC", "\"", "\u0001"}) {
                String name = "a" + piece.repeat(length);
                ModelSpec named = model(java.util.Collections.nCopies(1_000, name));
                byte[] json = encoder.encode(of(0, 1), named);
                assertThat(MAPPER.readTree(json).at("/topK/0/label").textValue()).isEqualTo(name);
                assertThat(Utf8.isValid(json)).isTrue();
                assertThat(new String(json, StandardCharsets.UTF_8)).doesNotContain("\\uD83D");
            }
        }
    }

    @Test
    void predictionsReadBackWithTheSameFigures() throws Exception {
        Prediction prediction = of(123, 7.25, 0.1f, 0.9f);
        JsonNode json = MAPPER.readTree(encoder.encode(prediction, UNNAMED));
        assertThat(json.get("id").textValue()).isEqualTo(prediction.id());
        assertThat(json.get("timestamp").longValue()).isEqualTo(123);
        assertThat(json.at("/topK/0/class").intValue()).isEqualTo(281);
        assertThat(json.at("/topK/1/probability").floatValue()).isEqualTo(1e-10f);
        assertThat(json.get("logSumExp").doubleValue()).isEqualTo(7.25);
        assertThat(json.at("/probabilities/1").floatValue()).isEqualTo(0.9f);
    }
}
