package io.logitstream.record;

import org.jspecify.annotations.Nullable;

/**
 * What one row adds to the aggregates of its window.
 *
 * @param model the model's name
 * @param segment the row's segment, or null
 * @param windowStartMillis start of its window in event time; 0 where there are no windows
 * @param weight the row's weight, not negative
 * @param confidence the largest probability, in (0, 1]
 * @param entropyNats entropy of the distribution
 * @param labelled whether the row has a label; the figures below mean something only then
 * @param lossNats the loss, +infinity if the label is a masked class
 * @param lossWeight what the loss is weighted with beside {@code weight}: the weight of the label's
 *     class
 * @param brier Brier score as the sum over classes, in [0, 2]
 * @param labelRank rank of the label by the tie rule from 0, or -1 if it is not among the best
 *     {@link #RANKS}
 */
public record LossTerm(
        String model,
        @Nullable String segment,
        long windowStartMillis,
        double weight,
        double confidence,
        double entropyNats,
        boolean labelled,
        double lossNats,
        double lossWeight,
        double brier,
        int labelRank) {

    /** How many best classes must be known to tell top-5 accuracy. */
    public static final int RANKS = 5;
}
