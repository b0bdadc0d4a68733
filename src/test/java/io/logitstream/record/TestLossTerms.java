package io.logitstream.record;

import io.logitstream.record.LossTerm.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Loss terms for tests. */
final class TestLossTerms {

    private TestLossTerms() {}

    static LossTerm labelled(double weight, double confidence, double lossNats, int rank) {
        return row(weight, confidence, 0.5, figures(rank, lossNats, 0.25));
    }

    static LossTerm unlabelled(double weight, double confidence, double entropyNats) {
        return row(weight, confidence, entropyNats, null);
    }

    static LossTerm row(
            double weight, double confidence, double entropyNats, @Nullable LabelFigures label) {
        return term(Kind.ROW, weight, confidence, entropyNats, label, 0);
    }

    /** A row that waits, without a label yet. */
    static LossTerm waiting(double weight, double confidence, double entropyNats) {
        return term(Kind.WAITING_ROW, weight, confidence, entropyNats, null, 0);
    }

    /** The label of such a row. */
    static LossTerm joined(
            Kind kind,
            double weight,
            double confidence,
            @Nullable LabelFigures label,
            long delayMillis) {
        return term(kind, weight, confidence, 0, label, delayMillis);
    }

    private static LossTerm term(
            Kind kind,
            double weight,
            double confidence,
            double entropyNats,
            @Nullable LabelFigures label,
            long delayMillis) {
        return new LossTerm(
                "m",
                null,
                0,
                kind,
                1,
                weight,
                confidence,
                entropyNats,
                2,
                true,
                label,
                delayMillis,
                0,
                Certainty.FULL,
                kind.isRow() ? new RowSaturation(3 * confidence, confidence / 2) : null,
                label == null ? null : fit(confidence),
                null,
                null);
    }

    private static RowFit fit(double confidence) {
        RowFit.At[] at = new RowFit.At[3];
        for (int i = 0; i < at.length; i++) {
            at[i] = new RowFit.At(confidence + i, 2 - i * confidence, confidence / (1 + i));
        }
        return new RowFit(-1, at, at[1]);
    }

    static LabelFigures figures(int rank, double lossNats, double brier) {
        return new LabelFigures(
                rank == 0 ? 2 : 3 + rank,
                rank,
                lossNats,
                lossNats,
                1,
                brier,
                Math.sqrt(brier),
                lossNats > 104);
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
                            : row(
                                    weight,
                                    confidence,
                                    entropy,
                                    figures(
                                            random.nextInt(6) - 1,
                                            StrictMath.exp(-20 + 24.6 * random.nextDouble()),
                                            2 * random.nextDouble())));
        }
        return terms;
    }

    static LossState state(List<LossTerm> terms) {
        LossState state = new LossState();
        terms.forEach(state::add);
        return state;
    }
}
