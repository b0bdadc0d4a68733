package io.logitstream.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import org.junit.jupiter.api.Test;

class ScoreFormatsTest {

    private static final DecoderLimits LIMITS = new DecoderLimits("m", 2);

    @Test
    void listsTheNamesOfJobFiles() {
        assertThat(ScoreFormats.names()).containsExactly("float32", "json");
    }

    @Test
    void hasADecoderAndAReaderForEachName() {
        for (String name : ScoreFormats.names()) {
            assertThat(ScoreFormats.decoder(name, LIMITS)).isNotNull();
            assertThat(ScoreFormats.reader(name, InputStream.nullInputStream(), LIMITS))
                    .isNotNull();
        }
        assertThat(ScoreFormats.decoder("json", LIMITS)).isInstanceOf(JsonScoreDecoder.class);
        assertThat(ScoreFormats.decoder("float32", LIMITS)).isInstanceOf(Float32ScoreDecoder.class);
    }

    @Test
    void refusesAnUnknownNameAndListsTheKnown() {
        assertThatThrownBy(() -> ScoreFormats.decoder("avro", LIMITS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("avro", "json", "float32");
        assertThatThrownBy(() -> ScoreFormats.reader("JSON", InputStream.nullInputStream(), LIMITS))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesLimitsWithoutClasses() {
        assertThatThrownBy(() -> new DecoderLimits("m", 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0");
    }
}
