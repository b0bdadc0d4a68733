package io.logitstream.record;

import java.util.Arrays;
import java.util.List;
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
 * @param topScores the scores of these classes {@code [k]}, before the temperature
 * @param topProbabilities their probabilities {@code [k]}
 * @param logSumExp {@code ln sum_i exp(z_i / temperature)}, in nats; NaN where there is none
 * @param entropy of the distribution, in nats, at least 0; of a sparse one, the Tsallis entropy of
 *     its loss; NaN of a tree, most of which nobody looked at
 * @param temperature what divided the scores
 * @param normalizer what made the distribution
 * @param probabilities the whole distribution {@code [numClasses]}, or null if only the top-k is
 *     wanted
 * @param missing what did not come of the row, or null if all of it did; then probabilities are
 *     upper bounds and the log-sum-exp a lower one
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
        @Nullable Missing missing,
        int support,
        int visited) {

    /**
     * What did not come of a row in shards.
     *
     * @param shards the missing shards, ascending
     * @param classes how many classes they have
     */
    public record Missing(List<Integer> shards, int classes) {

        public Missing {
            shards = List.copyOf(shards);
        }
    }

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
                && Objects.equals(missing, that.missing)
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
