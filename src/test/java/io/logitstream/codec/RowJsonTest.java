package io.logitstream.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RowJsonTest {

    private final RowJson json = new RowJson();

    private static String byJackson(String text) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator generator = JsonFactories.forWriting().createGenerator(out)) {
            generator.writeStartObject();
            generator.writeStringField("text", text);
            generator.writeEndObject();
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private String byRow(String text) {
        json.start();
        json.field(JsonName.of("text"), text);
        return new String(json.end(), StandardCharsets.UTF_8);
    }

    @Test
    void writesTextsAsJacksonDoes() throws IOException {
        Random random = TestSeed.random("texts out");
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(40);
            while (text.length() < length) {
                int codePoint =
                        random.nextInt(random.nextBoolean() ? 0x80 : Character.MAX_CODE_POINT + 1);
                if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
                    text.appendCodePoint(codePoint);
                }
            }
            assertThat(byRow(text.toString())).isEqualTo(byJackson(text.toString()));
        }
    }

    @Test
    void separatesWhatFollowsEachOther() {
        json.start();
        json.startArray(JsonName.of("a"));
        json.element(1);
        json.element(0.5f);
        json.startObject();
        json.field(JsonName.of("b"), true);
        json.endObject();
        json.endArray();
        json.startObject(JsonName.of("c"));
        json.endObject();
        json.figure(JsonName.of("absent"), Double.NaN);
        json.figure(JsonName.of("absent"), Float.POSITIVE_INFINITY);
        json.version(JsonName.of("absent"), 0);
        json.field(JsonName.of("d"), "]");
        json.field(JsonName.of("e"), -7);
        assertThat(new String(json.end(), StandardCharsets.UTF_8))
                .isEqualTo("{\"a\":[1,0.5,{\"b\":true}],\"c\":{},\"d\":\"]\",\"e\":-7}");
    }

    @Test
    void growsForLargeTextsAndForgetsThem() throws IOException {
        String large = "\u0001x".repeat(1 << 20);
        assertThat(byRow(large)).isEqualTo(byJackson(large));
        assertThat(byRow("small")).isEqualTo(byJackson("small"));
    }

    @Test
    void namesFitWhereverTheBufferEnds() {
        JsonName name = JsonName.of("x".repeat(21));
        for (int before = 1; before < 500; before++) {
            RowJson fresh = new RowJson();
            fresh.start();
            for (int i = 0; i < before; i++) {
                fresh.field(JsonName.of("b"), true);
            }
            fresh.field(name, true);
            assertThat(new String(fresh.end(), StandardCharsets.UTF_8))
                    .isEqualTo(
                            "{"
                                    + "\"b\":true,".repeat(before)
                                    + ("\"" + "x".repeat(21) + "\":true}"));
        }
    }

    @Test
    void namesThatDoNotFitIntoTheirWordsAreRefused() {
        assertThatThrownBy(() -> JsonName.of("x".repeat(22)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
