package io.logitstream.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.record.Gradient;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoresAre;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonGradientEncoderTest {

    private final JsonGradientEncoder encoder = new JsonGradientEncoder();

    private String encode(List<String> names, int @Nullable [] classes, float... values) {
        ModelSpec model = new ModelSpec("m", 3, names, ScoresAre.LOGITS, 1, Normalizer.SOFTMAX, 5);
        Gradient gradient =
                new Gradient("r\"1", "m", RawRecord.NO_TIMESTAMP, 2, 0.5, 1e-7, classes, values);
        return new String(encoder.encode(gradient, model), StandardCharsets.UTF_8);
    }

    @Test
    void writesAllClassesAsShortestDecimals() {
        String start =
                "{\"id\":\"r\\\"1\",\"model\":\"m\",\"classes\":3,\"class\":2,\"temperature\":1.0,";
        assertThat(encode(List.of(), null, 0.1f, Float.MIN_VALUE, -0.1f))
                .isEqualTo(
                        start + "\"weight\":0.5,\"loss\":1.0E-7,\"gradient\":[0.1,1.4E-45,-0.1]}");
    }

    @Test
    void namesTheClassesItLeavesOthersOutOf() {
        assertThat(encode(List.of("a", "b", "c"), new int[] {1, 2}, 0.25f, -0.5f))
                .contains("\"class\":2,\"label\":\"c\",")
                .endsWith(
                        "\"gradients\":[{\"class\":1,\"gradient\":0.25},{\"class\":2,\"gradient\":-0.5}]}");
    }
}
