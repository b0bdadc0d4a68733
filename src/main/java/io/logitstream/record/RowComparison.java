package io.logitstream.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What other distributions make of one row, by {@link Contender}. The arrays are not to be
 * modified.
 *
 * @param losses in nats, +infinity where the label is a masked class; empty without a label
 * @param agreements whether the best class is that of all scores
 * @param supports how many probabilities are above 0; of the sampler, how many classes it drew
 * @param bytes how many the scores take that have to be sent
 * @param sampledVariance of the loss that is an estimate, in nats squared
 */
public record RowComparison(
        double[] losses,
        boolean[] agreements,
        int[] supports,
        long[] bytes,
        double sampledVariance) {

    /** What is compared. */
    public enum Contender {
        /** The softmax of all scores at the model's temperature. */
        SOFTMAX("softmax"),
        /** The softmax of all scores at the temperature to compare with. */
        TEMPERED("tempered"),
        /** Sparsemax of the scores of its support. */
        SPARSEMAX("sparsemax"),
        /** 1.5-entmax of the scores of its support. */
        ENTMAX15("entmax15"),
        /** The softmax that scores drawn at random estimate. */
        SAMPLED("sampled");

        private final String code;

        Contender(String code) {
            this.code = code;
        }

        /** Returns the name used in aggregates. */
        public String code() {
            return code;
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RowComparison that
                && Arrays.equals(losses, that.losses)
                && Arrays.equals(agreements, that.agreements)
                && Arrays.equals(supports, that.supports)
                && Arrays.equals(bytes, that.bytes)
                && Double.compare(sampledVariance, that.sampledVariance) == 0;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(losses);
    }
}
