package io.logitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.codec.JsonLossAggregateEncoder;
import io.logitstream.codec.JsonPredictionEncoder;
import io.logitstream.kernel.RowKernels;
import io.logitstream.record.FaultReason;
import io.logitstream.record.LabelFigures;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossState;
import io.logitstream.record.ModelCard;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.ScoresAre;
import io.logitstream.record.Selection;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of which classes were drawn at random, from classification to the aggregate. */
class SampledClassifierTest {

    private static final ModelSpec MODEL = model(ScoresAre.LOGITS, Normalizer.SOFTMAX);

    private final RowClassifier classifier = classifier(MODEL);

    private static ModelSpec model(ScoresAre scoresAre, Normalizer normalizer) {
        return new ModelSpec("m", 100, List.of(), scoresAre, 1, normalizer, 2);
    }

    private static RowClassifier classifier(ModelSpec model) {
        return new RowClassifier(
                new ScoringPlan(List.of(model), false, 1_000, 1_000, null, true),
                RowKernels.create());
    }

    private static ScoreRecord record(
            int label, double weight, float labelScore, int[] classes, float... scores) {
        float[] counts = new float[scores.length];
        return new ScoreRecord(
                "r",
                "m",
                5,
                scores,
                label,
                null,
                null,
                weight,
                null,
                Selection.ofSampled(classes, counts, labelScore),
                ScoreRecord.ONLY_ROW);
    }

    @Test
    void predictsTheBestOfWhatWasDrawnAndSaysHowUncertainItIs() {
        assertThat(classifier.classify(record(9, 1, 1, new int[] {7, 3, 7}, 2, 0, 2))).isNull();
        String json =
                new String(
                        new JsonPredictionEncoder().encode(classifier.row().prediction(), MODEL),
                        StandardCharsets.UTF_8);
        assertThat(classifier.row().prediction().topClasses())
                .as("not the label, which nobody drew")
                .containsExactly(7, 3);
        assertThat(json)
                .contains("\"topK\":[{\"class\":7,\"probability\":0.3")
                .contains("\"exact\":false,\"sampled\":{\"draws\":3,\"standardError\":0.3")
                .doesNotContain("entropy");
    }

    @Test
    void addsUpLossesAndTheirVariancesByWeight() {
        LossState state = new LossState();
        double loss = 0;
        double variance = 0;
        for (double weight : new double[] {1, 3}) {
            classifier.classify(record(9, weight, (float) weight, new int[] {7, 3}, 2, 0));
            LabelFigures figures = classifier.row().lossTerm().label();
            double error = Math.sqrt(classifier.row().lossTerm().certainty().lossVariance());
            loss += weight * figures.lossNats() / 4;
            variance += weight * weight * error * error / 16;
            state.add(classifier.row().lossTerm());
        }
        assertThat(state.estimatedLosses()).isEqualTo(2);
        assertThat(state.lossMean()).isCloseTo(loss, within(1e-9));
        assertThat(state.lossStandardError()).isCloseTo(Math.sqrt(variance), within(1e-9));
        assertThat(state.top1Accuracy()).isNaN();
        assertThat(state.meanConfidence()).isNaN();
        assertThat(state.calibration().count(14)).isZero();
        assertThat(state.confusions().mostFrequent(5)).isEmpty();
        String json =
                new String(
                        new JsonLossAggregateEncoder()
                                .encode(
                                        new LossAggregate("m", "*", null, 1, state, null),
                                        ModelCard.of(MODEL)),
                        StandardCharsets.UTF_8);
        assertThat(json)
                .contains("\"infinite\":0,\"sampled\":{\"count\":2,\"standardError\":")
                .contains("\"accuracy\":{}", "\"inexact\":{\"count\":2}")
                .doesNotContain("NaN");
        state.add(classifier.row().lossTerm().withdrawn());
        assertThat(state.estimatedLosses()).isOne();
    }

    /** Weights may add up to one over a million rows, or count what nobody counts one by one. */
    @ParameterizedTest
    @ValueSource(doubles = {1e-8, 1e-6, 1.2e-6, 1, 0x1p32})
    void theStandardErrorDoesNotDependOnTheScaleOfTheWeights(double weight) {
        LossState state = new LossState();
        classifier.classify(record(9, weight, 1, new int[] {7, 3}, 2, 0));
        state.add(classifier.row().lossTerm());
        assertThat(state.infiniteLosses()).isZero();
        double error = Math.sqrt(classifier.row().lossTerm().certainty().lossVariance());
        // The weight itself is rounded to 2^-40.
        assertThat(state.lossStandardError()).isCloseTo(error, within(1e-4));
    }

    @Test
    void refusesWhatCannotBe() {
        int[] two = {7, 3};
        assertThat(classifier.classify(record(-1, 1, 1, two, 2, 0)).detail())
                .isEqualTo("a sampled row needs its label, of which labelScore is the score");
        assertThat(classifier.classify(record(9, 1, 1, new int[] {7}, 2)).detail())
                .isEqualTo("at least 2 classes must be drawn, not 1");
        assertThat(classifier.classify(record(9, 1, 1, new int[] {7, 7}, 2, 0)).detail())
                .isEqualTo("class 7 has two scores, 0.0 and 2.0");
        assertThat(classifier.classify(record(7, 1, 1, two, 2, 0)).detail())
                .as("labelScore and score")
                .isEqualTo("class 7 has two scores, 1.0 and 2.0");
        assertThat(classifier.classify(record(9, 1, 1, new int[] {7, 100}, 2, 0)).detail())
                .isEqualTo("classes[1] is 100, but model 'm' has 100 classes");
        ScoreRecord counted = record(9, 1, 1, two, 2, 0);
        counted.selection().logExpectedCounts()[1] = 0.8f;
        assertThat(classifier.classify(counted).detail())
                .isEqualTo("logExpectedCounts[1] is 0.8, the logarithm of more than the 2 draws");
        assertThat(classifier.classify(record(9, 1, 1, two, 2, Float.NaN)).reason())
                .isEqualTo(FaultReason.INVALID_SCORE);
        for (ModelSpec other :
                List.of(
                        model(ScoresAre.LOG_PROBABILITIES, Normalizer.SOFTMAX),
                        model(ScoresAre.LOGITS, Normalizer.SPARSEMAX))) {
            assertThat(classifier(other).classify(record(9, 1, 1, two, 2, 0)).detail())
                    .isEqualTo(
                            "model 'm' has no sampled loss: that needs logits, softmax and the cross-entropy");
        }
    }
}
