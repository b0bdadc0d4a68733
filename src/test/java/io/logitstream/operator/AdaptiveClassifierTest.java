package io.logitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.codec.JsonLossAggregateEncoder;
import io.logitstream.codec.JsonPredictionEncoder;
import io.logitstream.kernel.ClassClusters;
import io.logitstream.kernel.RowKernels;
import io.logitstream.record.DriftReference;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.Inexact;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossState;
import io.logitstream.record.ModelCard;
import io.logitstream.record.ModelLoss;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.Prediction;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.ScoresAre;
import io.logitstream.record.Selection;
import io.logitstream.record.Shard;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rows of a model with an adaptive softmax, from classification to the aggregate. */
class AdaptiveClassifierTest {

    private static final float MASKED = Float.NEGATIVE_INFINITY;

    /** Scores whose exponentials are 1, 2, 3 and 4. */
    private static final float[] LOG = {
        0, (float) Math.log(2), (float) Math.log(3), (float) Math.log(4)
    };

    /** The head has classes 0 and 1, tail 0 class 2 and 3, tail 1 class 4 and 5. */
    private static final ModelSpec MODEL = model(2);

    private final RowClassifier classifier = classifier(MODEL);

    private static ModelSpec model(int topK) {
        return new ModelSpec(
                "m",
                6,
                List.of("a", "b", "c", "d", "e", "f"),
                ScoresAre.LOGITS,
                1,
                Normalizer.ADAPTIVE,
                topK,
                ModelLoss.CROSS_ENTROPY,
                DriftReference.NONE,
                null,
                ClassClusters.of(6, 2, 4),
                null);
    }

    private static RowClassifier classifier(ModelSpec model) {
        return new RowClassifier(
                new ScoringPlan(List.of(model), true, 1_000, 10, null, true), RowKernels.create());
    }

    private static ScoreRecord record(int label, int @Nullable [] tails, float... scores) {
        Selection selection = tails == null ? null : Selection.ofTails(tails);
        return record(label, selection, null, scores);
    }

    private static ScoreRecord record(
            int label, @Nullable Selection selection, @Nullable Shard shard, float... scores) {
        return new ScoreRecord(
                "r", "m", 5, scores, label, null, null, 1, shard, selection, ScoreRecord.ONLY_ROW);
    }

    private static int[] tails(int... tails) {
        return tails;
    }

    private String json() {
        return new String(
                new JsonPredictionEncoder().encode(classifier.row().prediction(), MODEL),
                StandardCharsets.UTF_8);
    }

    /** Probabilities 0.1, 0.2, then 0.3 in tail 0 by a half each, then 0.4 by 1/4 and 3/4. */
    private static float[] whole() {
        return new float[] {LOG[0], LOG[1], LOG[2], LOG[3], 5, 5, LOG[0], LOG[2]};
    }

    @Test
    void predictsByHeadAndTails() {
        assertThat(classifier.classify(record(-1, null, whole()))).isNull();
        String json = json();
        assertThat(json)
                .startsWith(
                        "{\"id\":\"r\",\"model\":\"m\",\"timestamp\":5,\"classes\":6,\"topK\":[{\"class\":5,\"label\":\"f\",\"probability\":0.")
                .contains("],\"entropy\":", "\"normalizer\":\"adaptive\",\"probabilities\":[0.1")
                .doesNotContain("logSumExp", "exact", "missing");
        Prediction prediction = classifier.row().prediction();
        assertThat(prediction.topClasses()).containsExactly(5, 1);
        assertThat(prediction.topScores())
                .containsExactly(
                        new float[] {(float) Math.log(0.3), (float) Math.log(0.2)}, within(1e-6f));
        assertThat(prediction.probabilities())
                .containsExactly(new float[] {0.1f, 0.2f, 0.15f, 0.15f, 0.1f, 0.3f}, within(1e-7f));
        double entropy = 0;
        for (double p : new double[] {0.1, 0.2, 0.15, 0.15, 0.1, 0.3}) {
            entropy -= p * Math.log(p);
        }
        assertThat(prediction.entropy()).isCloseTo(entropy, within(1e-6));
        assertThat(classifier.classify(record(-1, tails(0, 1), whole()))).isNull();
        assertThat(json()).as("that all tails follow may be said").isEqualTo(json);
    }

    @Test
    void saysWhichMissingTailsMayHaveOneOfTheBestClasses() {
        // Tail 1 is missing: its 0.4 may all be of one class.
        float[] scores = {LOG[0], LOG[1], LOG[2], LOG[3], 5, 5};
        assertThat(classifier.classify(record(-1, null, whole()))).as("a row before").isNull();
        assertThat(classifier.classify(record(-1, tails(0), scores))).isNull();
        Prediction prediction = classifier.row().prediction();
        assertThat(prediction.topClasses()).containsExactly(1, 2);
        assertThat(prediction.probabilities()).isNull();
        assertThat(prediction.entropy()).isNaN();
        Inexact.MissingTails missing = (Inexact.MissingTails) prediction.inexact();
        assertThat(missing.tails()).containsExactly(1);
        assertThat(missing.probability()).isCloseTo(0.4, within(1e-6));
        assertThat(json())
                .contains(
                        "\"exact\":false,\"missing\":{\"tails\":[1],\"probability\":0.39999999999999997}");
        assertThat(classifier.row().lossTerm().confidence()).isCloseTo(0.3, within(1e-6));
        assertThat(classifier.row().lossTerm().certainty().ranks()).isZero();
        assertThat(classifier.row().lossTerm().certainty().confidenceWidth())
                .isCloseTo(0.2, within(1e-6));
    }

    @Test
    void isExactAsFarAsMissingTailsCannotMatter() {
        // 0.4 and 0.3 in the head, 0.1 in tail 0, 0.2 in tail 1.
        float[] head = {LOG[3], LOG[2], LOG[0], LOG[1]};
        assertThat(classifier.classify(record(0, tails(), head))).isNull();
        assertThat(classifier.row().prediction().inexact()).isNull();
        assertThat(classifier.row().prediction().topClasses()).containsExactly(0, 1);
        assertThat(classifier.row().lossTerm().certainty().ranks()).isEqualTo(2);
        assertThat(classifier.row().lossTerm().certainty().confidenceWidth()).isZero();
        assertThat(classifier.row().lossTerm().confidence()).isCloseTo(0.4, within(1e-6));

        // A third class is in a tail; which one, nobody knows.
        RowClassifier ofThree = classifier(model(3));
        assertThat(ofThree.classify(record(0, tails(), head))).isNull();
        assertThat(ofThree.row().prediction().inexact())
                .isInstanceOfSatisfying(
                        Inexact.MissingTails.class,
                        missing -> {
                            assertThat(missing.tails()).containsExactly(0, 1);
                            assertThat(missing.probability()).isCloseTo(0.3, within(1e-6));
                        });
    }

    @Test
    void boundsTheLossOfALabelInAMissingTail() {
        LossState state = new LossState();
        double[] probabilities = {0.1, 0.2, 0.15, 0.15, 0.1, 0.3};
        double exact = 0;
        for (int label = 0; label < 6; label++) {
            assertThat(classifier.classify(record(label, null, whole()))).isNull();
            state.add(classifier.row().lossTerm());
            exact -= Math.log(probabilities[label]);
        }
        assertThat(state.lossSum()).isCloseTo(exact, within(6e-6));
        assertThat(state.boundedLosses()).isZero();
        assertThat(state.inexact()).isZero();
        // Label y of probability q: sum p^2 - 2 q + 1, with sum p^2 = 0.195.
        assertThat(state.brier()).isCloseTo(0.195 - 2 / 6.0 + 1, within(1e-6));
        assertThat(state.top1Accuracy()).isCloseTo(1 / 6.0, within(1e-12));
        assertThat(state.meanEntropy()).isPositive();

        float[] head = {LOG[0], LOG[1], LOG[2], LOG[3]};
        for (int label = 0; label < 6; label++) {
            assertThat(classifier.classify(record(label, tails(), head))).isNull();
            state.add(classifier.row().lossTerm());
        }
        assertThat(state.boundedLosses()).isEqualTo(4);
        assertThat(state.brier())
                .as("of the rows with all tails")
                .isCloseTo(0.195 - 2 / 6.0 + 1, within(1e-6));
        assertThat(state.inexact()).isEqualTo(6);
        double least = 2 * exact + Math.log(0.15 * 0.15 * 0.1 * 0.3);
        least -= 2 * Math.log(0.3) + 2 * Math.log(0.4);
        assertThat(state.lossMeanFrom()).isCloseTo(least / 12, within(1e-6));
        assertThat(state.lossMeanTo()).isNaN();
        assertThat(state.top1Accuracy())
                .as("of the rows whose best class is known")
                .isCloseTo(1 / 6.0, within(1e-12));
        String json =
                new String(
                        new JsonLossAggregateEncoder()
                                .encode(
                                        new LossAggregate("m", "*", null, 1, state, null),
                                        ModelCard.of(MODEL)),
                        StandardCharsets.UTF_8);
        assertThat(json)
                .contains("\"bounded\":{\"count\":4,\"meanFrom\":")
                .contains("\"inexact\":{\"count\":6,\"confidenceWidth\":0.1")
                .contains("\"infinite\":0")
                .doesNotContain("meanTo", "NaN", "perplexity", "gap\":{\"loss");
    }

    @Test
    void givesAMaskedClassOrTailAnInfiniteLoss() {
        LossState state = new LossState();
        for (int label : new int[] {1, 2, 3, 4}) {
            float[] scores = {0, MASKED, MASKED, 0, MASKED, 0};
            assertThat(classifier.classify(record(label, tails(1), scores))).isNull();
            state.add(classifier.row().lossTerm());
        }
        assertThat(state.infiniteLosses()).isEqualTo(4);
        assertThat(state.boundedLosses()).isZero();
        assertThat(state.inexact()).isZero();
        Prediction prediction = classifier.row().prediction();
        assertThat(prediction.inexact()).isNull();
        assertThat(prediction.topClasses()).containsExactly(0, 5);
        assertThat(prediction.probabilities()).containsExactly(0.5f, 0, 0, 0, 0, 0.5f);
    }

    @Test
    void predictsNoClassWhereOnlyMissingTailsHaveProbability() {
        assertThat(classifier.classify(record(0, tails(), MASKED, MASKED, 0, MASKED))).isNull();
        assertThat(classifier.row().prediction().topClasses()).isEmpty();
        assertThat(json())
                .contains("\"topK\":[]", "\"missing\":{\"tails\":[0],\"probability\":1.0}");
        LossState state = new LossState();
        state.add(classifier.row().lossTerm());
        assertThat(state.infiniteLosses()).isOne();
        assertThat(state.top1Accuracy()).isNaN();
        assertThat(state.meanConfidence()).isCloseTo(0.5, within(1e-9));
    }

    private void refuses(ScoreRecord record, FaultReason reason, String detail) {
        Fault fault = classifier.classify(record);
        assertThat(fault).isNotNull();
        assertThat(fault.detail()).isEqualTo(detail);
        assertThat(fault.reason()).isEqualTo(reason);
    }

    @Test
    void refusesAnotherNumberOfScores() {
        FaultReason reason = FaultReason.WRONG_CLASS_COUNT;
        refuses(
                record(-1, null, new float[6]),
                reason,
                "6 scores, but model 'm' has 4 in its head, and 8 with all its tails (the field tails)");
        refuses(
                record(-1, tails(1), new float[8]),
                reason,
                "8 scores, but model 'm' has 4 in its head, and 6 with tails [1] (the field tails)");
        refuses(
                record(-1, tails(), new float[3]),
                reason,
                "3 scores, but model 'm' has 4 in its head, and 4 with tails [] (the field tails)");
    }

    @Test
    void refusesTailsThatAreNotItsTailsInOrder() {
        FaultReason reason = FaultReason.INVALID_FIELD;
        refuses(
                record(-1, tails(0, 2), new float[8]),
                reason,
                "tails[1] is 2, but model 'm' has the tails 0 to 1");
        refuses(
                record(-1, tails(1, 0), new float[8]),
                reason,
                "tails must be ascending, but tails[1] is 0 after 1");
        refuses(
                record(-1, tails(1, 1), new float[8]),
                reason,
                "tails must be ascending, but tails[1] is 1 after 1");
    }

    @Test
    void refusesScoresThatMakeNoDistribution() {
        FaultReason masked = FaultReason.ALL_MASKED;
        refuses(
                record(-1, tails(), MASKED, MASKED, MASKED, MASKED),
                masked,
                "all 4 scores are -Infinity, so nothing is left");
        refuses(
                record(-1, tails(1), 0, 0, 0, 0, MASKED, MASKED),
                masked,
                "all 2 scores of tail 1 are -Infinity, but not the head's score of it");
        refuses(
                record(-1, tails(1), 0, 0, 0, 0, 0, Float.NaN),
                FaultReason.INVALID_SCORE,
                "scores[5] is NaN; only numbers and -Infinity are allowed");
        assertThat(classifier.classify(record(-1, null, whole()))).as("the next row").isNull();
    }

    @Test
    void refusesOtherSelectionsAndShards() {
        FaultReason reason = FaultReason.INVALID_FIELD;
        String why = "rows of model 'm' have a head and tails, so they cannot have classes";
        int[] classes = {0, 1};
        refuses(record(-1, Selection.ofBest(classes, 0, 1), null, 1, 0), reason, why);
        Selection sampled = Selection.ofSampled(classes, new float[2], 0);
        refuses(record(0, sampled, null, 1, 0), reason, why);
        assertThat(classifier.classify(record(-1, null, new Shard(0, 2, 0, 6), 1)).detail())
                .contains("only rows with a softmax can be merged, not with adaptive");
        ModelSpec softmax =
                new ModelSpec("m", 2, List.of(), ScoresAre.LOGITS, 1, Normalizer.SOFTMAX, 5);
        assertThat(classifier(softmax).classify(record(-1, tails(0), 1, 0)).detail())
                .isEqualTo("model 'm' has no tails");
        assertThat(classifier.classify(record(6, null, whole())).reason())
                .isEqualTo(FaultReason.UNKNOWN_LABEL);
    }
}
