package io.logitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.codec.JsonLossAggregateEncoder;
import io.logitstream.codec.JsonPredictionEncoder;
import io.logitstream.kernel.ClassTree;
import io.logitstream.kernel.RowKernels;
import io.logitstream.record.DriftReference;
import io.logitstream.record.FaultReason;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossState;
import io.logitstream.record.ModelCard;
import io.logitstream.record.ModelLoss;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.ScoresAre;
import io.logitstream.record.Shard;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Rows of a model with a hierarchical softmax, from classification to the aggregate. */
class TreeClassifierTest {

    /** Node 3, with classes 0 and 1, is the second child of the root; class 2 the first. */
    private static final ClassTree TREE =
            ClassTree.of(new int[] {3, 3, 4, 4, -1}, new int[] {0, 1, 0, 1, 0});

    private static final ModelSpec MODEL =
            new ModelSpec(
                    "m",
                    3,
                    List.of("a", "b", "c"),
                    ScoresAre.LOGITS,
                    1,
                    Normalizer.HIERARCHICAL,
                    5,
                    ModelLoss.CROSS_ENTROPY,
                    DriftReference.NONE,
                    TREE,
                    null,
                    null);

    private final RowClassifier classifier =
            new RowClassifier(
                    new ScoringPlan(List.of(MODEL), true, 1_000, 10, null, true),
                    RowKernels.create());

    private static ScoreRecord record(int label, float... scores) {
        return new ScoreRecord("r", "m", 5, scores, label, null, null, 1);
    }

    @Test
    void predictsByTheTree() {
        float log3 = (float) Math.log(3);
        assertThat(classifier.classify(record(-1, log3, log3))).isNull();
        String json =
                new String(
                        new JsonPredictionEncoder().encode(classifier.row().prediction(), MODEL),
                        StandardCharsets.UTF_8);
        // 3/4 to the second child, twice.
        assertThat(json)
                .startsWith(
                        "{\"id\":\"r\",\"model\":\"m\",\"timestamp\":5,\"classes\":3,\"topK\":[{\"class\":1,\"label\":\"b\",\"probability\":0.5625")
                .contains("{\"class\":2,\"label\":\"c\",\"probability\":0.25,")
                .contains(
                        "],\"temperature\":1.0,\"normalizer\":\"hierarchical\",\"visited\":2,\"probabilities\":[0.1875")
                .doesNotContain("logSumExp", "entropy");
    }

    @Test
    void countsTheCrossEntropyOfLabels() {
        LossState state = new LossState();
        double expected = 0;
        double[] probabilities = {0.1875, 0.5625, 0.25};
        float log3 = (float) Math.log(3);
        for (int label = 0; label < 3; label++) {
            assertThat(classifier.classify(record(label, log3, log3))).isNull();
            state.add(classifier.row().lossTerm());
            expected -= Math.log(probabilities[label]);
        }
        assertThat(state.lossSum()).isCloseTo(expected, within(1e-6));
        assertThat(state.top1Accuracy()).isCloseTo(1 / 3.0, within(1e-12));
        assertThat(state.meanConfidence()).isCloseTo(0.5625, within(1e-6));
        String json =
                new String(
                        new JsonLossAggregateEncoder()
                                .encode(
                                        new LossAggregate("m", "*", null, 1, state, null),
                                        ModelCard.of(MODEL)),
                        StandardCharsets.UTF_8);
        assertThat(json)
                .contains("\"perplexity\":", "\"infinite\":0", "\"estimated\":{")
                .doesNotContain("\"entropy\"", "\"brier\"", "bounded", "NaN");
    }

    @Test
    void givesAClassWithoutProbabilityAnInfiniteLoss() {
        assertThat(classifier.classify(record(1, 0, Float.NEGATIVE_INFINITY))).isNull();
        assertThat(classifier.row().prediction().topClasses()).containsExactly(2);
        LossState state = new LossState();
        state.add(classifier.row().lossTerm());
        assertThat(state.infiniteLosses()).isOne();
        assertThat(state.boundedLosses()).isZero();
        float none = Float.NEGATIVE_INFINITY;
        assertThat(classifier.classify(record(-1, none, none))).as("no class is masked").isNull();
    }

    @Test
    void refusesRowsThatAreNotItsInnerNodes() {
        assertThat(classifier.classify(record(-1, 1, 2, 3)).detail())
                .isEqualTo("3 scores, but model 'm' has 3 classes, so 2 inner nodes");
        assertThat(classifier.classify(record(-1, 1, Float.NaN)).reason())
                .isEqualTo(FaultReason.INVALID_SCORE);
        ScoreRecord shard =
                new ScoreRecord(
                        "r",
                        "m",
                        5,
                        new float[1],
                        -1,
                        null,
                        null,
                        1,
                        new Shard(0, 2, 0, 3),
                        null,
                        -1);
        assertThat(classifier.classify(shard).detail())
                .contains("only rows with a softmax can be merged, not with hierarchical");
    }
}
