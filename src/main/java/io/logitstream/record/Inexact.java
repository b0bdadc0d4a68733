package io.logitstream.record;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why a prediction is not exact, and what is known instead. */
public sealed interface Inexact {

    /**
     * Shards of the row did not come: its probabilities are upper bounds and its log-sum-exp a
     * lower one.
     *
     * @param shards the missing shards, ascending
     * @param classes how many classes they have
     */
    record MissingShards(List<Integer> shards, int classes) implements Inexact {

        public MissingShards {
            shards = List.copyOf(shards);
        }
    }

    /**
     * Only the best classes were sent. Probabilities are upper bounds and the log-sum-exp a lower
     * one, unless it was sent too; then these are fewer classes than the top-k has.
     *
     * @param rest how many classes that are not masked were not sent
     * @param topProbabilitiesFrom the lower bounds of the probabilities of the top-k
     * @param logSumExpTo the upper bound of the log-sum-exp
     */
    record Truncated(int rest, float[] topProbabilitiesFrom, double logSumExpTo)
            implements Inexact {

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Truncated that
                    && rest == that.rest
                    && Arrays.equals(topProbabilitiesFrom, that.topProbabilitiesFrom)
                    && Double.compare(logSumExpTo, that.logSumExpTo) == 0;
        }

        @Override
        public int hashCode() {
            return Double.hashCode(logSumExpTo);
        }
    }

    /**
     * Only classes drawn at random were sent: the best are those among them, the log-sum-exp and
     * all probabilities are estimates.
     *
     * @param draws how many
     * @param standardError of the log-sum-exp, in nats
     */
    record Sampled(int draws, double standardError) implements Inexact {}

    /**
     * Tails that were not sent may have one of the best classes.
     *
     * @param tails those, ascending
     * @param probability of all their classes together
     */
    record MissingTails(List<Integer> tails, double probability) implements Inexact {

        public MissingTails {
            tails = List.copyOf(tails);
        }
    }
}
