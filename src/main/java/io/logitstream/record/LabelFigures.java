package io.logitstream.record;

import io.logitstream.kernel.RowLoss;
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
 * @param gradientNorm of the loss with respect to the scores over the temperature, {@code |p - y|};
 *     NaN if nobody knows it
 * @param underflows whether float32 makes the label's probability 0, though no score is masked
 */
public record LabelFigures(
        int trueClass,
        int rank,
        double lossNats,
        double upperLossNats,
        double lossWeight,
        double brier,
        double gradientNorm,
        boolean underflows) {

    /**
     * In place of the true class: there may be none or several, which nothing counts one by one.
     */
    public static final int SET_OF_CLASSES = -1;

    /** How many best classes must be known to tell top-5 accuracy. */
    public static final int RANKS = 5;

    /** What {@code -ln p} is where float32 makes p, nearest to even, 0: {@code 150 ln 2}. */
    private static final double UNDERFLOW_NATS = 150 * 0.6931471805599453;

    /** Creates the figures of a row whose scores have no gradient {@code p - y}. */
    public LabelFigures(
            int trueClass,
            int rank,
            double lossNats,
            double upperLossNats,
            double lossWeight,
            double brier) {
        this(trueClass, rank, lossNats, upperLossNats, lossWeight, brier, Double.NaN, false);
    }

    /** Returns the figures of a label whose score is known. */
    public static LabelFigures of(
            int trueClass,
            float score,
            int rank,
            RowSummary row,
            RowLoss loss,
            double classWeight) {
        double nats = loss.nats(row, score);
        double brier = row.brier(score);
        return new LabelFigures(
                trueClass,
                rank < RANKS ? rank : -1,
                nats,
                nats,
                classWeight,
                brier,
                row.gradientNorm(score, brier),
                row.sparse() == null
                        && score != Float.NEGATIVE_INFINITY
                        && (loss.equals(RowLoss.CROSS_ENTROPY) ? nats : row.crossEntropy(score))
                                >= UNDERFLOW_NATS);
    }

    /** Returns the figures of a label whose score is in a range. */
    static LabelFigures between(
            int trueClass,
            float lowest,
            float highest,
            RowSummary row,
            RowLoss loss,
            double classWeight) {
        return new LabelFigures(
                trueClass,
                -1,
                loss.nats(row, highest),
                loss.nats(row, lowest),
                classWeight,
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
