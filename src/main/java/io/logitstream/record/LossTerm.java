package io.logitstream.record;

import org.jspecify.annotations.Nullable;

/**
 * What one event adds to the aggregates of its window. Figures that its kind does not use are 0.
 *
 * @param model the model's name
 * @param segment the row's segment, or null
 * @param windowStartMillis start of its window in event time; 0 where there are no windows
 * @param kind what happened
 * @param sign 1, or -1 to take back an equal term that was added before
 * @param weight the row's weight, not negative
 * @param confidence the largest probability, in [0, 1]; NaN if nobody knows it
 * @param entropyNats the entropy that is the expected loss if the distribution is true; NaN if
 *     nobody computed it
 * @param predictedClass the class of the largest probability
 * @param perClass whether the classes are counted one by one
 * @param label what the label says; null if there is none, or one to ignore
 * @param delayMillis how long after its score the label was given, in event time
 * @param support how many probabilities of a sparse distribution are above 0
 * @param certainty how much of this is certain
 * @param saturation how saturated the softmax of all its scores is, or null if it has none
 * @param fit what the row says at other temperatures, or null if it was not chosen for that
 * @param comparison what other distributions make of the row, or null if it was not chosen for that
 * @param card of the row's model, or null if the job file has it
 */
public record LossTerm(
        String model,
        @Nullable String segment,
        long windowStartMillis,
        Kind kind,
        int sign,
        double weight,
        double confidence,
        double entropyNats,
        int predictedClass,
        boolean perClass,
        @Nullable LabelFigures label,
        long delayMillis,
        int support,
        Certainty certainty,
        @Nullable RowSaturation saturation,
        @Nullable RowFit fit,
        @Nullable RowComparison comparison,
        @Nullable ModelCard card) {

    /** What happened. */
    public enum Kind {
        /** A row that waits for no label: it came with one, or none is expected. */
        ROW,
        /** A row that waits for its label. */
        WAITING_ROW,
        /** A row that could be read and not be classified. */
        REFUSED_ROW,
        /** A label that was given before its score's window ended. */
        MATCHED,
        /** A label that was given after its score's window ended, which corrects the window. */
        CORRECTED,
        /** A score whose label did not come in time. */
        EXPIRED,
        /** A score whose id another one had. */
        REPEATED_SCORE,
        /** A label without a score. */
        ORPHAN,
        /** A label that says again what another one said. */
        DUPLICATE,
        /** A label that says something else than the one that counts. */
        CONFLICTING,
        /** A label that was given when its score no longer waited. */
        TOO_LATE;

        /** Returns whether a row or a label ended without the other. */
        public boolean isLeftOver() {
            return switch (this) {
                case EXPIRED, REPEATED_SCORE, ORPHAN, DUPLICATE, CONFLICTING, TOO_LATE -> true;
                case ROW, WAITING_ROW, REFUSED_ROW, MATCHED, CORRECTED -> false;
            };
        }

        /** Returns whether the event is about a row itself and not about its label. */
        boolean isRow() {
            return this == ROW || this == WAITING_ROW;
        }
    }

    /** Returns the term of something that has nothing but a place. */
    public static LossTerm event(
            Kind kind, String model, @Nullable String segment, long windowStartMillis) {
        return new LossTerm(
                model,
                segment,
                windowStartMillis,
                kind,
                1,
                0,
                0,
                0,
                0,
                false,
                null,
                0,
                0,
                Certainty.FULL,
                null,
                null,
                null,
                null);
    }

    /** Returns the term that takes this one back. */
    public LossTerm withdrawn() {
        return new LossTerm(
                model,
                segment,
                windowStartMillis,
                kind,
                -sign,
                weight,
                confidence,
                entropyNats,
                predictedClass,
                perClass,
                label,
                delayMillis,
                support,
                certainty,
                saturation,
                fit,
                comparison,
                card);
    }
}
