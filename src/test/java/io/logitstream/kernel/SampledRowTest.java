package io.logitstream.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The sampled loss against the loss of all classes. */
class SampledRowTest {

    private static final int CLASSES = 5_000;
    private static final int SAMPLES = 20_000;

    /** Always the same: one of three hundred honest draws misses three standard errors. */
    private final Random random = new Random(20);

    /** How classes are drawn. */
    private enum Sampler {
        UNIFORM {
            @Override
            double weight(int classIndex) {
                return 1;
            }
        },
        LOG_UNIFORM {
            @Override
            double weight(int classIndex) {
                return Math.log((classIndex + 2.0) / (classIndex + 1.0));
            }
        };

        abstract double weight(int classIndex);
    }

    /** Draws classes by their weight, independently. */
    private final class Draws {
        final double[] cumulated = new double[CLASSES];
        final float[] logShares = new float[CLASSES];

        Draws(Sampler sampler) {
            double sum = 0;
            for (int i = 0; i < CLASSES; i++) {
                sum += sampler.weight(i);
                cumulated[i] = sum;
            }
            for (int i = 0; i < CLASSES; i++) {
                logShares[i] = (float) Math.log(sampler.weight(i) / sum);
            }
        }

        int draw() {
            double at = random.nextDouble() * cumulated[CLASSES - 1];
            int found = Arrays.binarySearch(cumulated, at);
            return Math.min(CLASSES - 1, found < 0 ? -found - 1 : found);
        }
    }

    /** Scores that fall with the class, as those of a language model with sorted words. */
    private float[] scores() {
        float[] scores = new float[CLASSES];
        for (int i = 0; i < CLASSES; i++) {
            scores[i] = (float) (-0.4 * Math.log(i + 1.0) + 0.4 * random.nextGaussian());
        }
        return scores;
    }

    private static double exactLoss(float[] scores, int label, double temperature) {
        double sum = 0;
        for (float score : scores) {
            sum += Math.exp(score / temperature);
        }
        return Math.log(sum) - scores[label] / temperature;
    }

    @ParameterizedTest
    @EnumSource
    void meanOfManySamplesIsWithinThreeStandardErrorsOfTheExactLoss(Sampler sampler) {
        Draws draws = new Draws(sampler);
        float[] scores = scores();
        int n = 200;
        for (int label : new int[] {0, 40, 4_999}) {
            double temperature = label == 40 ? 1.3 : 1;
            double exact = exactLoss(scores, label, temperature);
            SampledRow row = new SampledRow(temperature);
            double sum = 0;
            double squares = 0;
            double variances = 0;
            for (int i = 0; i < SAMPLES; i++) {
                become(row, draws, scores, n, label);
                sum += row.loss() - exact;
                squares += (row.loss() - exact) * (row.loss() - exact);
                variances += row.standardError() * row.standardError();
                assertThat(row.loss()).isPositive();
            }
            double mean = sum / SAMPLES;
            double observed = squares / SAMPLES - mean * mean;
            double standardError = Math.sqrt(observed / SAMPLES);
            assertThat(Math.abs(mean)).isLessThan(3 * standardError);
            assertThat(variances / SAMPLES / observed)
                    .as("the standard error it gives, against the one that is seen")
                    .isBetween(0.8, 1.25);
        }
    }

    private static void become(SampledRow row, Draws draws, float[] scores, int n, int label) {
        int[] classes = new int[n];
        float[] drawn = new float[n];
        float[] logCounts = new float[n];
        for (int i = 0; i < n; i++) {
            classes[i] = draws.draw();
            drawn[i] = scores[classes[i]];
            logCounts[i] = (float) (Math.log(n) + draws.logShares[classes[i]]);
        }
        row.become(classes, drawn, logCounts, label, scores[label]);
    }

    /** Scores so large that their log-sum-exp rounds to the largest of them. */
    @Test
    void knowsScoresApartFromEachOtherHoweverFarFromZero() {
        SampledRow row = new SampledRow(1);
        row.become(new int[] {4, 5}, new float[] {1e17f, 1e17f}, new float[2], 7, 1e17f);
        assertThat(row.loss()).isCloseTo(Math.log(3), within(1e-12));
        assertThat(row.probability(1e17f)).isCloseTo(1 / 3.0, within(1e-12));
        float half = (float) Math.log(2);
        row.become(
                new int[] {4, 5}, new float[] {1e17f, 1e17f}, new float[] {half, half}, 7, 1e17f);
        assertThat(row.loss()).isCloseTo(Math.log(2), within(1e-7));
    }

    @Test
    void isExactWhereEveryClassIsDrawnAsOftenAsExpected() {
        float[] scores = {1, 3, -2, 0.5f};
        SampledRow row = new SampledRow(1);
        row.become(new int[] {0, 1, 2, 3}, scores, new float[4], 1, 3);
        double sum = Math.exp(1) + Math.exp(3) + Math.exp(-2) + Math.exp(0.5);
        double rest = sum - Math.exp(3);
        double squares = Math.exp(2) + Math.exp(-4) + Math.exp(1) - rest * rest / 4;
        double variance = squares * 4 / 3;
        assertThat(row.standardError()).isCloseTo(Math.sqrt(variance) / sum, within(1e-12));
        assertThat(row.loss())
                .isCloseTo(Math.log(sum) - 3 + variance / (2 * sum * sum), within(1e-12));
        assertThat(row.draws()).isEqualTo(4);
    }

    @Test
    void aSamplerThatKnowsTheProbabilitiesHasNoError() {
        SampledRow row = new SampledRow(1);
        // Ten draws with expected counts in proportion to exp(z); the sum of all is 40.
        int[] classes = new int[10];
        float[] scores = new float[10];
        float[] logCounts = new float[10];
        for (int i = 0; i < 10; i++) {
            classes[i] = i;
            scores[i] = (float) random.nextGaussian();
            logCounts[i] = (float) (scores[i] - Math.log(4));
        }
        row.become(classes, scores, logCounts, 77, -20);
        assertThat(row.logSumExp()).isCloseTo(Math.log(40), within(1e-6));
        assertThat(row.standardError()).isCloseTo(0, within(1e-6));
    }

    @Test
    void survivesScoresFarFromZero() {
        SampledRow row = new SampledRow(1);
        float masked = Float.NEGATIVE_INFINITY;
        row.become(new int[] {4, 5, 6}, new float[] {5_000, 4_999, masked}, new float[3], 7, 5_001);
        assertThat(row.loss()).isBetween(0.4, 0.6);
        row.become(new int[] {4, 5}, new float[] {masked, masked}, new float[2], 7, -1e30f);
        assertThat(row.loss()).isZero();
        assertThat(row.standardError()).isZero();
        row.become(new int[] {4, 5}, new float[] {0, 0}, new float[2], 7, -1e30f);
        assertThat(row.loss()).isGreaterThan(1e29);
    }
}
