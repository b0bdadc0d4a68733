package io.logitstream.record;

/**
 * How much of what a row says is certain, where not all of its scores were sent.
 *
 * @param ranks how many of the best {@link LabelFigures#RANKS} classes are known to be that
 * @param confidenceWidth how far apart the bounds of the largest probability are, whose middle
 *     counts
 * @param lossVariance the variance of a loss that is an estimate, in nats squared
 */
public record Certainty(int ranks, double confidenceWidth, double lossVariance) {

    /** Nothing is in doubt. */
    public static final Certainty FULL = new Certainty(LabelFigures.RANKS, 0, 0);

    /** Returns whether the best class is known. */
    boolean knowsBest() {
        return ranks > 0;
    }

    /** Returns whether it is known which classes are among the best. */
    boolean knowsRanks() {
        return ranks >= LabelFigures.RANKS;
    }
}
