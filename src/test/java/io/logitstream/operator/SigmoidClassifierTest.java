package io.logitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.codec.JsonLossAggregateEncoder;
import io.logitstream.codec.JsonPredictionEncoder;
import io.logitstream.kernel.RowKernels;
import io.logitstream.kernel.RowLoss;
import io.logitstream.record.DriftReference;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.GivenLabel;
import io.logitstream.record.LabelFigures;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossState;
import io.logitstream.record.LossStateFormat;
import io.logitstream.record.ModelCard;
import io.logitstream.record.ModelLoss;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.ScoresAre;
import io.logitstream.record.Selection;
import io.logitstream.record.Shard;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rows of a model with a sigmoid, from classification to the aggregate. */
class SigmoidClassifierTest {

    private static final float LOG3 = (float) Math.log(3);

    /** Probabilities 1/2, 3/4 and 1/4. */
    private static final float[] ROW = {0, LOG3, -LOG3};

    private static final double[] P = {0.5, 0.75, 0.25};

    private static final ModelSpec MODEL = model(3, List.of("a", "b", "c"), 1);

    private final RowClassifier classifier = classifier(MODEL);

    private static ModelSpec model(int classes, List<String> names, double temperature) {
        return new ModelSpec(
                "m", classes, names, ScoresAre.LOGITS, temperature, Normalizer.SIGMOID, 5);
    }

    private static RowClassifier classifier(ModelSpec model) {
        return new RowClassifier(
                new ScoringPlan(List.of(model), true, 1_000, 10, null, true), RowKernels.create());
    }

    private static ScoreRecord record(@Nullable List<GivenLabel> set, float... scores) {
        return new ScoreRecord("r", "m", 5, scores, -1, null, null, 1, null, null, -1, set);
    }

    private static ScoreRecord plain(int label, float... scores) {
        return new ScoreRecord("r", "m", 5, scores, label, null, null, 1);
    }

    private static List<GivenLabel> set(Object... labels) {
        return Arrays.stream(labels)
                .map(
                        label ->
                                label instanceof Integer index
                                        ? new GivenLabel(index, null)
                                        : new GivenLabel(-1, (String) label))
                .toList();
    }

    private LabelFigures judged(ScoreRecord row) {
        assertThat(classifier.classify(row)).isNull();
        assertThat(classifier.row().isLabelled()).isTrue();
        return classifier.row().lossTerm().label();
    }

    /** The mean of {@code -ln p} over the true classes and {@code -ln (1 - p)} over the others. */
    private static double crossEntropy(int... trueClasses) {
        double sum = 0;
        for (int i = 0; i < P.length; i++) {
            int c = i;
            boolean isTrue = Arrays.stream(trueClasses).anyMatch(each -> each == c);
            sum -= Math.log(isTrue ? P[i] : 1 - P[i]);
        }
        return sum / P.length;
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }

    @Test
    void predictsEachClassByItself() {
        assertThat(classifier.classify(record(null, ROW))).isNull();
        assertThat(classifier.row().isLabelled()).isFalse();
        assertThat(classifier.row().lossTerm().label()).isNull();
        assertThat(classifier.row().prediction().probabilities())
                .containsExactly(new float[] {0.5f, 0.75f, 0.25f}, within(1e-7f));
        double entropy = (Math.log(2) + 2 * (Math.log(4) - 0.75 * Math.log(3))) / 3;
        assertThat(classifier.row().prediction().entropy()).isCloseTo(entropy, within(1e-7));
        assertThat(text(new JsonPredictionEncoder().encode(classifier.row().prediction(), MODEL)))
                .startsWith(
                        "{\"id\":\"r\",\"model\":\"m\",\"timestamp\":5,\"classes\":3,\"topK\":[{\"class\":1,\"label\":\"b\",\"probability\":0.75,\"score\":1.0986123},{\"class\":0,\"label\":\"a\",\"probability\":0.5,\"score\":0.0},")
                .contains(
                        "}],\"entropy\":0.6059",
                        ",\"temperature\":1.0,\"normalizer\":\"sigmoid\",\"probabilities\":[0.5,0.75,0.25]}")
                .doesNotContain("logSumExp");
    }

    @Test
    void dividesByTheTemperature() {
        RowClassifier warm = classifier(model(3, List.of(), 2));
        assertThat(warm.classify(record(set(1), 0, 2 * LOG3, -2 * LOG3))).isNull();
        assertThat(warm.row().prediction().topProbabilities())
                .containsExactly(new float[] {0.75f, 0.5f, 0.25f}, within(1e-7f));
        assertThat(warm.row().lossTerm().label().lossNats())
                .isCloseTo(crossEntropy(1), within(1e-7));
    }

    @Test
    void judgesSetsByNameAndIndexEachClassOnce() {
        for (List<GivenLabel> given :
                List.of(set("b", "c"), set(2, 1), set("c", 1), set("1", "2"))) {
            LabelFigures figures = judged(record(given, ROW));
            assertThat(figures.lossNats()).isCloseTo(crossEntropy(1, 2), within(1e-7));
            assertThat(figures.upperLossNats()).isEqualTo(figures.lossNats());
            assertThat(figures.trueClass()).isEqualTo(LabelFigures.SET_OF_CLASSES);
            assertThat(figures.rank()).isZero();
            // (0.5^2 + 0.25^2 + 0.75^2) / 3
            assertThat(figures.brier()).isCloseTo(0.875 / 3, within(1e-7));
        }
        assertThat(judged(record(set("a", "c"), ROW)).rank()).as("of the better one").isOne();
    }

    @Test
    void refusesAClassThatIsNamedTwiceForThatMayBeAVectorOfZerosAndOnes() {
        for (List<GivenLabel> given : List.of(set(0, 1, 0), set("b", "c", 1))) {
            Fault fault = classifier.classify(record(given, ROW));
            assertThat(fault.reason()).isEqualTo(FaultReason.INVALID_FIELD);
            assertThat(fault.detail())
                    .isEqualTo(
                            "label names a class twice; its elements are class names or indices, not a"
                                    + " 0 or 1 for each class");
        }
    }

    @Test
    void takesAPlainLabelForASetOfOne() {
        assertThat(judged(plain(2, ROW))).isEqualTo(judged(record(set("c"), ROW)));
        assertThat(judged(plain(2, ROW)).lossNats()).isCloseTo(crossEntropy(2), within(1e-7));
    }

    @Test
    void takesAnEmptySetForALabel() {
        LabelFigures figures = judged(record(set(), ROW));
        assertThat(figures.lossNats()).isCloseTo(crossEntropy(), within(1e-7));
        assertThat(figures.rank()).isEqualTo(-1);
    }

    @Test
    void forgetsTheSetOfTheRowBefore() {
        double nothing = judged(record(set(), ROW)).lossNats();
        judged(record(set(0, 1, 2), ROW));
        assertThat(judged(record(set(), ROW)).lossNats()).isEqualTo(nothing);
        assertThat(classifier.classify(record(null, ROW))).isNull();
        assertThat(classifier.row().isLabelled()).isFalse();
    }

    @Test
    void tellsWhetherATrueClassIsAmongTheBestFive() {
        RowClassifier seven =
                classifier(
                        new ModelSpec(
                                "m", 7, List.of(), ScoresAre.LOGITS, 1, Normalizer.SIGMOID, 7));
        float[] falling = {7, 6, 5, 4, 3, 2, 1};
        assertThat(seven.classify(record(set(6, 4), falling))).isNull();
        assertThat(seven.row().lossTerm().label().rank()).isEqualTo(4);
        assertThat(seven.classify(record(set(6, 5), falling))).isNull();
        assertThat(seven.row().lossTerm().label().rank()).isEqualTo(-1);
    }

    @Test
    void givesAMaskedTrueClassAnInfiniteLoss() {
        float none = Float.NEGATIVE_INFINITY;
        LabelFigures figures = judged(record(set(0, 2), 0, LOG3, none));
        assertThat(figures.lossNats()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(figures.brier()).isCloseTo((0.25 + 0.5625) / 2, within(1e-7));
        assertThat(classifier.row().prediction().topClasses()).containsExactly(1, 0);
        assertThat(classifier.row().prediction().probabilities()[2]).isZero();
        LossState state = new LossState();
        state.add(classifier.row().lossTerm());
        assertThat(state.infiniteLosses()).isOne();
        assertThat(state.boundedLosses()).isZero();
        assertThat(classifier.classify(record(null, none, none, none)).reason())
                .isEqualTo(FaultReason.ALL_MASKED);
    }

    @Test
    void countsSetsInTheAggregate() {
        LossState state = new LossState();
        for (ScoreRecord row :
                List.of(
                        record(set(0, 1), ROW),
                        record(set(2), ROW),
                        record(set(), ROW),
                        record(null, ROW))) {
            assertThat(classifier.classify(row)).isNull();
            state.add(classifier.row().lossTerm());
        }
        double sum = crossEntropy(0, 1) + crossEntropy(2) + crossEntropy();
        assertThat(state.lossSum()).isCloseTo(sum, within(1e-6));
        assertThat(state.records()).isEqualTo(4);
        assertThat(state.labelled()).isEqualTo(3);
        assertThat(state.top1Accuracy()).isCloseTo(1 / 3.0, within(1e-12));
        assertThat(state.top5Accuracy()).isCloseTo(2 / 3.0, within(1e-12));
        assertThat(state.meanConfidence()).isCloseTo(0.75, within(1e-6));
        assertThat(state.calibration().count(11)).as("0.75 in (11/15, 12/15]").isEqualTo(3);
        assertThat(state.calibration().accuracy(11)).isCloseTo(1 / 3.0, within(1e-12));
        assertThat(state.confusions().mostFrequent(10)).isEmpty();
        assertThat(text(aggregate(state)))
                .contains(
                        "\"brier\":0.",
                        "\"classes\":{\"counts\":[{\"class\":1,\"label\":\"b\",\"predicted\":4}]},\"confidence\":0.75",
                        "\"estimated\":{\"assumes\":\"calibrated probabilities\",\"accuracy\":0.75",
                        ",\"loss\":0.6059")
                .doesNotContain("perplexity", "confusions", "bounded", "macro", "NaN");
    }

    private static byte[] aggregate(LossState state) {
        return new JsonLossAggregateEncoder()
                .encode(new LossAggregate("m", "*", null, 1, state, null), ModelCard.of(MODEL));
    }

    @Test
    void takesBackASetWithoutATrace() {
        LossState state = new LossState();
        assertThat(classifier.classify(record(set(2), ROW))).isNull();
        state.add(classifier.row().lossTerm());
        state.add(classifier.row().lossTerm().withdrawn());
        assertThat(LossStateFormat.encode(state))
                .isEqualTo(LossStateFormat.encode(new LossState()));
    }

    @Test
    void refusesAnUnknownLabelOfASet() {
        for (Object unknown : List.of("dog", 3, "3", "")) {
            Fault fault = classifier.classify(record(set("a", unknown), ROW));
            assertThat(fault.reason()).isEqualTo(FaultReason.UNKNOWN_LABEL);
            assertThat(fault.detail())
                    .contains("label ", unknown.toString(), "is not a class of model 'm'");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SOFTMAX", "SPARSEMAX", "ENTMAX15"})
    void refusesASetForAModelWithOneTrueClass(Normalizer normalizer) {
        RowClassifier other =
                classifier(new ModelSpec("m", 3, List.of(), ScoresAre.LOGITS, 1, normalizer, 5));
        for (List<GivenLabel> given : List.of(set(0, 1), set(0), set())) {
            Fault fault = other.classify(record(given, ROW));
            assertThat(fault.reason()).isEqualTo(FaultReason.INVALID_FIELD);
            assertThat(fault.detail())
                    .isEqualTo(
                            "label must be one label, not a set: only with normalizer sigmoid may"
                                    + " several classes be true, and model 'm' has "
                                    + normalizer.code());
        }
        assertThat(other.classify(plain(1, ROW))).isNull();
    }

    @Test
    void refusesShards() {
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
                        new Shard(0, 3, 0, 3),
                        null,
                        -1);
        assertThat(classifier.classify(shard).detail())
                .contains("only rows with a softmax can be merged, not with sigmoid");
    }

    @Test
    void refusesARowOfWhichSomeClassesWereSent() {
        ScoreRecord best =
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
                        Selection.ofBest(new int[] {1}, Selection.ALL_OTHERS, Double.NaN),
                        -1);
        Fault fault = classifier.classify(best);
        assertThat(fault.reason()).isEqualTo(FaultReason.INVALID_FIELD);
        assertThat(fault.detail())
                .isEqualTo(
                        "rows of model 'm' need a score for each class, since its normalizer is sigmoid");
    }

    @Test
    void goesWithNoLossButItsOwn() {
        ModelLoss smooth = new ModelLoss(new RowLoss(0.1, 0), new double[0], null);
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () ->
                                new ModelSpec(
                                        "m",
                                        3,
                                        List.of(),
                                        ScoresAre.LOGITS,
                                        1,
                                        Normalizer.SIGMOID,
                                        5,
                                        smooth,
                                        DriftReference.NONE))
                .withMessageContaining("a sigmoid goes with no loss but its own");
    }
}
