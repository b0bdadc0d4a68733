package io.logitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.codec.JsonLossAggregateEncoder;
import io.logitstream.codec.JsonPredictionEncoder;
import io.logitstream.kernel.RowKernels;
import io.logitstream.record.FaultReason;
import io.logitstream.record.Keep;
import io.logitstream.record.LabelFigures;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossState;
import io.logitstream.record.ModelCard;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.Prediction;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.ScoresAre;
import io.logitstream.record.Shard;
import io.logitstream.record.WaitingRow;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows of models with a sparse normaliser, from classification to the aggregate. */
class SparseClassifierTest {

    private static final float[] ROW = {-2, 0, 0.5f};

    private static ModelSpec model(Normalizer normalizer, ScoresAre scoresAre) {
        return new ModelSpec("m", ROW.length, List.of(), scoresAre, 1, normalizer, 5);
    }

    private static RowClassifier classifier(
            Normalizer normalizer, ScoresAre scoresAre, boolean full, @Nullable Keep keep) {
        return new RowClassifier(
                new ScoringPlan(List.of(model(normalizer, scoresAre)), full, 1_000, 10, keep, true),
                RowKernels.create());
    }

    private static ScoreRecord record(int label, float... scores) {
        return new ScoreRecord("r", "m", 5, scores.clone(), label, null, null, 1);
    }

    @Test
    void predictsThePublishedExample() {
        RowClassifier sparsemax = classifier(Normalizer.SPARSEMAX, ScoresAre.LOGITS, true, null);
        assertThat(sparsemax.classify(record(-1, ROW))).isNull();
        Prediction prediction = sparsemax.row().prediction();
        assertThat(prediction.probabilities()).containsExactly(0, 0.25f, 0.75f);
        assertThat(prediction.topClasses()).containsExactly(2, 1, 0);
        assertThat(prediction.topProbabilities()).containsExactly(0.75f, 0.25f, 0);
        assertThat(prediction.support()).isEqualTo(2);
        String json =
                new String(
                        new JsonPredictionEncoder().encode(prediction, sparsemax.row().model()),
                        StandardCharsets.UTF_8);
        // Tsallis entropy (1 - 0.25^2 - 0.75^2) / 2.
        assertThat(json)
                .contains(
                        "\"entropy\":0.1875,\"temperature\":1.0,\"normalizer\":\"sparsemax\",\"support\":2,\"probabilities\":[0.0,0.25,0.75]")
                .doesNotContain("logSumExp");

        RowClassifier entmax = classifier(Normalizer.ENTMAX15, ScoresAre.LOGITS, true, null);
        assertThat(entmax.classify(record(-1, ROW))).isNull();
        assertThat(entmax.row().prediction().probabilities())
                .containsExactly(new float[] {0, 0.3260f, 0.6740f}, within(5e-5f));
    }

    @Test
    void countsTheFenchelYoungLossAndTheSupport() {
        RowClassifier classifier = classifier(Normalizer.SPARSEMAX, ScoresAre.LOGITS, false, null);
        LossState state = new LossState();
        for (int label = -1; label < 3; label++) {
            assertThat(classifier.classify(record(label, ROW))).isNull();
            state.add(classifier.row().lossTerm());
        }
        // Half of (0.5^2 - 2 tau^2 + 1), less the label's score; tau = -0.25.
        double half = (0.25 - 2 * 0.0625 + 1) / 2;
        assertThat(state.lossSum()).isCloseTo(3 * half - (-2 + 0 + 0.5), within(1e-9));
        assertThat(state.meanSupport()).isEqualTo(2);
        assertThat(state.meanConfidence()).isEqualTo(0.75);
        String json =
                new String(
                        new JsonLossAggregateEncoder()
                                .encode(
                                        new LossAggregate("m", "*", null, 1, state, null),
                                        ModelCard.of(classifier.row().model())),
                        StandardCharsets.UTF_8);
        assertThat(json)
                .contains("\"entropy\":0.1875,\"support\":2.0,")
                .contains(
                        "\"estimated\":{\"assumes\":\"calibrated probabilities\",\"accuracy\":0.75,\"loss\":0.1875")
                .doesNotContain("perplexity");
    }

    @ParameterizedTest
    @EnumSource(names = {"SPARSEMAX", "ENTMAX15"})
    void judgesALabelThatComesLaterAsOneThatCameWithTheRow(Normalizer normalizer) {
        for (Keep keep : List.of(Keep.FLOAT32, Keep.top(5))) {
            RowClassifier classifier = classifier(normalizer, ScoresAre.LOGITS, false, keep);
            assertThat(classifier.classify(record(-1, ROW))).isNull();
            WaitingRow waiting = classifier.row().waitingRow();
            for (int label = 0; label < 3; label++) {
                assertThat(classifier.classify(record(label, ROW))).isNull();
                LabelFigures direct = classifier.row().lossTerm().label();
                assertThat(waiting.judge(label, 1)).isEqualTo(direct);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ScoresAre.class)
    void holdsRowsToWhatTheyAreDeclaredToBe(ScoresAre scoresAre) {
        RowClassifier classifier = classifier(Normalizer.SPARSEMAX, scoresAre, false, null);
        float[] good = {0.2f, 0.5f, 0.3f};
        if (scoresAre == ScoresAre.LOG_PROBABILITIES) {
            good =
                    new float[] {
                        (float) Math.log(0.2), (float) Math.log(0.5), (float) Math.log(0.3)
                    };
        }
        assertThat(classifier.classify(record(-1, good))).isNull();
        if (scoresAre != ScoresAre.LOGITS) {
            assertThat(classifier.classify(record(-1, 3, 4, 5)).reason())
                    .isEqualTo(FaultReason.NOT_AS_DECLARED);
        }
        assertThat(classifier.classify(record(-1, Float.NaN, 0, 1)).reason())
                .isEqualTo(FaultReason.INVALID_SCORE);
        float masked = scoresAre == ScoresAre.PROBABILITIES ? 0 : Float.NEGATIVE_INFINITY;
        assertThat(classifier.classify(record(-1, masked, masked, masked)).reason())
                .isEqualTo(FaultReason.ALL_MASKED);
    }

    @Test
    void addsUpTheHeaviestRowOfTheWidestModel() {
        int classes = 10_000_000;
        ModelSpec wide =
                new ModelSpec(
                        "m", classes, List.of(), ScoresAre.LOGITS, 1, Normalizer.SPARSEMAX, 5);
        RowClassifier classifier =
                new RowClassifier(
                        new ScoringPlan(List.of(wide), false, 1_000, 10, null, true),
                        RowKernels.create());
        double weight = Math.nextDown(RowClassifier.WEIGHT_LIMIT);
        ScoreRecord row = new ScoreRecord("r", "m", 5, new float[classes], 3, null, null, weight);
        assertThat(classifier.classify(row)).isNull();
        LossState state = new LossState();
        state.add(classifier.row().lossTerm());
        assertThat(state.meanSupport()).isEqualTo(classes);
    }

    @Test
    void refusesShards() {
        RowClassifier classifier = classifier(Normalizer.ENTMAX15, ScoresAre.LOGITS, false, null);
        ScoreRecord shard =
                new ScoreRecord(
                        "r",
                        "m",
                        5,
                        new float[] {1},
                        -1,
                        null,
                        null,
                        1,
                        new Shard(0, 3, 0, 3),
                        null,
                        ScoreRecord.ONLY_ROW);
        assertThat(classifier.classify(shard).detail())
                .isEqualTo(
                        "it is a shard, but only rows with a softmax can be merged, not with entmax15");
    }
}
