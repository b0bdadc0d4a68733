package io.logitstream.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ModelCardTest {

    private static ModelCard card(int numNames, int chars) {
        String form = "%0" + chars + "d";
        List<String> names = IntStream.range(0, numNames).mapToObj(form::formatted).toList();
        return ModelCard.of(
                new ModelSpec("m", numNames, names, ScoresAre.LOGITS, 1, Normalizer.SOFTMAX, 5));
    }

    /** There is one in the state of each window. */
    @Test
    void sendsNamesAlongIfTheyAreFewAndShort() {
        assertThat(ModelCard.ofBytes(card(1_024, 32).toBytes())).isEqualTo(card(1_024, 32));
        assertThat(ModelCard.ofBytes(card(1_025, 4).toBytes()).classNames()).isEmpty();
        assertThat(ModelCard.ofBytes(card(1_000, 900).toBytes()).classNames()).isEmpty();
        assertThat(card(1_000, 900).toBytes()).hasSizeLessThan(200);
    }
}
