package io.logitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.Seeds;
import io.logitstream.codec.JsonLossAggregateEncoder;
import io.logitstream.kernel.RowKernels;
import io.logitstream.record.CompareSpec;
import io.logitstream.record.Comparison;
import io.logitstream.record.DriftReference;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossState;
import io.logitstream.record.LossStateFormat;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelCard;
import io.logitstream.record.ModelLoss;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.RowComparison.Contender;
import io.logitstream.record.RowHash;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.ScoresAre;
import io.logitstream.record.Selection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Distributions side by side, against models that have each of them. */
class RowComparerTest {

    private static final int CLASSES = 60;
    private static final int ROWS = 400;
    private static final CompareSpec COMPARE = new CompareSpec(1, 2.5, 30);

    private final Random random = Seeds.random(getClass());

    private static ModelSpec model(
            Normalizer normalizer, double temperature, @Nullable CompareSpec compare) {
        return new ModelSpec(
                "m",
                CLASSES,
                List.of(),
                ScoresAre.LOGITS,
                temperature,
                normalizer,
                5,
                ModelLoss.CROSS_ENTROPY,
                DriftReference.NONE,
                null,
                null,
                compare);
    }

    private static RowClassifier classifier(ModelSpec model) {
        return new RowClassifier(
                new ScoringPlan(List.of(model), false, 1_000, 10, null, true), RowKernels.create());
    }

    private ScoreRecord row(int i) {
        float[] scores = new float[CLASSES];
        for (int j = 0; j < CLASSES; j++) {
            scores[j] = (float) (1.5 * random.nextGaussian());
        }
        scores[7] = Float.NEGATIVE_INFINITY;
        int label = i % 10 == 0 ? ScoreRecord.NO_LABEL : 8 + random.nextInt(CLASSES - 8);
        return new ScoreRecord("row-" + i, "m", 5, scores, label, null, null, 1 + i % 3);
    }

    private static LossTerm term(RowClassifier classifier, ScoreRecord row) {
        assertThat(classifier.classify(row)).isNull();
        return classifier.row().lossTerm();
    }

    @Test
    void saysOfEachWhatAModelWithThatDistributionSays() {
        RowClassifier comparing = classifier(model(Normalizer.SPARSEMAX, 0.8, COMPARE));
        Map<Contender, RowClassifier> alone = new EnumMap<>(Contender.class);
        alone.put(Contender.SOFTMAX, classifier(model(Normalizer.SOFTMAX, 0.8, null)));
        alone.put(Contender.TEMPERED, classifier(model(Normalizer.SOFTMAX, 2.5, null)));
        alone.put(Contender.SPARSEMAX, classifier(model(Normalizer.SPARSEMAX, 0.8, null)));
        alone.put(Contender.ENTMAX15, classifier(model(Normalizer.ENTMAX15, 0.8, null)));
        LossState together = new LossState();
        Map<Contender, LossState> apart = new EnumMap<>(Contender.class);
        for (int i = 0; i < ROWS; i++) {
            ScoreRecord row = row(i);
            together.add(term(comparing, row));
            alone.forEach(
                    (contender, classifier) ->
                            apart.computeIfAbsent(contender, absent -> new LossState())
                                    .add(term(classifier, row)));
        }
        Comparison comparison = together.comparison();
        assertThat(comparison.rows()).isEqualTo(ROWS);
        apart.forEach(
                (contender, state) -> {
                    assertThat(comparison.lossMean(contender))
                            .as(contender.code())
                            .isEqualTo(state.lossMean());
                    assertThat(comparison.agreement(contender)).isEqualTo(1);
                });
        for (Contender dense : List.of(Contender.SOFTMAX, Contender.TEMPERED)) {
            assertThat(comparison.meanSupport(dense)).isEqualTo(CLASSES - 1);
            assertThat(comparison.meanBytes(dense)).isEqualTo(4 * CLASSES);
        }
        double support = comparison.meanSupport(Contender.SPARSEMAX);
        assertThat(support).isBetween(1.0, comparison.meanSupport(Contender.ENTMAX15));
        assertThat(comparison.meanBytes(Contender.SPARSEMAX)).isCloseTo(8 * support, within(1e-9));
        assertThat(comparison.meanBytes(Contender.SAMPLED)).isEqualTo(8 * 30 + 4);
        assertThat(comparison.agreement(Contender.SAMPLED)).isBetween(0.2, 0.7);
        assertThat(comparison.lossMean(Contender.SAMPLED))
                .as("30 draws of 60 classes, where one has most, are biased")
                .isCloseTo(comparison.lossMean(Contender.SOFTMAX), within(0.3));
        String json =
                new String(
                        new JsonLossAggregateEncoder()
                                .encode(
                                        new LossAggregate("m", "*", null, 1, together, null),
                                        ModelCard.of(model(Normalizer.SPARSEMAX, 0.8, COMPARE))),
                        StandardCharsets.UTF_8);
        assertThat(json)
                .contains(
                        "\"comparison\":{\"count\":400,\"softmax\":{\"loss\":",
                        "\"agreement\":1.0,\"support\":59.0,\"bytes\":240.0},\"tempered\":",
                        "\"sampled\":{\"loss\":");
    }

    @Test
    void hasTheSameBitsInAnyOrderAndTakesBackWhatItAdded() {
        RowClassifier classifier = classifier(model(Normalizer.SOFTMAX, 1, COMPARE));
        List<LossTerm> terms = new ArrayList<>();
        for (int i = 0; i < ROWS; i++) {
            terms.add(term(classifier, row(i)));
        }
        LossState once = new LossState();
        terms.forEach(once::add);
        Collections.shuffle(terms, random);
        LossState first = new LossState();
        LossState second = new LossState();
        terms.subList(0, 150).forEach(first::add);
        terms.subList(100, ROWS).forEach(second::add);
        terms.subList(100, 150).forEach(term -> second.add(term.withdrawn()));
        second.mergeWith(LossStateFormat.decode(LossStateFormat.encode(first)));
        assertThat(LossStateFormat.encode(second)).isEqualTo(LossStateFormat.encode(once));
    }

    @Test
    void choosesRowsByTheirIdsAlone() {
        int chosen = 0;
        for (int i = 0; i < 20_000; i++) {
            chosen += RowHash.isIn(0.1, "row-" + i) ? 1 : 0;
        }
        // 42 is a standard deviation; the ids are always these.
        assertThat(chosen).isBetween(2_000 - 126, 2_000 + 126);
        assertThat(RowHash.isIn(1, "any")).isTrue();
        assertThat(RowHash.isIn(1e-6, "any")).isFalse();
    }

    @Test
    void leavesOutRowsWithoutAllScoresAndLossesOfMaskedLabels() {
        RowClassifier classifier = classifier(model(Normalizer.SOFTMAX, 1, COMPARE));
        ScoreRecord row = row(0);
        ScoreRecord truncated =
                new ScoreRecord(
                        "r",
                        "m",
                        5,
                        new float[] {1},
                        -1,
                        null,
                        null,
                        1,
                        null,
                        Selection.ofBest(new int[] {3}, Selection.ALL_OTHERS, Double.NaN),
                        ScoreRecord.ONLY_ROW);
        assertThat(term(classifier, row).comparison()).isNotNull();
        assertThat(term(classifier, truncated).comparison()).isNull();
        ScoreRecord masked = new ScoreRecord("row-1", "m", 5, row.scores(), 7, null, null, 1);
        LossState state = new LossState();
        state.add(term(classifier, masked));
        assertThat(state.comparison().rows()).isOne();
        for (Contender contender : Contender.values()) {
            assertThat(state.comparison().lossMean(contender)).isNaN();
        }
    }
}
