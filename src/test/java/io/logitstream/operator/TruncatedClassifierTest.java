package io.logitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.Seeds;
import io.logitstream.codec.JsonLossAggregateEncoder;
import io.logitstream.codec.JsonPredictionEncoder;
import io.logitstream.kernel.RowKernels;
import io.logitstream.kernel.RowLoss;
import io.logitstream.record.DriftReference;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.Inexact;
import io.logitstream.record.Keep;
import io.logitstream.record.LabelFigures;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossState;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelCard;
import io.logitstream.record.ModelLoss;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.Prediction;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.ScoresAre;
import io.logitstream.record.Selection;
import io.logitstream.record.WaitingRow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows of which only the best classes were sent. */
class TruncatedClassifierTest {

    private static final int CLASSES = 200;
    private static final float MASKED = Float.NEGATIVE_INFINITY;

    private final Random random = Seeds.random(getClass());

    private static ModelSpec model(
            int classes, Normalizer normalizer, ScoresAre scoresAre, double temperature) {
        return new ModelSpec("m", classes, List.of(), scoresAre, temperature, normalizer, 7);
    }

    private static ModelSpec softmax(double temperature) {
        return model(CLASSES, Normalizer.SOFTMAX, ScoresAre.LOGITS, temperature);
    }

    private static RowClassifier classifier(ModelSpec model, @Nullable Keep keep) {
        return new RowClassifier(
                new ScoringPlan(List.of(model), false, 1_000, 1_000, keep, true),
                RowKernels.create());
    }

    private static ScoreRecord whole(int label, float... scores) {
        return record(label, null, scores.clone());
    }

    private static ScoreRecord record(int label, @Nullable Selection selection, float... scores) {
        return new ScoreRecord(
                "r", "m", 5, scores, label, null, null, 1, null, selection, ScoreRecord.ONLY_ROW);
    }

    private float[] scores(double deviation) {
        float[] scores = new float[CLASSES];
        for (int i = 0; i < CLASSES; i++) {
            scores[i] = (float) (deviation * random.nextGaussian());
        }
        return scores;
    }

    /** Returns the best classes of a row in random order. */
    private int[] best(float[] row, int m) {
        List<Integer> classes = new ArrayList<>();
        IntStream.range(0, row.length)
                .boxed()
                .sorted(Comparator.comparing((Integer i) -> -row[i]))
                .limit(m)
                .forEach(classes::add);
        Collections.shuffle(classes, random);
        return classes.stream().mapToInt(i -> i).toArray();
    }

    private ScoreRecord truncated(int label, float[] row, int m, int rest, double logSumExp) {
        int[] classes = best(row, m);
        float[] scores = new float[m];
        for (int i = 0; i < m; i++) {
            scores[i] = row[classes[i]];
        }
        return record(label, Selection.ofBest(classes, rest, logSumExp), scores);
    }

    private static void classify(RowClassifier classifier, ScoreRecord record) {
        assertThat(classifier.classify(record)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"1, 5", "1, 30", "0.7, 10", "3, 10"})
    void boundsContainWhatTheWholeRowSays(double temperature, int m) {
        RowClassifier classifier = classifier(softmax(temperature), null);
        for (int i = 0; i < 50; i++) {
            float[] row = scores(3);
            int label = random.nextInt(CLASSES);
            classify(classifier, whole(label, row));
            Prediction exact = classifier.row().prediction();
            LabelFigures exactFigures = classifier.row().lossTerm().label();
            double exactConfidence = classifier.row().lossTerm().confidence();

            classify(classifier, truncated(label, row, m, Selection.ALL_OTHERS, Double.NaN));
            Prediction prediction = classifier.row().prediction();
            Inexact.Truncated bounds = (Inexact.Truncated) prediction.inexact();
            int k = Math.min(7, m);
            assertThat(bounds.rest()).isEqualTo(CLASSES - m);
            assertThat(prediction.topClasses())
                    .containsExactly(Arrays.copyOf(exact.topClasses(), k));
            assertThat(exact.logSumExp())
                    .isBetween(prediction.logSumExp() - 1e-6, bounds.logSumExpTo() + 1e-6);
            for (int rank = 0; rank < k; rank++) {
                assertThat(exact.topProbabilities()[rank])
                        .isBetween(
                                bounds.topProbabilitiesFrom()[rank] * 0.999999f,
                                prediction.topProbabilities()[rank] * 1.000001f);
            }
            LossTerm term = classifier.row().lossTerm();
            assertThat(exactFigures.lossNats())
                    .isBetween(term.label().lossNats() - 1e-6, term.label().upperLossNats() + 1e-6);
            assertThat(term.label().rank()).isEqualTo(exactFigures.rank());
            assertThat(Math.abs(exactConfidence - term.confidence()))
                    .isLessThanOrEqualTo(term.certainty().confidenceWidth() / 2 + 1e-6);
            assertThat(term.certainty().ranks()).isEqualTo(5);
            assertThat(term.entropyNats()).isNaN();
        }
    }

    @Test
    void isExactWithTheLogSumExp() {
        RowClassifier classifier = classifier(softmax(1), null);
        int listed = 0;
        for (int i = 0; i < 100; i++) {
            float[] row = scores(3);
            int label = i % 2 == 0 ? best(row, 12)[0] : random.nextInt(CLASSES);
            classify(classifier, whole(label, row));
            Prediction exact = classifier.row().prediction();
            LossTerm exactTerm = classifier.row().lossTerm();
            ScoreRecord truncated =
                    truncated(label, row, 12, Selection.ALL_OTHERS, exact.logSumExp());
            classify(classifier, truncated);
            Prediction prediction = classifier.row().prediction();
            LossTerm term = classifier.row().lossTerm();
            assertThat(prediction.inexact()).isNull();
            assertThat(prediction.logSumExp()).isCloseTo(exact.logSumExp(), within(1e-9));
            assertThat(prediction.topProbabilities())
                    .containsExactly(exact.topProbabilities(), within(1e-6f));
            assertThat(term.confidence()).isCloseTo(exactTerm.confidence(), within(1e-6));
            assertThat(term.label().brier()).isNaN();
            if (IntStream.of(truncated.selection().indices()).anyMatch(c -> c == label)) {
                listed++;
                assertThat(term.label().isExact()).isTrue();
                assertThat(term.label().lossNats())
                        .isCloseTo(exactTerm.label().lossNats(), within(1e-6));
            } else {
                assertThat(term.label().lossNats())
                        .isLessThanOrEqualTo(exactTerm.label().lossNats() + 1e-6);
                assertThat(term.label().upperLossNats()).isEqualTo(Double.POSITIVE_INFINITY);
            }
        }
        assertThat(listed).isBetween(50, 99);
    }

    @Test
    void isTheWholeRowIfNothingElseHasAScore() {
        RowClassifier classifier = classifier(softmax(0.8), null);
        float[] row = scores(2);
        for (int i = 40; i < CLASSES; i++) {
            row[i] = MASKED;
        }
        row[3] = row[30] = 20;
        for (int label : new int[] {3, 17, 100}) {
            classify(classifier, whole(label, row));
            Prediction exact = classifier.row().prediction();
            LossTerm exactTerm = classifier.row().lossTerm();
            for (int m : new int[] {40, 50}) {
                classify(classifier, truncated(label, row, m, m == 40 ? 0 : -1, Double.NaN));
                Prediction prediction = classifier.row().prediction();
                LossTerm term = classifier.row().lossTerm();
                assertThat(prediction.inexact()).isNull();
                assertThat(prediction.topClasses()).containsExactly(exact.topClasses());
                assertThat(prediction.entropy()).isCloseTo(exact.entropy(), within(2e-6));
                assertThat(term.certainty()).isEqualTo(exactTerm.certainty());
                assertThat(term.label().rank()).isEqualTo(exactTerm.label().rank());
                if (label == 100) {
                    assertThat(term.label().lossNats()).isEqualTo(Double.POSITIVE_INFINITY);
                } else {
                    assertThat(term.label().lossNats())
                            .isCloseTo(exactTerm.label().lossNats(), within(1e-6));
                }
                assertThat(term.label().brier()).isCloseTo(exactTerm.label().brier(), within(2e-6));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LOG_PROBABILITIES", "PROBABILITIES"})
    void knowsTheLogSumExpOfProbabilities(ScoresAre scoresAre) {
        RowClassifier classifier = classifier(model(5, Normalizer.SOFTMAX, scoresAre, 1), null);
        float[] p = {0.5f, 0.25f, 0.125f};
        if (scoresAre == ScoresAre.LOG_PROBABILITIES) {
            p =
                    new float[] {
                        (float) Math.log(0.5), (float) Math.log(0.25), (float) Math.log(0.125)
                    };
        }
        classify(classifier, record(4, best(4, 0, 2), p));
        assertThat(classifier.row().prediction().logSumExp()).isCloseTo(0, within(1e-9));
        assertThat(classifier.row().lossTerm().certainty().confidenceWidth()).isZero();
        assertThat(classifier.row().prediction().topProbabilities())
                .containsExactly(new float[] {0.5f, 0.25f, 0.125f}, within(1e-6f));
        assertThat(classifier.row().lossTerm().label().lossNats())
                .isCloseTo(Math.log(2), within(1e-6));
        float[] tooMuch = {2, 1, 0.5f};
        assertThat(classifier.classify(record(-1, best(4, 0, 2), tooMuch)).reason())
                .isEqualTo(FaultReason.NOT_AS_DECLARED);
    }

    @Test
    void holdsPartsToWhatTheyAreDeclaredToBe() {
        RowClassifier classifier =
                classifier(model(3, Normalizer.SOFTMAX, ScoresAre.PROBABILITIES, 1), null);
        assertThat(classifier.classify(record(-1, best(0), 0.4f)))
                .as("others may have 0.6")
                .isNull();
        List<ScoreRecord> impossible =
                List.of(
                        record(-1, best(0, 1), 0.3f, 0),
                        record(-1, Selection.ofBest(new int[] {0}, 0, Double.NaN), 0.3f),
                        record(-1, best(0, 1, 2), 0.1f, 0.1f, 0.1f),
                        record(-1, best(0), 0.2f));
        for (ScoreRecord row : impossible) {
            assertThat(classifier.classify(row).reason()).isEqualTo(FaultReason.NOT_AS_DECLARED);
        }
    }

    @Test
    void saysThatClassesAreMissingEvenIfThoseSentAreExact() {
        RowClassifier classifier = classifier(softmax(1), null);
        classify(classifier, record(-1, Selection.ofBest(new int[] {7}, -1, 3.3), 3));
        Prediction prediction = classifier.row().prediction();
        Inexact.Truncated truncated = (Inexact.Truncated) prediction.inexact();
        assertThat(truncated.rest()).isEqualTo(CLASSES - 1);
        assertThat(truncated.logSumExpTo()).isEqualTo(prediction.logSumExp());
        assertThat(truncated.topProbabilitiesFrom()).isEqualTo(prediction.topProbabilities());
    }

    private static Selection best(int... classes) {
        return Selection.ofBest(classes, Selection.ALL_OTHERS, Double.NaN);
    }

    @ParameterizedTest
    @EnumSource(names = {"SPARSEMAX", "ENTMAX15"})
    void isExactOnceTheSupportIsSent(Normalizer normalizer) {
        ModelSpec spec = model(CLASSES, normalizer, ScoresAre.LOGITS, 1);
        RowClassifier classifier = classifier(spec, null);
        int refused = 0;
        for (int i = 0; i < 200; i++) {
            float[] row = scores(normalizer == Normalizer.SPARSEMAX ? 0.5 : 1);
            int label = random.nextInt(CLASSES);
            classify(classifier, whole(label, row));
            Prediction exact = classifier.row().prediction();
            LabelFigures exactFigures = classifier.row().lossTerm().label();
            Fault fault =
                    classifier.classify(truncated(label, row, 8, Selection.ALL_OTHERS, Double.NaN));
            if (exact.support() >= 8) {
                refused++;
                assertThat(fault.detail()).contains("classes that were not sent may have one");
                continue;
            }
            assertThat(fault).isNull();
            Prediction prediction = classifier.row().prediction();
            assertThat(prediction.inexact()).isNull();
            assertThat(prediction.support()).isEqualTo(exact.support());
            assertThat(prediction.topProbabilities())
                    .containsExactly(exact.topProbabilities(), within(1e-6f));
            assertThat(prediction.entropy()).isCloseTo(exact.entropy(), within(1e-9));
            assertThat(classifier.row().lossTerm().label().lossNats())
                    .isLessThanOrEqualTo(exactFigures.lossNats() + 1e-9);
        }
        assertThat(refused).isBetween(1, 199);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void judgesALabelThatComesLaterAsOneThatCameWithTheRow(boolean withLogSumExp) {
        RowClassifier waiting = classifier(softmax(1), Keep.FLOAT32);
        RowClassifier direct = classifier(softmax(1), null);
        float[] row = scores(3);
        classify(direct, whole(-1, row));
        double logSumExp = withLogSumExp ? direct.row().prediction().logSumExp() : Double.NaN;
        classify(waiting, truncated(-1, row, 9, 150, logSumExp));
        assertThat(waiting.row().isWaiting()).isTrue();
        WaitingRow kept = waiting.row().waitingRow();
        for (int label = 0; label < CLASSES; label++) {
            classify(direct, truncated(label, row, 9, 150, logSumExp));
            LossTerm term = direct.row().lossTerm();
            assertThat(kept.judge(label, 1)).isEqualTo(term.label());
            assertThat(kept.confidence()).isEqualTo(term.confidence());
            assertThat(kept.certainty().ranks()).isEqualTo(term.certainty().ranks());
        }
    }

    @Test
    void putsTheBoundsIntoPredictionsAndAggregates() {
        ModelSpec spec = model(4, Normalizer.SOFTMAX, ScoresAre.LOGITS, 1);
        RowClassifier classifier = classifier(spec, null);
        LossState state = new LossState();
        float log2 = (float) Math.log(2);
        // At least 2 + 1, at most 2 + 1 + 2 * 1.
        for (int label : new int[] {3, 1, -1}) {
            classify(classifier, record(label, best(3, 1), log2, 0));
            state.add(classifier.row().lossTerm());
        }
        String prediction =
                new String(
                        new JsonPredictionEncoder().encode(classifier.row().prediction(), spec),
                        StandardCharsets.UTF_8);
        assertThat(prediction)
                .contains(
                        "\"topK\":[{\"class\":3,\"probability\":0.6666667,\"probabilityFrom\":0.4,\"score\":0.6931472}")
                .contains(
                        "\"normalizer\":\"softmax\",\"exact\":false,\"truncated\":{\"rest\":2,\"logSumExpTo\":1.609")
                .doesNotContain("entropy");
        assertThat(state.inexact()).isEqualTo(3);
        assertThat(state.confidenceWidth()).isCloseTo(2 / 3.0 - 2 / 5.0, within(1e-6));
        assertThat(state.meanConfidence()).isCloseTo((2 / 3.0 + 2 / 5.0) / 2, within(1e-6));
        assertThat(state.boundedLosses()).isEqualTo(2);
        assertThat(state.lossMeanFrom())
                .isCloseTo((Math.log(3 / 2.0) + Math.log(3)) / 2, within(1e-6));
        assertThat(state.lossMeanTo())
                .isCloseTo((Math.log(5 / 2.0) + Math.log(5)) / 2, within(1e-6));
        assertThat(state.top1Accuracy()).isEqualTo(0.5);
        assertThat(state.top5Accuracy()).as("two classes are not five").isNaN();
        String aggregate =
                new String(
                        new JsonLossAggregateEncoder()
                                .encode(
                                        new LossAggregate("m", "*", null, 1, state, null),
                                        ModelCard.of(spec)),
                        StandardCharsets.UTF_8);
        assertThat(aggregate)
                .contains("\"bounded\":{\"count\":2,\"meanFrom\":0.7")
                .contains("\"accuracy\":{\"top1\":0.5}")
                .contains("\"inexact\":{\"count\":3,\"confidenceWidth\":0.26")
                .doesNotContain("NaN", "\"brier\"");
    }

    @Test
    void refusesWhatCannotBe() {
        RowClassifier classifier = classifier(softmax(1), null);
        assertThat(classifier.classify(record(-1, best(3, CLASSES), 1, 2)).detail())
                .isEqualTo("classes[1] is 200, but model 'm' has 200 classes");
        assertThat(classifier.classify(record(-1, best(3, 5, 3), 1, 2, 0)).detail())
                .isEqualTo("class 3 is there twice");
        assertThat(classifier.classify(record(-1, best(3, 5), 1, Float.NaN)).detail())
                .isEqualTo("scores[1] is NaN; only numbers and -Infinity are allowed");
        assertThat(classifier.classify(record(-1, best(3, 5), MASKED, MASKED)).reason())
                .isEqualTo(FaultReason.ALL_MASKED);
        assertThat(
                        classifier
                                .classify(record(-1, Selection.ofBest(new int[2], 199, 0), 1, 2))
                                .detail())
                .isEqualTo("rest is 199, but model 'm' has 198 classes beside those with a score");
        for (double impossible : new double[] {1, 8, 1e6, -1e6}) {
            // The two have 2.31, and with 198 more of at most 1 it is 6.4.
            Selection selection = Selection.ofBest(new int[] {3, 5}, -1, impossible);
            Fault fault = classifier.classify(record(-1, selection, 1, 2));
            assertThat(fault.reason()).isEqualTo(FaultReason.NOT_AS_DECLARED);
            assertThat(fault.detail()).contains("logSumExp is " + impossible, "2.31", "6.3");
        }
        int[] all = best(scores(1), CLASSES);
        Selection contradiction = Selection.ofBest(all, 0, 1000);
        assertThat(classifier.classify(record(-1, contradiction, new float[CLASSES])).reason())
                .as("all classes, but another log-sum-exp")
                .isEqualTo(FaultReason.NOT_AS_DECLARED);
        assertThat(classifier.classify(record(-1, Selection.ofTails(new int[1]), 1)).detail())
                .isEqualTo("model 'm' has no tails");
        ModelSpec smoothed =
                new ModelSpec(
                        "m",
                        CLASSES,
                        List.of(),
                        ScoresAre.LOGITS,
                        1,
                        Normalizer.SOFTMAX,
                        7,
                        new ModelLoss(new RowLoss(0.1, 0), new double[0], null),
                        DriftReference.NONE);
        assertThat(classifier(smoothed, null).classify(record(-1, best(3, 5), 1, 2)).detail())
                .contains("need a score for each class: its loss is smoothed");
    }
}
