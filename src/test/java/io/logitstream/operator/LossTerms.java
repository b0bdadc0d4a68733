package io.logitstream.operator;

import io.logitstream.record.Certainty;
import io.logitstream.record.LabelFigures;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossPartial;
import io.logitstream.record.LossState;
import io.logitstream.record.LossStateFormat;
import io.logitstream.record.LossTerm;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Loss terms for tests, and what they add up to when nothing stands between them and the sum. */
public final class LossTerms {

    private LossTerms() {}

    public static LossTerm term(
            String model, @Nullable String segment, long start, double lossNats) {
        return row(model, segment, start, 1, 0.75, 0.5, figures(lossNats, 1, 0.25, 1));
    }

    /** Returns the term of a row that waits for nothing. */
    public static LossTerm row(
            String model,
            @Nullable String segment,
            long start,
            double weight,
            double confidence,
            double entropyNats,
            @Nullable LabelFigures label) {
        return new LossTerm(
                model,
                segment,
                start,
                LossTerm.Kind.ROW,
                1,
                weight,
                confidence,
                entropyNats,
                0,
                true,
                label,
                0,
                0,
                Certainty.FULL,
                null,
                null,
                null,
                null);
    }

    private static LabelFigures figures(
            double lossNats, double lossWeight, double brier, int rank) {
        return new LabelFigures(
                rank == 0 ? 0 : 2 + rank, rank, lossNats, lossNats, lossWeight, brier);
    }

    /** Returns terms of two models, four segments (one of them none) and three windows. */
    public static List<LossTerm> random(Random random, int count) {
        List<LossTerm> terms = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int segment = random.nextInt(4);
            terms.add(
                    row(
                            random.nextBoolean() ? "m" : "n",
                            segment == 0 ? null : "segment-" + segment,
                            random.nextInt(3) * TestJobs.WINDOW,
                            random.nextDouble() * 3,
                            1 - random.nextDouble(),
                            random.nextDouble() * 5,
                            random.nextInt(5) == 0
                                    ? null
                                    : figures(
                                            random.nextInt(20) == 0
                                                    ? Double.POSITIVE_INFINITY
                                                    : random.nextDouble() * 20,
                                            random.nextInt(3) / 2.0,
                                            random.nextDouble() * 2,
                                            random.nextInt(6) - 1)));
        }
        return terms;
    }

    /** Returns the state's bytes of each aggregate, by its key, the lines over all segments too. */
    public static Map<String, List<Byte>> sums(Collection<LossTerm> terms) {
        Map<String, LossState> states = new HashMap<>();
        for (LossTerm term : terms) {
            String segment = term.segment() == null ? "" : term.segment();
            for (String line : List.of(segment, LossAggregate.ALL_SEGMENTS)) {
                String key = term.model() + "|" + line + "|" + term.windowStartMillis();
                states.computeIfAbsent(key, absent -> new LossState()).add(term);
            }
        }
        return bytes(states);
    }

    /** Returns what a pre-aggregation that holds nothing else sends for a term. */
    public static List<LossPartial> partials(LossTerm term) {
        LossState state = new LossState();
        state.add(term);
        byte[] bytes = LossStateFormat.encode(state);
        String segment = term.segment() == null ? "" : term.segment();
        return List.of(
                new LossPartial(term.model(), segment, term.windowStartMillis(), bytes),
                new LossPartial(
                        term.model(), LossAggregate.ALL_SEGMENTS, term.windowStartMillis(), bytes));
    }

    /** Returns the same of partial sums. */
    public static Map<String, List<Byte>> merged(Collection<LossPartial> partials) {
        Map<String, LossState> states = new HashMap<>();
        for (LossPartial partial : partials) {
            states.computeIfAbsent(LossAggregate.keyOf(partial), absent -> new LossState())
                    .mergeWith(LossStateFormat.decode(partial.state()));
        }
        return bytes(states);
    }

    private static Map<String, List<Byte>> bytes(Map<String, LossState> states) {
        Map<String, List<Byte>> bytes = new HashMap<>();
        states.forEach((key, state) -> bytes.put(key, boxed(LossStateFormat.encode(state))));
        return bytes;
    }

    /** Returns bytes as something that has equals. */
    public static List<Byte> boxed(byte[] bytes) {
        List<Byte> boxed = new ArrayList<>(bytes.length);
        for (byte b : bytes) {
            boxed.add(b);
        }
        return boxed;
    }
}
