package io.logitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.Seeds;
import io.logitstream.kernel.RowKernels;
import io.logitstream.kernel.RowLoss;
import io.logitstream.record.DriftReference;
import io.logitstream.record.Gradient;
import io.logitstream.record.GradientClasses;
import io.logitstream.record.ModelLoss;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.ScoresAre;
import io.logitstream.record.Selection;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The gradients that are written, against central differences in float64. */
class RowDifferentiatorTest {

    private static final double STEP = 1e-4;
    private static final float MASKED = Float.NEGATIVE_INFINITY;
    private static final int ROWS = 12;
    private static final Path RECORDED = Path.of("jobs", "recorded");

    private final Random random = Seeds.random(getClass());

    private static ModelSpec model(
            int numClasses, Normalizer normalizer, ModelLoss loss, double temperature) {
        return new ModelSpec(
                "m",
                numClasses,
                List.of(),
                ScoresAre.LOGITS,
                temperature,
                normalizer,
                5,
                loss,
                DriftReference.NONE);
    }

    private static RowClassifier classifier(ModelSpec model, GradientClasses classes) {
        return new RowClassifier(
                new ScoringPlan(List.of(model), false, 0, 0, null, false, 0, classes),
                RowKernels.create());
    }

    private static Gradient gradient(RowClassifier classifier, float[] scores, int label) {
        return gradient(classifier, new ScoreRecord("r", "m", 5, scores, label, null, null, 1));
    }

    private static Gradient gradient(RowClassifier classifier, ScoreRecord row) {
        assertThat(classifier.classify(row)).isNull();
        return classifier.row().gradient();
    }

    private static ModelLoss loss(double smoothing, double gamma, double[] weights) {
        return new ModelLoss(new RowLoss(smoothing, gamma), weights, null);
    }

    /** Loss, temperature and number of classes: each loss with each of the others. */
    static Stream<Arguments> losses() {
        List<double[]> parameters =
                List.of(
                        new double[] {0, 0},
                        new double[] {0.1, 0},
                        new double[] {1, 0},
                        new double[] {0, 0.5},
                        new double[] {0, 2},
                        new double[] {0, 5});
        return parameters.stream()
                .flatMap(
                        pair ->
                                Stream.of(0.3, 1.0, 3.0)
                                        .flatMap(
                                                temperature ->
                                                        IntStream.of(2, 3, 17, 103, 1000)
                                                                .mapToObj(
                                                                        numClasses ->
                                                                                Arguments.of(
                                                                                        pair[0],
                                                                                        pair[1],
                                                                                        temperature,
                                                                                        numClasses))));
    }

    /**
     * Relative to the row's largest component the differences are good to about 1e-8, however small
     * it is.
     */
    @ParameterizedTest
    @MethodSource("losses")
    void isThatOfCentralDifferences(
            double smoothing, double gamma, double temperature, int numClasses) {
        double[] weights = random.doubles(numClasses, 0.1, 4).toArray();
        ModelLoss loss = loss(smoothing, gamma, weights);
        LossReference reference = new LossReference(Normalizer.SOFTMAX, loss, temperature);
        RowClassifier classifier =
                classifier(
                        model(numClasses, Normalizer.SOFTMAX, loss, temperature),
                        GradientClasses.FULL);
        for (int i = 0; i < (numClasses > 200 ? 3 : ROWS); i++) {
            float[] scores = scores(numClasses, temperature * (i % 3 == 0 ? 1 : 5));
            int label = random.nextInt(numClasses);
            if (i % 3 == 2) {
                // Right, and all but certain.
                scores[label] = (float) (temperature * (22 + random.nextInt(10)));
            }
            double[] expected = reference.gradient(scores, label, STEP);
            double largest = largest(expected);
            double absolute = smoothing > 0 ? 1e-6 * weights[label] / temperature : 1e-7 * largest;
            Gradient gradient = gradient(classifier, scores, label);
            for (int k = 0; k < numClasses; k++) {
                double relative = 1e-6 * (1 + gamma) * Math.abs(expected[k]);
                double allowed = relative + absolute + Float.MIN_VALUE;
                assertThat((double) gradient.values()[k])
                        .as("row %d, class %d", i, k)
                        .isCloseTo(expected[k], within(allowed));
            }
            assertThat(gradient.label()).isEqualTo(label);
            assertThat(gradient.weight()).isEqualTo(weights[label]);
        }
    }

    private float[] scores(int numClasses, double deviation) {
        float[] scores = new float[numClasses];
        for (int i = 0; i < numClasses; i++) {
            scores[i] = (float) (deviation * random.nextGaussian());
        }
        if (numClasses > 10) {
            // Neither of them the label of a row: that is set or drawn again.
            scores[random.nextInt(numClasses)] = 0;
        }
        return scores;
    }

    private static double largest(double[] values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** From a score gap of 1 to one where the gradient is 1e-34, component by component. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5, 2, 5})
    void keepsItsRelativePrecisionWhereTheLabelIsAllButCertain(double gamma) {
        RowClassifier classifier =
                classifier(
                        model(3, Normalizer.SOFTMAX, loss(0, gamma, new double[0]), 1),
                        GradientClasses.FULL);
        for (float gap = 1; gap < 78; gap++) {
            Gradient gradient = gradient(classifier, new float[] {0, gap, -1}, 1);
            // r is (1 - p) / p; l = ln(1 + r).
            double r = Math.exp(-gap) + Math.exp(-gap - 1);
            double q = r / (1 + r);
            double factor = gamma * Math.log1p(r) / (1 + r) * Math.pow(q, gamma - 1);
            factor += Math.pow(q, gamma);
            double[] expected = {Math.exp(-gap) / (1 + r), -q, Math.exp(-gap - 1) / (1 + r)};
            for (int k = 0; k < 3; k++) {
                double value = expected[k] * factor;
                assertThat((double) gradient.values()[k])
                        .as("gap %s, class %d", gap, k)
                        .isCloseTo(
                                value,
                                within(2e-6 * (1 + gamma) * Math.abs(value) + Float.MIN_VALUE));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0, 0.5", "0, 2", "0, 5", "0.1, 0"})
    void isFiniteAndPointsAwayFromAConfidentWrongAnswer(double smoothing, double gamma) {
        RowClassifier classifier =
                classifier(
                        model(2, Normalizer.SOFTMAX, loss(smoothing, gamma, new double[0]), 1),
                        GradientClasses.FULL);
        for (float gap : new float[] {20, 100, 1e4f, 1e30f, 3e38f}) {
            Gradient gradient = gradient(classifier, new float[] {gap, 0}, 1);
            double target = 1 - smoothing / 2;
            assertThat((double) gradient.values()[0]).isCloseTo(target, within(1e-6));
            assertThat((double) gradient.values()[1]).isCloseTo(-target, within(1e-6));
            assertThat(gradient.lossNats()).isFinite();
        }
    }

    @Test
    void isZeroOnceFloat32HasNothingLeft() {
        for (double gamma : new double[] {0, 0.5, 2}) {
            RowClassifier classifier =
                    classifier(
                            model(2, Normalizer.SOFTMAX, loss(0, gamma, new double[0]), 1),
                            GradientClasses.FULL);
            // assertThat tells -0 from 0.
            assertThat(gradient(classifier, new float[] {500, 0}, 0).values())
                    .containsExactly(0, 0);
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "0.2, 0", "0, 2"})
    void masksStayOut(double smoothing, double gamma) {
        ModelLoss loss = loss(smoothing, gamma, new double[0]);
        RowClassifier classifier =
                classifier(model(5, Normalizer.SOFTMAX, loss, 0.7), GradientClasses.FULL);
        float[] scores = {1, MASKED, 0.5f, MASKED, -1};

        Gradient gradient = gradient(classifier, scores, 2);

        double[] expected =
                new LossReference(Normalizer.SOFTMAX, loss, 0.7).gradient(scores, 2, STEP);
        for (int k : new int[] {0, 2, 4}) {
            assertThat((double) gradient.values()[k]).isCloseTo(expected[k], within(2e-6));
        }
        assertThat(gradient.values()[1]).isEqualTo(0f);
        assertThat(gradient.values()[3]).isEqualTo(0f);
        assertThat(gradient(classifier, scores, 1)).as("of a masked label").isNull();
    }

    @ParameterizedTest
    @EnumSource(
            value = Normalizer.class,
            names = {"SPARSEMAX", "ENTMAX15"})
    void isThatOfTheFenchelYoungLoss(Normalizer normalizer) {
        for (double temperature : new double[] {0.3, 1, 3}) {
            ModelLoss loss = loss(0, 0, random.doubles(17, 0.1, 4).toArray());
            RowClassifier classifier =
                    classifier(model(17, normalizer, loss, temperature), GradientClasses.FULL);
            LossReference reference = new LossReference(normalizer, loss, temperature);
            for (int i = 0; i < ROWS; i++) {
                float[] scores = scores(17, temperature);
                scores[3] = MASKED;
                int label = 4 + random.nextInt(10);
                Gradient gradient = gradient(classifier, scores, label);
                // Beside a kink the differences are off by up to the step.
                double[] expected = reference.gradient(scores, label, 1e-6);
                for (int k = 0; k < 17; k++) {
                    assertThat((double) gradient.values()[k])
                            .as("class %d", k)
                            .isCloseTo(k == 3 ? 0 : expected[k], within(1e-5 / temperature));
                }
            }
        }
    }

    @Test
    void hasTheLossAndTheWeightOfItsRow() {
        ModelLoss loss = loss(0.1, 0, new double[] {1, 4});
        RowClassifier classifier =
                classifier(model(2, Normalizer.SOFTMAX, loss, 1), GradientClasses.FULL);
        ScoreRecord row = new ScoreRecord("r", "m", 5, new float[] {3, 1}, 1, null, null, 0.5);

        Gradient gradient = gradient(classifier, row);

        double nats = classifier.row().lossTerm().label().lossNats();
        assertThat(gradient.weight()).isEqualTo(2);
        assertThat(gradient.lossNats()).isEqualTo(2 * nats);
        double expected = 2 * (0.8807970779778823 - 0.05);
        assertThat((double) gradient.values()[0]).isCloseTo(expected, within(1e-6));
        assertThat((double) gradient.values()[1]).isCloseTo(-expected, within(1e-6));
        assertThat(gradient)
                .isEqualTo(
                        new Gradient("r", "m", 5, 1, 2, 2 * nats, null, gradient.values().clone()));
    }

    @Test
    void picksTheBestClassesAndTheLabels() {
        ModelSpec model = model(6, Normalizer.SOFTMAX, ModelLoss.CROSS_ENTROPY, 1);
        RowClassifier full = classifier(model, GradientClasses.FULL);
        RowClassifier some = classifier(model, new GradientClasses(3));
        float[] scores = {0, 2, MASKED, 2, 5, 1};

        assertPicked(full, some, scores, 3, 4, 1, 3);
        assertPicked(full, some, scores, 0, 4, 1, 3, 0);
        assertPicked(full, some, new float[] {1, MASKED, MASKED, MASKED, 0, MASKED}, 4, 0, 4);
    }

    private static void assertPicked(
            RowClassifier full, RowClassifier some, float[] scores, int label, int... classes) {
        float[] all = gradient(full, scores, label).values();
        Gradient picked = gradient(some, scores, label);
        assertThat(picked.classes()).containsExactly(classes);
        for (int i = 0; i < classes.length; i++) {
            assertThat(picked.values()[i]).isEqualTo(all[classes[i]]);
        }
    }

    @Test
    void isOfTheLogProbabilitiesWhereTheseWereDeclared() {
        ModelSpec declared =
                new ModelSpec("m", 3, List.of(), ScoresAre.PROBABILITIES, 1, Normalizer.SOFTMAX, 5);
        Gradient gradient =
                gradient(
                        classifier(declared, GradientClasses.FULL),
                        new float[] {0.25f, 0.75f, 0},
                        0);
        assertThat((double) gradient.values()[0]).isCloseTo(-0.75, within(1e-6));
        assertThat((double) gradient.values()[1]).isCloseTo(0.75, within(1e-6));
        assertThat(gradient.values()[2]).isEqualTo(0f);
    }

    @Test
    void isThereOnlyForALabelThatCountsAndIfWanted() {
        ModelLoss ignoring = new ModelLoss(RowLoss.CROSS_ENTROPY, new double[0], "1");
        ModelSpec model = model(2, Normalizer.SOFTMAX, ignoring, 1);
        RowClassifier wanted = classifier(model, GradientClasses.FULL);
        assertThat(gradient(wanted, new float[] {3, 1}, ScoreRecord.NO_LABEL)).isNull();
        assertThat(gradient(wanted, new float[] {3, 1}, 1)).as("ignored").isNull();
        assertThat(gradient(wanted, new float[] {3, 1}, 0)).isNotNull();
        assertThat(gradient(classifier(model, null), new float[] {3, 1}, 0)).isNull();
    }

    @Test
    void isNotThereForARowThatDidNotComeWhole() {
        RowClassifier classifier =
                classifier(
                        model(3, Normalizer.SOFTMAX, ModelLoss.CROSS_ENTROPY, 1),
                        GradientClasses.FULL);
        Selection best = Selection.ofBest(new int[] {0, 1}, Selection.ALL_OTHERS, 3.2);
        float[] scores = {3, 1};
        assertThat(gradient(classifier, new float[] {3, 1, 0}, 0)).isNotNull();
        assertThat(
                        gradient(
                                classifier,
                                new ScoreRecord(
                                        "r",
                                        "m",
                                        5,
                                        scores,
                                        0,
                                        null,
                                        null,
                                        1,
                                        null,
                                        best,
                                        ScoreRecord.ONLY_ROW)))
                .isNull();
        assertThat(classifier.row().isLabelled()).isTrue();
    }

    /** Of a real model, as it is, at the temperature that fits it, and saturated. */
    @ParameterizedTest
    @ValueSource(doubles = {0.02, 0.3251856, 1})
    void isThatOfCentralDifferencesForRecordedScores(double temperature) throws IOException {
        LossReference reference =
                new LossReference(Normalizer.SOFTMAX, ModelLoss.CROSS_ENTROPY, temperature);
        ModelSpec model = model(103, Normalizer.SOFTMAX, ModelLoss.CROSS_ENTROPY, temperature);
        RowClassifier classifier = classifier(model, GradientClasses.FULL);
        List<String> names = Files.readAllLines(RECORDED.resolve("langdetect-103.classes.txt"));
        int tiny = 0;
        for (JsonNode row : recorded(200)) {
            float[] scores = new float[103];
            for (int k = 0; k < scores.length; k++) {
                scores[k] = Float.parseFloat(row.path("scores").path(k).asText());
            }
            int label = names.indexOf(row.path("label").asText());
            double[] expected = reference.gradient(scores, label, STEP);
            double largest = largest(expected);
            Gradient gradient = gradient(classifier, scores, label);
            for (int k = 0; k < scores.length; k++) {
                double relative = 1e-6 * Math.abs(expected[k]);
                double allowed = relative + 1e-7 * largest + 1e-34 / temperature;
                assertThat((double) gradient.values()[k]).isCloseTo(expected[k], within(allowed));
            }
            tiny += largest < 1e-6 / temperature ? 1 : 0;
        }
        assertThat(tiny).isBetween(temperature < 0.1 ? 20 : 0, 199);
    }

    private static List<JsonNode> recorded(int count) throws IOException {
        Path file = RECORDED.resolve("langdetect-103.jsonl.gz");
        List<JsonNode> rows = new ArrayList<>();
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file));
                MappingIterator<JsonNode> all =
                        new ObjectMapper().readerFor(JsonNode.class).readValues(in)) {
            while (rows.size() < count) {
                rows.add(all.next());
            }
        }
        return rows;
    }
}
