package io.logitstream.record;

/**
 * How much of what a row says is certain, where not all of its scores were sent.
 *
 * @param ranks how many of the best {@link LabelFigures#RANKS} classes are known to be that
 * @param confidenceWidth how far apart the bounds of the largest probability are, whose middle
 *     counts
 * @param isEstimate whether the loss is an estimate
 * @param lossVariance its variance in nats squared, 0 if it is none
 */
public record Certainty(
        int ranks, double confidenceWidth, boolean isEstimate, double lossVariance) {

    /** Nothing is in doubt. */
    public static final Certainty FULL = new Certainty(LabelFigures.RANKS, 0, false, 0);

    /** Returns whether the best class is known. */
    boolean knowsBest() {
        return ranks > 0;
    }

    /** Returns whether it is known which classes are among the best. */
    boolean knowsRanks() {
        return ranks >= LabelFigures.RANKS;
    }
}
