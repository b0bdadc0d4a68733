package io.logitstream.record;

import io.logitstream.kernel.RowSummary;

/**
 * What a label says of a row.
 *
 * @param trueClass the label's class, or {@link #SET_OF_CLASSES}
 * @param rank rank of the class, or of the best one of a set, by the tie rule from 0, or -1 if it
 *     is not among the best {@link #RANKS}
 * @param lossNats the loss, +infinity if the label is a masked class; its lower bound if the score
 *     of the class was not kept
 * @param upperLossNats the same, or its upper bound
 * @param lossWeight what the loss is weighted with beside the row's weight: the weight of the class
 * @param brier Brier score as the sum over classes, in [0, 2], or of a set as their mean, in [0,
 *     1]; NaN if nobody knows it
 */
public record LabelFigures(
        int trueClass,
        int rank,
        double lossNats,
        double upperLossNats,
        double lossWeight,
        double brier) {

    /**
     * In place of the true class: there may be none or several, which nothing counts one by one.
     */
    public static final int SET_OF_CLASSES = -1;

    /** How many best classes must be known to tell top-5 accuracy. */
    public static final int RANKS = 5;

    /** Returns the figures of a label whose score is known. */
    public static LabelFigures of(
            int trueClass, float score, int rank, RowSummary row, ModelLoss loss) {
        double nats = loss.row().nats(row, score);
        return new LabelFigures(
                trueClass,
                rank < RANKS ? rank : -1,
                nats,
                nats,
                loss.weightOf(trueClass),
                row.brier(score));
    }

    /** Returns the figures of a label whose score is in a range. */
    static LabelFigures between(
            int trueClass, float lowest, float highest, RowSummary row, ModelLoss loss) {
        return new LabelFigures(
                trueClass,
                -1,
                loss.row().nats(row, highest),
                loss.row().nats(row, lowest),
                loss.weightOf(trueClass),
                Double.NaN);
    }

    /** Returns the same with an upper bound of the loss; the Brier score is not known then. */
    LabelFigures upTo(double upper) {
        return new LabelFigures(trueClass, rank, lossNats, upper, lossWeight, Double.NaN);
    }

    /** Returns whether the loss is known and not only bounded. */
    public boolean isExact() {
        return lossNats == upperLossNats;
    }
}
