package io.logitstream.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.record.LedgerEntry;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.ScoresAre;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class JsonLedgerEncoderTest {

    private static final ModelSpec PETS =
            new ModelSpec(
                    "pets", 2, List.of("cat", "dog"), ScoresAre.LOGITS, 1, Normalizer.SOFTMAX, 2);

    private static String written(int labelClass) {
        LedgerEntry entry =
                new LedgerEntry(LossTerm.Kind.ORPHAN, "pets", "r9", null, 5, labelClass, 7);
        return new String(new JsonLedgerEncoder().encode(entry, PETS), StandardCharsets.UTF_8);
    }

    @Test
    void namesTheClassOfALabel() {
        assertThat(written(1)).contains("\"label\":{\"class\":1,\"label\":\"dog\",");
    }

    /** A label that waited while the job was started again with fewer classes. */
    @Test
    void namesNoClassThatTheModelHasNoMore() {
        assertThat(written(9)).contains("\"label\":{\"class\":9,\"timestamp\":7}");
    }
}
