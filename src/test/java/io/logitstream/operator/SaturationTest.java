package io.logitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.Seeds;
import io.logitstream.codec.JsonLossAggregateEncoder;
import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.RowKernels;
import io.logitstream.kernel.RowState;
import io.logitstream.kernel.RowSummary;
import io.logitstream.record.Keep;
import io.logitstream.record.LabelFigures;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossState;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelCard;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.Saturation;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.ScoresAre;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gradient of rows, against float64, and what saturation looks like. */
class SaturationTest {

    private static final int CLASSES = 103;
    private static final int ROWS = 500;

    private final Random random = Seeds.random(getClass());

    private static ModelSpec model(Normalizer normalizer, double temperature) {
        return new ModelSpec("m", CLASSES, List.of(), ScoresAre.LOGITS, temperature, normalizer, 5);
    }

    private static RowClassifier classifier(ModelSpec model, @Nullable Keep keep) {
        return new RowClassifier(
                new ScoringPlan(List.of(model), false, 1_000, 10, keep, true), RowKernels.create());
    }

    private float[] scores(double deviation) {
        float[] scores = new float[CLASSES];
        for (int i = 0; i < CLASSES; i++) {
            scores[i] = (float) (deviation * random.nextGaussian());
        }
        return scores;
    }

    private static ScoreRecord row(float[] scores, int label) {
        return new ScoreRecord("r", "m", 5, scores, label, null, null, 1);
    }

    private static LossTerm term(RowClassifier classifier, ScoreRecord row) {
        assertThat(classifier.classify(row)).isNull();
        return classifier.row().lossTerm();
    }

    /** Returns {@code p - y} in float64. */
    private static double[] gradient(float[] scores, int label, double temperature) {
        double max = Double.NEGATIVE_INFINITY;
        for (float score : scores) {
            max = Math.max(max, score / temperature);
        }
        double[] p = new double[scores.length];
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            p[i] = Math.exp(scores[i] / temperature - max);
            sum += p[i];
        }
        double others = 0;
        for (int i = 0; i < p.length; i++) {
            p[i] /= sum;
            others += i == label ? 0 : p[i];
        }
        // 1 - p without cancellation.
        p[label] = -others;
        return p;
    }

    private static double norm(double[] vector) {
        double squares = 0;
        for (double x : vector) {
            squares += x * x;
        }
        return Math.sqrt(squares);
    }

    /** What shares a lane with the best class is as much as float32 loses beside it. */
    @Test
    void withoutScoresTheBoundHoldsWhereTheLanePartnerIsRounded() {
        float[] scores = new float[1024];
        Arrays.fill(scores, -60);
        scores[0] = 0;
        for (int i : new int[] {1, 2, 3, 4, 5, 6, 7, 16}) {
            scores[i] = -9.0123796f;
        }
        RowState state = new RowState(1, 5);
        RowKernels.create().reduce(scores, 0, scores.length, 0, state);
        RowSummary summary = state.summary();
        assertThat(summary.gradientNorm(0, summary.brier(0)))
                .isCloseTo(norm(gradient(scores, 0, 1)), within(2e-5));
    }

    @ParameterizedTest
    @CsvSource({"0.1, 1", "1, 1", "3, 0.7", "10, 1", "50, 1", "50, 3"})
    void normsAreThoseOfFloat64WithinAMillionth(double deviation, double temperature) {
        RowClassifier classifier = classifier(model(Normalizer.SOFTMAX, temperature), null);
        int tiny = 0;
        for (int i = 0; i < ROWS; i++) {
            float[] scores = scores(deviation);
            int label = random.nextInt(CLASSES);
            if (i % 2 == 0) {
                for (int j = 0; j < CLASSES; j++) {
                    label = scores[j] > scores[label] ? j : label;
                }
            }
            double expected = norm(gradient(scores, label, temperature));
            double actual = term(classifier, row(scores, label)).label().gradientNorm();
            assertThat(actual).isCloseTo(expected, within(1e-6));
            tiny += expected < 1e-4 ? 1 : 0;
        }
        assertThat(tiny)
                .as("vanished ones are among them")
                .isBetween(deviation < 50 ? 0 : 20, ROWS);
    }

    @Test
    void normsOfRowsThatAreHardForFloat32AreWithinAMillionthToo() {
        RowClassifier classifier = classifier(model(Normalizer.SOFTMAX, 1), null);
        for (int i = 0; i < ROWS; i++) {
            float[] scores = new float[CLASSES];
            float shift = (float) (10 * random.nextGaussian());
            float level = (float) (-4 - 12 * random.nextDouble());
            Arrays.fill(scores, shift + level);
            scores[0] = shift;
            scores[1] = shift - (float) (1 + 12 * random.nextDouble());
            assertThat(term(classifier, row(scores.clone(), 0)).label().gradientNorm())
                    .isCloseTo(norm(gradient(scores, 0, 1)), within(1e-6));
        }
    }

    @Test
    void aMaskedLabelDoesNotUnderflow() {
        RowClassifier classifier = classifier(model(Normalizer.SOFTMAX, 1), null);
        float[] scores = scores(1);
        scores[3] = Float.NEGATIVE_INFINITY;
        assertThat(term(classifier, row(scores, 3)).label().underflows()).isFalse();
    }

    /** A row in shards, or one whose scores are gone. */
    @ParameterizedTest
    @CsvSource({"1, 1e-6", "3, 2e-5", "10, 2e-5", "50, 2e-5"})
    void withoutScoresTheStateIsNearlyAsGood(double deviation, double bound) {
        RowKernel kernel = RowKernels.create();
        RowState state = new RowState(1, 5);
        for (int i = 0; i < ROWS; i++) {
            float[] scores = scores(deviation);
            state.clear();
            kernel.reduce(scores, 0, CLASSES, 0, state);
            int best = state.topK().classAt(0);
            RowSummary summary = state.summary();
            float label = scores[best];
            assertThat(summary.gradientNorm(label, summary.brier(label)))
                    .isCloseTo(norm(gradient(scores, best, 1)), within(bound));
        }
    }

    @Test
    void rowsAreAsSpreadAsFloat64Says() {
        RowClassifier classifier = classifier(model(Normalizer.SOFTMAX, 0.8), null);
        LossState state = new LossState();
        double spread = 0;
        double classes = 0;
        double mass = 0;
        for (int i = 0; i < ROWS; i++) {
            float[] scores = scores(2);
            state.add(term(classifier, row(scores, ScoreRecord.NO_LABEL)));
            double[] p = gradient(scores, 0, 0.8);
            p[0] += 1;
            double mean = 0;
            double squares = 0;
            double entropy = 0;
            double[] sorted = p.clone();
            Arrays.sort(sorted);
            for (int j = 0; j < CLASSES; j++) {
                mean += p[j] * scores[j] / 0.8;
                squares += p[j] * scores[j] * scores[j] / 0.64;
                entropy -= p[j] * Math.log(p[j]);
                mass += j >= CLASSES - 5 ? sorted[j] : 0;
            }
            spread += Math.sqrt(squares - mean * mean);
            classes += Math.exp(entropy);
        }
        Saturation saturation = state.saturation();
        assertThat(saturation.meanSpread()).isCloseTo(spread / ROWS, within(1e-5));
        assertThat(saturation.meanEffectiveClasses()).isCloseTo(classes / ROWS, within(1e-4));
        assertThat(saturation.meanTopMass()).isCloseTo(mass / ROWS, within(1e-6));
        assertThat(saturation.gradients()).isZero();
        assertThat(saturation.normQuantile(0.5)).isNaN();
    }

    private String json(LossState state) {
        return new String(
                new JsonLossAggregateEncoder()
                        .encode(
                                new LossAggregate("m", "*", null, 1, state, null),
                                ModelCard.of(model(Normalizer.SOFTMAX, 1))),
                StandardCharsets.UTF_8);
    }

    /** One row in four is labelled with its best class. */
    private LossState window(double factor) {
        RowClassifier classifier = classifier(model(Normalizer.SOFTMAX, 1), null);
        LossState state = new LossState();
        Random rows = new Random(3);
        for (int i = 0; i < ROWS; i++) {
            float[] scores = new float[CLASSES];
            int best = 0;
            for (int j = 0; j < CLASSES; j++) {
                scores[j] = (float) (factor * rows.nextGaussian());
                best = scores[j] > scores[best] ? j : best;
            }
            state.add(term(classifier, row(scores, i % 4 == 0 ? best : rows.nextInt(CLASSES))));
        }
        return state;
    }

    @Test
    void showsRowsWhoseScoresAreFiftyTimesTooLarge() {
        Saturation healthy = window(1).saturation();
        Saturation saturated = window(50).saturation();
        assertThat(healthy.certainShare()).isZero();
        assertThat(saturated.certainShare()).isGreaterThan(0.3);
        assertThat(healthy.vanishedAmongRight(1e-4)).isZero();
        assertThat(saturated.vanishedAmongRight(1e-4)).isGreaterThan(0.5);
        assertThat(saturated.vanishedAmongWrong(1e-4)).as("wrong answers keep theirs").isZero();
        assertThat(healthy.labelUnderflow()).isZero();
        assertThat(saturated.labelUnderflow()).isGreaterThan(0.3);
        assertThat(healthy.meanEffectiveClasses()).isGreaterThan(30);
        assertThat(saturated.meanEffectiveClasses()).isLessThan(2);
        assertThat(saturated.normQuantile(0.9)).isCloseTo(Math.sqrt(2), within(0.02));
        assertThat(json(window(50)))
                .contains("\"gradient\":{\"count\":500,\"norm\":{\"p50\":")
                .contains("\"vanished\":{\"below\":1.0E-4,\"wrong\":0.0,\"right\":0.")
                .doesNotContain("NaN");
    }

    @Test
    void aLabelThatComesLaterHasTheGradientOfOneThatCameWithTheRow() {
        for (Normalizer normalizer : List.of(Normalizer.ENTMAX15, Normalizer.SOFTMAX)) {
            RowClassifier waiting = classifier(model(normalizer, 1), Keep.FLOAT32);
            int label = 50;
            float[] scores = scores(2);
            scores[label] = 15;
            LabelFigures direct = term(waiting, row(scores, label)).label();
            assertThat(direct.gradientNorm()).isNotNaN();
            term(waiting, row(scores, ScoreRecord.NO_LABEL));
            assertThat(waiting.row().waitingRow().judge(label, 1)).isEqualTo(direct);
        }
    }
}
