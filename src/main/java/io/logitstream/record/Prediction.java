package io.logitstream.record;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the job says of one row.
 *
 * @param id the row's id
 * @param model the model's name
 * @param timestampMillis event time, or {@link RawRecord#NO_TIMESTAMP}
 * @param numClasses K, masked classes included
 * @param topClasses class indices {@code [k]}, best first, the lower index first among equal
 *     scores; masked classes never appear, so k can be below the model's top-k
 * @param topScores the scores of these classes {@code [k]}, before the temperature; where they have
 *     none of their own, their log-probabilities
 * @param topProbabilities their probabilities {@code [k]}
 * @param logSumExp {@code ln sum_i exp(z_i / temperature)}, in nats; NaN where there is none
 * @param entropy of the distribution, in nats, at least 0; of a sparse one, the Tsallis entropy of
 *     its loss; of a sigmoid, the mean over the classes; NaN of a tree, most of which nobody looked
 *     at, and where scores are missing
 * @param temperature what divided the scores
 * @param normalizer what made the distribution
 * @param probabilities the whole distribution {@code [numClasses]}, or null if only the top-k is
 *     wanted
 * @param inexact why not all figures are exact, or null if they are
 * @param support how many probabilities of a sparse distribution are above 0; else 0
 * @param visited how many inner nodes of its tree the search for the best classes looked at; else 0
 */
public record Prediction(
        String id,
        String model,
        long timestampMillis,
        int numClasses,
        int[] topClasses,
        float[] topScores,
        float[] topProbabilities,
        double logSumExp,
        double entropy,
        double temperature,
        Normalizer normalizer,
        float @Nullable [] probabilities,
        @Nullable Inexact inexact,
        int support,
        int visited) {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Prediction that
                && id.equals(that.id)
                && model.equals(that.model)
                && timestampMillis == that.timestampMillis
                && numClasses == that.numClasses
                && Arrays.equals(topClasses, that.topClasses)
                && Arrays.equals(topScores, that.topScores)
                && Arrays.equals(topProbabilities, that.topProbabilities)
                && Double.compare(logSumExp, that.logSumExp) == 0
                && Double.compare(entropy, that.entropy) == 0
                && Double.compare(temperature, that.temperature) == 0
                && normalizer == that.normalizer
                && Arrays.equals(probabilities, that.probabilities)
                && Objects.equals(inexact, that.inexact)
                && support == that.support
                && visited == that.visited;
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, model, timestampMillis);
    }

    @Override
    public String toString() {
        return "Prediction["
                + id
                + ", model="
                + model
                + ", classes "
                + Arrays.toString(topClasses)
                + "]";
    }
}
