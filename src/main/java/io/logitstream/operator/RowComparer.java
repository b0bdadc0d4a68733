package io.logitstream.operator;

import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.RowLoss;
import io.logitstream.kernel.RowState;
import io.logitstream.kernel.RowSummary;
import io.logitstream.kernel.SampledRow;
import io.logitstream.kernel.SparseRow;
import io.logitstream.record.CompareSpec;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.RowComparison;
import io.logitstream.record.RowComparison.Contender;
import io.logitstream.record.RowHash;
import io.logitstream.record.ScoreRecord;
import java.util.Arrays;

/**
 * Looks at a row with all its scores as other distributions would. Losses are the plain ones of
 * each distribution: cross-entropy, or the Fenchel-Young loss of a sparse one. The sampler draws
 * every class equally often, from the row's id alone, so that the same row is always sampled the
 * same way. Not thread-safe.
 */
final class RowComparer {

    /** The golden ratio's step of SplitMix64. */
    private static final long STEP = 0x9e3779b97f4a7c15L;

    private static final int BYTES_OF_SCORE = Float.BYTES;
    private static final int BYTES_OF_CLASS_AND_SCORE = Integer.BYTES + Float.BYTES;

    private final CompareSpec spec;
    private final RowState softmax;
    private final RowState tempered;
    private final SparseRow sparsemax;
    private final SparseRow entmax15;
    private final SampledRow sampled;
    private final int[] drawn;
    private final float[] drawnScores;
    private final float[] logExpectedCounts;

    RowComparer(ModelSpec model, CompareSpec spec) {
        this.spec = spec;
        double temperature = model.temperature();
        softmax = new RowState(temperature, 1);
        tempered = new RowState(spec.temperature(), 1);
        sparsemax = new SparseRow(Normalizer.SPARSEMAX.sparsePower(), temperature);
        entmax15 = new SparseRow(Normalizer.ENTMAX15.sparsePower(), temperature);
        sampled = new SampledRow(temperature);
        drawn = new int[spec.draws()];
        drawnScores = new float[spec.draws()];
        logExpectedCounts = new float[spec.draws()];
        Arrays.fill(
                logExpectedCounts,
                (float) StrictMath.log((double) spec.draws() / model.numClasses()));
    }

    /** Returns whether a row is to be compared. */
    boolean chooses(String id) {
        return RowHash.isIn(spec.share(), id);
    }

    /**
     * Compares a row.
     *
     * @param row its scores are logits
     * @param label its label, or {@link ScoreRecord#NO_LABEL}
     */
    RowComparison compare(ScoreRecord row, int label, RowKernel kernel) {
        float[] scores = row.scores();
        reduce(scores, softmax, kernel);
        float max = softmax.topK().score(0);
        sparsemax.become(kernel, scores, 0, scores.length, max);
        entmax15.become(kernel, scores, 0, scores.length, max);
        reduce(scores, tempered, kernel);
        draw(scores, RowHash.seedOf(row.id()));
        int[] supports = new int[Contender.values().length];
        supports[Contender.SOFTMAX.ordinal()] = support(scores, softmax);
        supports[Contender.TEMPERED.ordinal()] = support(scores, tempered);
        supports[Contender.SPARSEMAX.ordinal()] = sparsemax.support();
        supports[Contender.ENTMAX15.ordinal()] = entmax15.support();
        supports[Contender.SAMPLED.ordinal()] = drawn.length;
        boolean[] agreements = new boolean[supports.length];
        Arrays.fill(agreements, true);
        agreements[Contender.SAMPLED.ordinal()] = bestDrawn() == softmax.topK().classAt(0);
        double[] losses =
                label == ScoreRecord.NO_LABEL ? new double[0] : losses(scores[label], label);
        boolean hasLoss = losses.length > 0 && Double.isFinite(losses[Contender.SAMPLED.ordinal()]);
        double error = hasLoss ? sampled.standardError() : 0;
        return new RowComparison(
                losses, agreements, supports, bytes(scores.length, supports), error * error);
    }

    private static void reduce(float[] scores, RowState state, RowKernel kernel) {
        state.clear();
        kernel.reduce(scores, 0, scores.length, 0, state);
    }

    private static int support(float[] scores, RowState state) {
        int support = 0;
        for (float score : scores) {
            support += state.probability(score) > 0 ? 1 : 0;
        }
        return support;
    }

    private void draw(float[] scores, long seed) {
        long state = seed;
        for (int i = 0; i < drawn.length; i++) {
            state += STEP;
            long high = RowHash.mixed(state) >>> 33;
            drawn[i] = (int) (high * scores.length >>> 31);
            drawnScores[i] = scores[drawn[i]];
        }
    }

    private int bestDrawn() {
        int best = 0;
        for (int i = 1; i < drawn.length; i++) {
            float score = drawnScores[i];
            if (score > drawnScores[best]
                    || (score == drawnScores[best] && drawn[i] < drawn[best])) {
                best = i;
            }
        }
        return drawn[best];
    }

    private double[] losses(float labelScore, int label) {
        double[] losses = new double[Contender.values().length];
        losses[Contender.SOFTMAX.ordinal()] = loss(softmax.summary(), labelScore);
        losses[Contender.TEMPERED.ordinal()] = loss(tempered.summary(), labelScore);
        losses[Contender.SPARSEMAX.ordinal()] = loss(sparsemax.summary(), labelScore);
        losses[Contender.ENTMAX15.ordinal()] = loss(entmax15.summary(), labelScore);
        boolean isMasked = labelScore == Float.NEGATIVE_INFINITY;
        if (!isMasked) {
            sampled.become(drawn, drawnScores, logExpectedCounts, label, labelScore);
        }
        losses[Contender.SAMPLED.ordinal()] = isMasked ? Double.POSITIVE_INFINITY : sampled.loss();
        return losses;
    }

    private static double loss(RowSummary row, float labelScore) {
        return RowLoss.CROSS_ENTROPY.nats(row, labelScore);
    }

    private static long[] bytes(int numClasses, int[] supports) {
        long[] bytes = new long[supports.length];
        for (Contender contender : Contender.values()) {
            boolean isDense = contender == Contender.SOFTMAX || contender == Contender.TEMPERED;
            bytes[contender.ordinal()] =
                    isDense
                            ? (long) BYTES_OF_SCORE * numClasses
                            : (long) BYTES_OF_CLASS_AND_SCORE * supports[contender.ordinal()];
        }
        // The label's score beside those that were drawn.
        bytes[Contender.SAMPLED.ordinal()] += BYTES_OF_SCORE;
        return bytes;
    }
}
