package io.logitstream.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Loss terms for tests. */
final class TestLossTerms {

    private TestLossTerms() {}

    static LossTerm labelled(double weight, double confidence, double lossNats, int rank) {
        return new LossTerm("m", null, 0, weight, confidence, 0.5, true, lossNats, 1, 0.25, rank);
    }

    static LossTerm unlabelled(double weight, double confidence, double entropyNats) {
        return new LossTerm(
                "m",
                null,
                0,
                weight,
                confidence,
                entropyNats,
                false,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                -1);
    }

    /** Rows with and without label, weights of 0, 1/2, 1 and 3/2, losses from 1e-9 to 100 nats. */
    static List<LossTerm> random(Random random, int count) {
        List<LossTerm> terms = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double weight = random.nextInt(4) / 2.0;
            double confidence = 1 - random.nextDouble();
            double entropy = 5 * random.nextDouble();
            terms.add(
                    random.nextInt(4) == 0
                            ? unlabelled(weight, confidence, entropy)
                            : new LossTerm(
                                    "m",
                                    null,
                                    0,
                                    weight,
                                    confidence,
                                    entropy,
                                    true,
                                    StrictMath.exp(-20 + 24.6 * random.nextDouble()),
                                    1,
                                    2 * random.nextDouble(),
                                    random.nextInt(8) - 1));
        }
        return terms;
    }

    static LossState state(List<LossTerm> terms) {
        LossState state = new LossState();
        terms.forEach(state::add);
        return state;
    }
}
