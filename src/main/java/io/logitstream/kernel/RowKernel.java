package io.logitstream.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reduces softmax rows to their states, in the order of operations of the package page: cuts them
 * into blocks that stay in the first-level cache, so that its loops together cost one trip through
 * memory. The loops themselves are those of a {@link LaneLoops}, and every kernel returns the same
 * bits, whichever they are. Owns scratch memory: not thread-safe, allocates nothing per call once
 * it has seen the widest row.
 */
public final class RowKernel {

    /** Scores in a block: with its terms it takes half of a first-level cache of 32 KB. */
    public static final int BLOCK = 2048;

    private static final int LANES = LaneLoops.LANES;

    /** Blocks below this go through the scalar loops. */
    private static final int SHORT = LANES;

    private final LaneLoops longLoops;
    private final LaneLoops shortLoops = new ScalarLaneLoops();

    /** A block whose scores are far from 0, less their maximum. */
    private final float[] shifted = new float[BLOCK];

    /** The block's fractions; its terms too, once the fractions are no longer needed. */
    private final float[] fractions = new float[BLOCK];

    private final int[] powers = new int[BLOCK];
    private final float[] lanes = new float[4 * LANES];
    private final float[] maxima = new float[LANES];
    private final LaneSums laneSums = new LaneSums();
    private final RowMaxima rowMaxima = new RowMaxima();

    RowKernel(LaneLoops loops) {
        this.longLoops = loops;
    }

    /**
     * Returns the loops for a block of n scores. A loop that a JVM compiles while it runs only once
     * or twice around may keep its vectors on the heap for ever after.
     */
    private LaneLoops loopsFor(int n) {
        return n < SHORT ? shortLoops : longLoops;
    }

    /**
     * Adds scores to a row's state: {@code state} becomes the state of everything it has seen so
     * far and {@code scores[from, to)}, in this order.
     *
     * @param scores float32 scores, not modified; -infinity masks a class; NaN and +infinity make
     *     the state {@linkplain RowState#isInvalid() invalid}
     * @param from first index to read
     * @param to one past the last index to read
     * @param firstClass the class that {@code scores[from]} belongs to, higher than any the state
     *     has seen
     * @param state where they are added
     */
    public void reduce(float[] scores, int from, int to, int firstClass, RowState state) {
        reduceRow(scores, from, to, firstClass, state, null, 0);
    }

    /**
     * Reduces a whole row and writes its probabilities, with one exponential for each score: the
     * same bits as {@link #reduce} and {@link #probabilitiesInto}.
     *
     * @param scores float32 scores, of which {@code [from, to)} are the row; not modified
     * @param from first index to read
     * @param to one past the last index to read
     * @param state a cleared state that holds S; becomes the row's
     * @param out where to write, another array than {@code scores}; what is written has no meaning
     *     if the row turns out to be invalid or all masked
     * @param at first index to write
     */
    public void softmaxInto(float[] scores, int from, int to, RowState state, float[] out, int at) {
        reduceRow(scores, from, to, 0, state, out, at);
        if (state.isInvalid() || state.isAllMasked()) {
            return;
        }
        RowSums row = state.sums();
        RowSums block = state.block();
        for (int start = from, number = 0; start < to; start += BLOCK, number++) {
            int n = Math.min(BLOCK, to - start);
            int target = at + (start - from);
            float max = rowMaxima.ofBlock(number);
            if (max == Float.NEGATIVE_INFINITY) {
                Arrays.fill(out, target, target + n, 0f);
                continue;
            }
            block.refer(max);
            if (block.anchor == row.anchor) {
                float factor = Math.scalb(state.factor(), block.exponent - row.exponent);
                loopsFor(n).scaleTerms(out, target, target + n, factor);
            } else {
                probabilitiesInto(scores, start, start + n, state, out, target);
            }
        }
    }

    /**
     * Writes the probabilities of scores whose row has been reduced, 0 for masked classes: {@code
     * out[at + i] = p(scores[from + i])}.
     *
     * @param scores float32 scores of the reduced row, or part of them, not modified
     * @param from first index to read
     * @param to one past the last index to read
     * @param state the reduced row, valid and not all masked
     * @param out where to write; may be {@code scores} itself if {@code at} is {@code from}
     * @param at first index to write
     */
    public void probabilitiesInto(
            float[] scores, int from, int to, RowState state, float[] out, int at) {
        float factor = state.factor();
        for (int start = from; start < to; start += BLOCK) {
            int n = Math.min(BLOCK, to - start);
            split(scores, start, n, state.sums());
            loopsFor(n).probabilities(fractions, powers, 0, n, factor, out, at + (start - from));
        }
    }

    /**
     * Writes the log-probabilities {@code z - lse} of scores whose row has been reduced, in
     * float32, -infinity for masked classes. The parameters are those of {@link
     * #probabilitiesInto}.
     */
    public void logProbabilitiesInto(
            float[] scores, int from, int to, RowState state, float[] out, int at) {
        float inverseTemperature = (float) (1 / state.temperature());
        float logSum = (float) state.logSum();
        loopsFor(to - from)
                .logProbabilities(
                        scores, from, to, state.sums().max, inverseTemperature, logSum, out, at);
    }

    /** Returns the maxima of the blocks of the row that was reduced last. */
    RowMaxima maxima() {
        return rowMaxima;
    }

    private void reduceRow(
            float[] scores,
            int from,
            int to,
            int firstClass,
            RowState state,
            float @Nullable [] out,
            int at) {
        int numBlocks = (to - from + BLOCK - 1) / BLOCK;
        rowMaxima.clear(numBlocks);
        for (int block = 0; block < numBlocks; block++) {
            int start = from + block * BLOCK;
            int n = Math.min(BLOCK, to - start);
            reduceBlock(scores, start, n, block, state, out, at + (start - from));
        }
        if (state.topK().k() > 0 && !state.isInvalid()) {
            selectBest(scores, from, to, firstClass, state.topK());
        }
    }

    /** Looks only at blocks that can hold one of the best k. */
    private void selectBest(float[] scores, int from, int to, int firstClass, TopK topK) {
        float atLeast = rowMaxima.lowerBound(topK.k());
        for (int start = from, block = 0; start < to; start += BLOCK, block++) {
            if (rowMaxima.ofBlock(block) >= topK.thresholdFrom(atLeast)) {
                int end = Math.min(start + BLOCK, to);
                loopsFor(end - start)
                        .select(scores, start, end, atLeast, firstClass + (start - from), topK);
            }
        }
    }

    private void reduceBlock(
            float[] scores,
            int start,
            int n,
            int number,
            RowState state,
            float @Nullable [] out,
            int at) {
        int bits = findMaxima(scores, start, n);
        float max = rowMaxima.ofBlock(number);
        boolean invalid = bits > LaneLoops.BITS_OF_INFINITY || max == Float.POSITIVE_INFINITY;
        boolean anyMasked = !invalid && bits == LaneLoops.BITS_OF_INFINITY;
        int masked = anyMasked ? loopsFor(n).countMasked(scores, start, start + n) : 0;
        state.addCounts(n, masked, invalid);
        if (!invalid && masked < n && state.holds(RowState.Sums.LOG_SUM_EXP)) {
            RowSums block = state.block();
            block.clear();
            block.refer(max);
            block.unmasked = n - masked;
            sum(scores, start, n, block, state, out, at);
            state.sums().mergeWith(block);
        }
    }

    /** Returns the bits of the largest score by size; if that is not NaN, the maxima are right. */
    private int findMaxima(float[] scores, int start, int n) {
        Arrays.fill(maxima, Float.NEGATIVE_INFINITY);
        int bits = loopsFor(n).maxima(scores, start, start + n, maxima);
        rowMaxima.add(maxima);
        return bits;
    }

    private void sum(
            float[] scores,
            int start,
            int n,
            RowSums block,
            RowState state,
            float @Nullable [] out,
            int at) {
        float[] x = split(scores, start, n, block);
        int first = x == scores ? start : 0;
        block.s = sumTerms(n, state.holds(RowState.Sums.MOMENTS), out, at);
        LaneLoops loops = loopsFor(n);
        float top = block.top();
        if (state.holds(RowState.Sums.MOMENTS)) {
            float[] terms = out == null ? fractions : out;
            int termsAt = out == null ? 0 : at;
            Arrays.fill(lanes, 0f);
            loops.addMoments(
                    x,
                    first,
                    first + n,
                    terms,
                    termsAt,
                    top,
                    block.maxTerm(),
                    block.lowest(),
                    lanes);
            block.t = laneSums.of(lanes, 0);
            block.u = laneSums.of(lanes, LANES);
            block.q = laneSums.of(lanes, 2 * LANES);
            block.w = laneSums.of(lanes, 3 * LANES);
        }
        if (state.holds(RowState.Sums.GAPS)) {
            Arrays.fill(lanes, 0, LANES, 0f);
            loops.addGaps(scores, start, start + n, block.max, lanes);
            block.g = laneSums.of(lanes, 0);
        }
    }

    /**
     * Fills fractions and powers, and pads them with terms of 0.
     *
     * @return the scores relative to the anchor: {@code scores} itself, or {@link #shifted}
     */
    private float[] split(float[] scores, int start, int n, RowSums reference) {
        float[] x = scores;
        int first = start;
        if (reference.anchor != 0f) {
            for (int i = 0; i < n; i++) {
                shifted[i] = scores[start + i] - reference.anchor;
            }
            x = shifted;
            first = 0;
        }
        float rounder = reference.rounder();
        float lowest = reference.lowest();
        loopsFor(n)
                .split(x, first, first + n, reference.exp(), rounder, lowest, fractions, powers, 0);
        for (int i = n; i < padded(n); i++) {
            fractions[i] = 0f;
            powers[i] = -TemperedExp.BITS_OF_ONE; // a term of 0
        }
        return x;
    }

    /** Returns how many terms a block has, with those of 0 that vectors need at its end. */
    private static int padded(int n) {
        return n < SHORT ? n : (n + 2 * LANES - 1) & (-2 * LANES);
    }

    /** Returns S of a block; leaves its terms where the moments or the caller need them. */
    private double sumTerms(int n, boolean keepTerms, float @Nullable [] out, int at) {
        int padded = padded(n);
        Arrays.fill(lanes, 0, LANES, LaneLoops.BASE);
        Arrays.fill(lanes, LANES, 2 * LANES, 0f);
        LaneLoops loops = loopsFor(n);
        if (out != null && n == padded) {
            loops.addAndStoreTerms(fractions, powers, 0, n, lanes, out, at);
        } else if (out != null) {
            loops.addAndStoreTerms(fractions, powers, 0, padded, lanes, fractions, 0);
            System.arraycopy(fractions, 0, out, at, n);
        } else if (keepTerms) {
            loops.addAndStoreTerms(fractions, powers, 0, padded, lanes, fractions, 0);
        } else {
            loops.addTerms(fractions, powers, 0, padded, lanes);
        }
        return laneSums.ofTerms(lanes);
    }
}
