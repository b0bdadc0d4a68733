package io.logitstream.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which scores of a row were sent, where they are not one for each class. The arrays may be the
 * decoder's reused buffers, like the scores beside them. Figures that the kind does not use are 0.
 *
 * @param kind what was sent
 * @param indices the class of each score; for {@link Kind#TAILS} the numbers of the tails,
 *     ascending
 * @param rest for {@link Kind#BEST}, how many other classes have a score that is not -infinity, or
 *     {@link #ALL_OTHERS}
 * @param logSumExp for {@link Kind#BEST}, of the scores of all classes as they were sent, in nats;
 *     NaN if nobody knows
 * @param logExpectedCounts for {@link Kind#SAMPLED}, of each class the logarithm of how often the
 *     sampler is expected to draw it in one row
 * @param labelScore for {@link Kind#SAMPLED}, the score of the row's label
 */
public record Selection(
        Kind kind,
        int[] indices,
        int rest,
        double logSumExp,
        float[] logExpectedCounts,
        float labelScore) {

    /** None of the classes that were not sent is masked. */
    public static final int ALL_OTHERS = -1;

    private static final float[] NO_COUNTS = new float[0];

    /** What was sent. */
    public enum Kind {
        /** The scores of the best classes, in any order. */
        BEST,
        /** The scores of classes drawn at random; one that was drawn twice is there twice. */
        SAMPLED,
        /** The head of an adaptive softmax and some of its tails, one behind the other. */
        TAILS
    }

    /** Returns that the best classes were sent. */
    public static Selection ofBest(int[] classes, int rest, double logSumExp) {
        return new Selection(Kind.BEST, classes, rest, logSumExp, NO_COUNTS, 0);
    }

    /** Returns that classes drawn at random were sent. */
    public static Selection ofSampled(int[] classes, float[] logExpectedCounts, float labelScore) {
        return new Selection(Kind.SAMPLED, classes, 0, 0, logExpectedCounts, labelScore);
    }

    /** Returns that the head and some tails were sent. */
    public static Selection ofTails(int[] tails) {
        return new Selection(Kind.TAILS, tails, 0, 0, NO_COUNTS, 0);
    }

    /** Returns the same in arrays that no decoder writes to. */
    Selection copy() {
        return new Selection(
                kind, indices.clone(), rest, logSumExp, logExpectedCounts.clone(), labelScore);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Selection that
                && kind == that.kind
                && Arrays.equals(indices, that.indices)
                && rest == that.rest
                && Double.compare(logSumExp, that.logSumExp) == 0
                && Arrays.equals(logExpectedCounts, that.logExpectedCounts)
                && Float.compare(labelScore, that.labelScore) == 0;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(indices);
    }

    @Override
    public String toString() {
        return "Selection[%s, %d indices]".formatted(kind, indices.length);
    }
}
