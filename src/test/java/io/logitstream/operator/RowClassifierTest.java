package io.logitstream.operator;

import static java.lang.Float.NEGATIVE_INFINITY;
import static java.lang.Float.NaN;
import static java.lang.Float.POSITIVE_INFINITY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.kernel.RowKernels;
import io.logitstream.kernel.RowLoss;
import io.logitstream.record.DriftReference;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelLoss;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.Prediction;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.ScoresAre;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowClassifierTest {

    private static final long TIME = 1_732_000_012_345L;
    private static final long WINDOW = 10_000;
    private static final List<String> ANIMALS = List.of("cat", "dog", "emu");

    @Test
    void givesTheProbabilitiesOfTwoClasses() {
        RowClassifier classifier = classifier(model("m", 2));

        assertThat(classifier.classify(row(3, 1))).isNull();

        // 1 / (1 + e^-2), computed by hand; see DESIGN.md section 6.
        Prediction prediction = classifier.row().prediction();
        assertThat(prediction.topClasses()).containsExactly(0, 1);
        assertThat(prediction.topScores()).containsExactly(3f, 1f);
        assertThat(prediction.topProbabilities()[0]).isCloseTo(0.880797f, within(1e-6f));
        assertThat(prediction.topProbabilities()[1]).isCloseTo(0.119203f, within(1e-6f));
        assertThat(prediction.logSumExp()).isCloseTo(3.126928, within(1e-6));
        assertThat(prediction.entropy()).isCloseTo(0.365334, within(1e-6));
        assertThat(prediction.id()).isEqualTo("r1");
        assertThat(prediction.timestampMillis()).isEqualTo(TIME);
        assertThat(prediction.probabilities()).isNull();
    }

    @Test
    void refusesAModelThatIsNotInTheJobFile() {
        RowClassifier classifier = classifier(model("m", 2));

        assertFault(
                classifier.classify(rowOf("other", TIME, 1, 2)),
                FaultReason.UNKNOWN_MODEL,
                "model 'other' is none of the job, which has [m]");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void refusesAnotherNumberOfScoresThanTheModelHasClasses(int numScores) {
        assertFault(
                classifier(model("m", 2)).classify(row(new float[numScores])),
                FaultReason.WRONG_CLASS_COUNT,
                numScores
                        + " scores, but model 'm' has 2 classes"
                        + (numScores < 2 ? "; a row with fewer scores needs a field classes" : ""));
    }

    @Test
    void namesTheFirstScoreThatIsNoNumber() {
        RowClassifier classifier = classifier(model("m", 3));

        assertFault(
                classifier.classify(row(NEGATIVE_INFINITY, NaN, POSITIVE_INFINITY)),
                FaultReason.INVALID_SCORE,
                "scores[1] is NaN; only numbers and -Infinity are allowed");
        assertFault(
                classifier.classify(row(1, 2, POSITIVE_INFINITY)),
                FaultReason.INVALID_SCORE,
                "scores[2] is Infinity; only numbers and -Infinity are allowed");
    }

    @ParameterizedTest
    @EnumSource(value = ScoresAre.class, names = "PROBABILITIES", mode = EnumSource.Mode.EXCLUDE)
    void refusesARowWithoutAnyClassLeft(ScoresAre scoresAre) {
        assertFault(
                classifier(model("m", 2, scoresAre, 1))
                        .classify(row(NEGATIVE_INFINITY, NEGATIVE_INFINITY)),
                FaultReason.ALL_MASKED,
                "all 2 scores are -Infinity, so nothing is left");
    }

    @Test
    void leavesMaskedClassesOutOfTheTopK() {
        RowClassifier classifier = classifier(model("m", 3));

        assertThat(classifier.classify(row(1, NEGATIVE_INFINITY, 2))).isNull();

        assertThat(classifier.row().prediction().topClasses()).containsExactly(2, 0);
        assertThat(classifier.row().prediction().numClasses()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"cat, 0", "emu, 2", "0, 0", "2, 2", "000000001, 1"})
    void takesALabelAsNameOrDigits(String label, int expected) {
        RowClassifier classifier = classifier(named("m", ANIMALS));

        assertThat(classifier.classify(labelled(label, 3, 2, 1))).isNull();

        assertThat(classifier.row().lossTerm().label()).isNotNull();
        assertThat(classifier.row().lossTerm().label().rank()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void takesALabelAsIndex(int label) {
        RowClassifier classifier = classifier(named("m", ANIMALS));

        assertThat(classifier.classify(labelled(label, 3, 2, 1))).isNull();

        assertThat(classifier.row().lossTerm().label().rank()).isEqualTo(label);
    }

    @Test
    void takesTextForANameBeforeItTakesItForAnIndex() {
        RowClassifier classifier = classifier(named("m", List.of("2", "1", "0")));

        assertThat(classifier.classify(labelled("2", 3, 2, 1))).isNull();
        assertThat(classifier.row().lossTerm().label().rank()).isZero();
        assertThat(classifier.classify(labelled(2, 3, 2, 1))).isNull();
        assertThat(classifier.row().lossTerm().label().rank()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "cow", "Cat", "3", "-1", "1.0", " 1", "4294967296", "٢", "1e0"})
    void refusesALabelThatIsNoClass(String label) {
        assertFault(
                classifier(named("m", ANIMALS)).classify(labelled(label, 3, 2, 1)),
                FaultReason.UNKNOWN_LABEL,
                "label '"
                        + label
                        + "' is not a class of model 'm': one of its 3 class names or an index from 0 to 2");
    }

    @Test
    void refusesALabelIndexThatIsNoClass() {
        assertFault(
                classifier(model("m", 3)).classify(labelled(3, 3, 2, 1)),
                FaultReason.UNKNOWN_LABEL,
                "label 3 is not a class of model 'm': an index from 0 to 2");
    }

    @Test
    void givesAnInfiniteLossToAMaskedLabel() {
        RowClassifier classifier = classifier(model("m", 3));

        assertThat(classifier.classify(labelled(1, 0, NEGATIVE_INFINITY, 0))).isNull();

        LossTerm term = classifier.row().lossTerm();
        assertThat(term.label().lossNats()).isEqualTo(Double.POSITIVE_INFINITY);
        assertThat(term.label().rank()).isEqualTo(-1);
        // Two classes of 1/2 each, none of them the label: 2 * 0.25 - 0 + 1.
        assertThat(term.label().brier()).isCloseTo(1.5, within(1e-7));
    }

    @Test
    void givesNoLossToARowWithoutLabelAfterOneWithLabel() {
        RowClassifier classifier = classifier(model("m", 3));
        assertThat(classifier.classify(labelled(1, 3, 2, 1))).isNull();
        assertThat(classifier.row().lossTerm().label()).isNotNull();

        assertThat(classifier.classify(row(3, 2, 1))).isNull();

        LossTerm term = classifier.row().lossTerm();
        assertThat(term.label()).isNull();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0x1p36, 1e300, Double.NaN, Double.POSITIVE_INFINITY})
    void refusesAWeightThatCouldOverflowTheSums(double weight) {
        assertFault(
                classifier(model("m", 2)).classify(weighted(weight)),
                FaultReason.INVALID_FIELD,
                "weight is " + weight + ", must be below 2^36");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 0x1.fffffffffffffp35})
    void takesAWeightBelowTheLimit(double weight) {
        RowClassifier classifier = classifier(model("m", 2));

        assertThat(classifier.classify(weighted(weight))).isNull();

        assertThat(classifier.row().lossTerm().weight()).isEqualTo(weight);
    }

    @Test
    void ranksTheLabelAmongFiveEvenIfThePredictionNamesOne() {
        RowClassifier classifier = classifier(model("m", 7, ScoresAre.LOGITS, 1, 1));

        for (int label = 0; label < 7; label++) {
            assertThat(classifier.classify(labelled(label, 7, 6, 5, 4, 3, 2, 1))).isNull();
            assertThat(classifier.row().prediction().topClasses()).containsExactly(0);
            assertThat(classifier.row().lossTerm().label().rank())
                    .isEqualTo(label < 5 ? label : -1);
        }
    }

    @Test
    void ranksEqualScoresByIndex() {
        RowClassifier classifier = classifier(model("m", 7, ScoresAre.LOGITS, 1, 3));

        for (int label = 0; label < 7; label++) {
            assertThat(classifier.classify(labelled(label, 0, -0f, 0, 0, 0, 0, 0))).isNull();
            assertThat(classifier.row().prediction().topClasses()).containsExactly(0, 1, 2);
            assertThat(classifier.row().lossTerm().label().rank())
                    .isEqualTo(label < 5 ? label : -1);
            assertThat(classifier.row().lossTerm().label().lossNats())
                    .isCloseTo(Math.log(7), within(1e-12));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "3, 0.5", "16, 2", "17, 0.01", "513, 1", "1000, 100"})
    void predictsTheBitsOfTheWholeDistribution(int numClasses, double temperature) {
        long seed = Long.getLong("logitstream.test.seed", System.nanoTime());
        Random random = new Random(seed);
        ModelSpec model = model("m", numClasses, ScoresAre.LOGITS, temperature, 128);
        RowClassifier classifier =
                new RowClassifier(
                        new ScoringPlan(List.of(model), true, WINDOW, 0, null, false),
                        RowKernels.create());
        float[] scores = new float[numClasses];
        for (int i = 0; i < numClasses; i++) {
            scores[i] = 10 * (float) random.nextGaussian();
        }

        assertThat(classifier.classify(row(scores))).isNull();

        Prediction prediction = classifier.row().prediction();
        float[] whole = prediction.probabilities();
        assertThat(whole).hasSize(numClasses);
        assertThat(prediction.topClasses()).hasSize(Math.min(128, numClasses));
        double sum = 0;
        for (float p : whole) {
            sum += p;
        }
        assertThat(sum).as("-Dlogitstream.test.seed=%d", seed).isCloseTo(1, within(1e-5));
        for (int rank = 0; rank < prediction.topClasses().length; rank++) {
            assertThat(Float.floatToRawIntBits(prediction.topProbabilities()[rank]))
                    .as("rank %d, -Dlogitstream.test.seed=%d", rank, seed)
                    .isEqualTo(Float.floatToRawIntBits(whole[prediction.topClasses()[rank]]));
        }
    }

    @Test
    void keepsModelsApart() {
        RowClassifier classifier =
                classifier(model("two", 2, ScoresAre.LOGITS, 2), model("three", 3));
        assertThat(classifier.classify(rowOf("two", TIME, 6, 2))).isNull();
        Prediction first = classifier.row().prediction();
        assertThat(classifier.row().model().name()).isEqualTo("two");

        assertThat(classifier.classify(rowOf("three", TIME, 0, 0, 0))).isNull();
        assertThat(classifier.row().prediction().topProbabilities()[0])
                .isCloseTo(1 / 3f, within(1e-6f));
        assertThat(classifier.row().model().name()).isEqualTo("three");
        assertThat(classifier.row().lossTerm().model()).isEqualTo("three");

        assertThat(classifier.classify(rowOf("two", TIME, 6, 2))).isNull();
        assertThat(classifier.row().prediction()).isEqualTo(first);
        // A temperature of 2 makes [6, 2] as far apart as [3, 1].
        assertThat(first.topProbabilities()[0]).isCloseTo(0.880797f, within(1e-6f));
        assertThat(first.temperature()).isEqualTo(2);
    }

    @Test
    void classifiesAfterARefusedRowAsIfItHadNotBeen() {
        RowClassifier classifier = classifier(model("m", 3));
        assertThat(classifier.classify(row(1, 2, 3))).isNull();
        Prediction before = classifier.row().prediction();

        assertThat(classifier.classify(row(NaN, 9, 9))).isNotNull();

        assertThat(classifier.classify(row(1, 2, 3))).isNull();
        assertThat(classifier.row().prediction()).isEqualTo(before);
    }

    @Test
    void needsATimeOnlyForWindows() {
        ScoreRecord timeless = rowOf("m", RawRecord.NO_TIMESTAMP, 3, 1);

        assertFault(
                classifier(model("m", 2)).classify(timeless),
                FaultReason.INVALID_TIMESTAMP,
                "neither the record nor Kafka gives a timestamp, but loss windows need one");

        RowClassifier windowless =
                new RowClassifier(
                        new ScoringPlan(List.of(model("m", 2)), false, 0, 0, null, false),
                        RowKernels.create());
        assertThat(windowless.classify(timeless)).isNull();
        assertThat(windowless.row().lossTerm().windowStartMillis()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "9999, 0",
        "10000, 10000",
        "1732000012345, 1732000010000",
        "253402300799999, 253402300790000"
    })
    void putsARowIntoTheWindowOfItsTime(long timestamp, long start) {
        RowClassifier classifier = classifier(model("m", 2));

        assertThat(classifier.classify(rowOf("m", timestamp, 3, 1))).isNull();

        assertThat(classifier.row().lossTerm().windowStartMillis()).isEqualTo(start);
    }

    @Test
    void givesTheFiguresOfALabelledRow() {
        RowClassifier classifier = classifier(model("m", 2));
        ScoreRecord row = new ScoreRecord("r1", "m", TIME, new float[] {3, 1}, 1, null, "eu", 0.25);

        assertThat(classifier.classify(row)).isNull();

        LossTerm term = classifier.row().lossTerm();
        assertThat(term.segment()).isEqualTo("eu");
        assertThat(term.weight()).isEqualTo(0.25);
        assertThat(term.confidence()).isCloseTo(0.880797, within(1e-6));
        assertThat(term.entropyNats()).isCloseTo(0.365334, within(1e-6));
        // ln(1 + e^2), and 2 p^2 for the wrong class of two.
        assertThat(term.label().lossNats()).isCloseTo(2.126928, within(1e-6));
        assertThat(term.label().brier()).isCloseTo(1.551607, within(1e-6));
        assertThat(term.label().rank()).isEqualTo(1);
    }

    @Test
    void takesTheLogarithmOfProbabilities() {
        RowClassifier classifier = classifier(model("m", 3, ScoresAre.PROBABILITIES, 1));

        assertThat(classifier.classify(labelled(2, 0.25f, 0, 0.75f))).isNull();

        Prediction prediction = classifier.row().prediction();
        assertThat(prediction.topClasses()).containsExactly(2, 0);
        assertThat(prediction.topProbabilities()[0]).isCloseTo(0.75f, within(1e-6f));
        assertThat(prediction.topProbabilities()[1]).isCloseTo(0.25f, within(1e-6f));
        assertThat(prediction.topScores()[0]).isEqualTo((float) StrictMath.log(0.75f));
        assertThat(classifier.row().lossTerm().label().lossNats())
                .isCloseTo(-Math.log(0.75), within(1e-6));
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 2})
    void refusesANegativeProbability(double temperature) {
        assertFault(
                classifier(model("m", 3, ScoresAre.PROBABILITIES, temperature))
                        .classify(row(0.5f, 0.75f, -0.25f)),
                FaultReason.NOT_AS_DECLARED,
                "declared probabilities, but scores[2] is -0.25, must be from 0 to 1");
    }

    @ParameterizedTest
    @CsvSource({"0.5, 0.25, 0.75", "3, 1, 4.0", "0, 0.5, 0.5"})
    void refusesProbabilitiesThatDoNotAddUpToOne(float first, float second, double sum) {
        assertFault(
                classifier(model("m", 2, ScoresAre.PROBABILITIES, 2)).classify(row(first, second)),
                FaultReason.NOT_AS_DECLARED,
                "declared probabilities, but their sum is " + sum + ", must be within 0.01 of 1");
    }

    @Test
    void toleratesASumOfProbabilitiesThatLowPrecisionExplains() {
        RowClassifier classifier = classifier(model("m", 2, ScoresAre.PROBABILITIES, 1));

        assertThat(classifier.classify(row(0.5f, 0.505f))).isNull();
        assertThat(classifier.classify(row(0.5f, 0.515f))).isNotNull();
        assertThat(classifier.classify(row(0.5f, 0.495f))).isNull();
        assertThat(classifier.classify(row(0.5f, 0.485f))).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"NaN, NaN", "Infinity, Infinity"})
    void refusesProbabilitiesThatAreNoNumbersLikeAnyScore(float score, String shown) {
        assertFault(
                classifier(model("m", 3, ScoresAre.PROBABILITIES, 1)).classify(row(0, score, 0)),
                FaultReason.INVALID_SCORE,
                "scores[1] is " + shown + "; only numbers and -Infinity are allowed");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 2})
    void takesLogProbabilitiesAtAnyTemperature(double temperature) {
        RowClassifier classifier =
                classifier(model("m", 3, ScoresAre.LOG_PROBABILITIES, temperature));

        assertThat(
                        classifier.classify(
                                row(
                                        (float) Math.log(0.2),
                                        NEGATIVE_INFINITY,
                                        (float) Math.log(0.8))))
                .isNull();

        // p^(1/T), normalised.
        double a = Math.pow(0.2, 1 / temperature);
        double b = Math.pow(0.8, 1 / temperature);
        assertThat(classifier.row().prediction().topClasses()).containsExactly(2, 0);
        assertThat(classifier.row().prediction().topProbabilities()[0])
                .isCloseTo((float) (b / (a + b)), within(1e-6f));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 1, 2})
    void refusesLogitsSentAsLogProbabilities(double temperature) {
        Fault fault =
                classifier(model("m", 2, ScoresAre.LOG_PROBABILITIES, temperature))
                        .classify(row(3, 1));

        assertThat(fault).isNotNull();
        assertThat(fault.reason()).isEqualTo(FaultReason.NOT_AS_DECLARED);
        // The sum is that of the scores as sent, whatever the temperature: e^3 + e^1.
        assertThat(fault.detail())
                .startsWith(
                        "declared log-probabilities, but the sum of their exponentials is 22.80")
                .endsWith(", must be within 0.01 of 1");
    }

    @Test
    void refusesProbabilitiesSentAsLogProbabilities() {
        Fault fault =
                classifier(model("m", 2, ScoresAre.LOG_PROBABILITIES, 1)).classify(row(0.5f, 0.5f));

        assertThat(fault).isNotNull();
        assertThat(fault.reason()).isEqualTo(FaultReason.NOT_AS_DECLARED);
    }

    private static ModelSpec withLoss(ModelLoss loss, String... classNames) {
        return new ModelSpec(
                "m",
                classNames.length,
                List.of(classNames),
                ScoresAre.LOGITS,
                1,
                Normalizer.SOFTMAX,
                5,
                loss,
                DriftReference.NONE);
    }

    private static ScoreRecord labelledAs(String label, float... scores) {
        return new ScoreRecord("r1", "m", TIME, scores, ScoreRecord.NO_LABEL, label, null, 1);
    }

    @Test
    void aLabelToIgnoreIsNoLabelByNameByIndexAndByForeignText() {
        for (String ignore : List.of("dog", "1", "unknown")) {
            ModelLoss loss = new ModelLoss(RowLoss.CROSS_ENTROPY, new double[0], ignore);
            RowClassifier classifier = classifier(withLoss(loss, "cat", "dog"));
            boolean isClass = !ignore.equals("unknown");
            for (String label : isClass ? List.of("dog", "1") : List.of("unknown")) {
                assertThat(classifier.classify(labelledAs(label, 1, 2))).isNull();
                assertThat(classifier.row().isLabelled()).as("%s of %s", label, ignore).isFalse();
                assertThat(classifier.row().lossTerm().label()).isNull();
            }
            if (isClass) {
                assertThat(classifier.classify(labelled(1, 1, 2))).isNull();
                assertThat(classifier.row().isLabelled()).isFalse();
            }
            assertThat(classifier.classify(labelledAs("cat", 1, 2))).isNull();
            assertThat(classifier.row().isLabelled()).isTrue();
            assertThat(classifier.classify(labelledAs("mouse", 1, 2))).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 255})
    void aNumberThatIsNoClassMayBeALabelToIgnoreToo(int ignored) {
        ModelLoss loss = new ModelLoss(RowLoss.CROSS_ENTROPY, new double[0], "" + ignored);
        RowClassifier classifier = classifier(withLoss(loss, "cat", "dog"));
        assertThat(classifier.classify(labelled(ignored, 1, 2))).isNull();
        assertThat(classifier.row().isLabelled()).isFalse();
        assertThat(classifier.classify(labelled(ignored + 1, 1, 2))).isNotNull();
    }

    @Test
    void theLossTermIsOfTheModelsLossAndWeighsByTheLabelsClass() {
        ModelLoss loss = new ModelLoss(new RowLoss(0.5, 0), new double[] {0.25, 4}, null);
        RowClassifier classifier = classifier(withLoss(loss, "cat", "dog"));
        assertThat(classifier.classify(labelled(1, 0, 2))).isNull();
        double crossEntropy = Math.log1p(Math.exp(-2));
        assertThat(classifier.row().lossTerm().label().lossNats())
                .isCloseTo(crossEntropy + 0.5, within(1e-7)); // half of it 1 above on average
        assertThat(classifier.row().lossTerm().label().lossWeight()).isEqualTo(4);
        assertThat(classifier.classify(labelled(0, 0, 2))).isNull();
        assertThat(classifier.row().lossTerm().label().lossWeight()).isEqualTo(0.25);
    }

    private static void assertFault(@Nullable Fault fault, FaultReason reason, String detail) {
        assertThat(fault).isEqualTo(new Fault(reason, detail));
    }

    private static RowClassifier classifier(ModelSpec... models) {
        return new RowClassifier(
                new ScoringPlan(List.of(models), false, WINDOW, 0, null, false),
                RowKernels.create());
    }

    private static ModelSpec model(String name, int numClasses) {
        return model(name, numClasses, ScoresAre.LOGITS, 1);
    }

    private static ModelSpec model(
            String name, int numClasses, ScoresAre scoresAre, double temperature) {
        return model(name, numClasses, scoresAre, temperature, 5);
    }

    private static ModelSpec model(
            String name, int numClasses, ScoresAre scoresAre, double temperature, int topK) {
        return new ModelSpec(
                name, numClasses, List.of(), scoresAre, temperature, Normalizer.SOFTMAX, topK);
    }

    private static ModelSpec named(String name, List<String> classNames) {
        return new ModelSpec(
                name, classNames.size(), classNames, ScoresAre.LOGITS, 1, Normalizer.SOFTMAX, 5);
    }

    private static ScoreRecord row(float... scores) {
        return rowOf("m", TIME, scores);
    }

    private static ScoreRecord rowOf(String model, long timestamp, float... scores) {
        return new ScoreRecord("r1", model, timestamp, scores, ScoreRecord.NO_LABEL, null, null, 1);
    }

    private static ScoreRecord labelled(int label, float... scores) {
        return new ScoreRecord("r1", "m", TIME, scores, label, null, null, 1);
    }

    private static ScoreRecord labelled(String label, float... scores) {
        return new ScoreRecord("r1", "m", TIME, scores, ScoreRecord.NO_LABEL, label, null, 1);
    }

    private static ScoreRecord weighted(double weight) {
        return new ScoreRecord(
                "r1", "m", TIME, new float[] {3, 1}, ScoreRecord.NO_LABEL, null, null, weight);
    }
}
