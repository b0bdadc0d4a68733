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

    /** From so many scores on, blocks of which nothing but the best is asked for are longer. */
    private static final int LONG = 1 << 18;

    private static final int LANES = LaneLoops.LANES;

    /** Blocks below this go through the scalar loops. */
    private static final int SHORT = LANES;

    private final LaneLoops longLoops;
    private final LaneLoops shortLoops = new ScalarLaneLoops();

    /** A block's scores, where they cannot be used as they are. */
    private final float[] related = new float[BLOCK];

    private final float[] terms = new float[BLOCK];
    private final float[] lanes = new float[2 * LANES];
    private final float[] moments = new float[4 * LANES];
    private final RowMaxima rowMaxima = new RowMaxima();

    RowKernel(LaneLoops loops) {
        this.longLoops = loops;
    }

    /**
     * Returns the loops for a block of n scores. Of a few, vectors are no faster, and a loop that a
     * JVM compiles while it runs only once around may keep its vectors on the heap for long.
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
        // From the last block on, whose terms may be in the scratch, and as they lie in the cache.
        for (int number = numBlocks(to - from, BLOCK) - 1; number >= 0; number--) {
            int start = from + number * BLOCK;
            int n = Math.min(BLOCK, to - start);
            int target = at + (start - from);
            float max = rowMaxima.ofBlock(number);
            if (max == Float.NEGATIVE_INFINITY) {
                Arrays.fill(out, target, target + n, 0f);
                continue;
            }
            block.refer(max, Float.POSITIVE_INFINITY);
            if (block.anchor != row.anchor) {
                probabilitiesInto(scores, start, start + n, state, out, target);
                continue;
            }
            float factor = Math.scalb(state.factor(), block.exponent - row.exponent);
            boolean inPlace = n == padded(n);
            float[] unscaled = inPlace ? out : terms;
            int first = inPlace ? target : 0;
            scale(unscaled, first, n, factor, state, out, target);
        }
    }

    private void scale(
            float[] from, int first, int n, float factor, RowState state, float[] out, int at) {
        if (state.isNear()) {
            loopsFor(n).scale(from, first, first + n, factor, out, at);
        } else {
            loopsFor(n).scaleAndDrop(from, first, first + n, factor, out, at);
        }
    }

    /**
     * Writes the probabilities of scores whose row has been reduced, 0 for masked classes: {@code
     * out[at + i] = p(scores[from + i])}.
     *
     * @param scores float32 scores of the reduced row, or part of them, not modified; others have
     *     no meaning
     * @param from first index to read
     * @param to one past the last index to read
     * @param state the reduced row, valid and not all masked
     * @param out where to write; may be {@code scores} itself if {@code at} is {@code from}
     * @param at first index to write
     */
    public void probabilitiesInto(
            float[] scores, int from, int to, RowState state, float[] out, int at) {
        RowSums row = state.sums();
        float factor = state.factor();
        for (int start = from; start < to; start += BLOCK) {
            int n = Math.min(BLOCK, to - start);
            float[] x = state.isNear() ? scores : relate(scores, start, n, row);
            int first = state.isNear() ? start : 0;
            loopsFor(n).terms(x, first, first + n, row.exp(), row.rounder(), terms, 0);
            scale(terms, 0, n, factor, state, out, at + (start - from));
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
        int blockSize = blockSize(to - from, state);
        int numBlocks = numBlocks(to - from, blockSize);
        rowMaxima.clear(numBlocks, blockSize);
        for (int block = 0; block < numBlocks; block++) {
            int start = from + block * blockSize;
            int n = Math.min(blockSize, to - start);
            reduceBlock(scores, start, n, block, state, out, at + (start - from));
        }
        if (state.topK().k() > 0 && !state.isInvalid()) {
            selectBest(scores, from, to, firstClass, state.topK());
        }
    }

    /** Looks only at blocks that can hold one of the best k. */
    private void selectBest(float[] scores, int from, int to, int firstClass, TopK topK) {
        float atLeast = rowMaxima.lowerBound(topK.k());
        float threshold = topK.thresholdFrom(atLeast);
        int blockSize = rowMaxima.blockSize();
        for (int start = from, block = 0; start < to; start += blockSize, block++) {
            if (rowMaxima.ofBlock(block) >= threshold) {
                int end = Math.min(start + blockSize, to);
                loopsFor(end - start)
                        .select(scores, start, end, atLeast, firstClass + (start - from), topK);
                threshold = topK.thresholdFrom(atLeast);
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
        int[] maxima = rowMaxima.lanes();
        long found =
                loopsFor(n).maxima(scores, start, start + n, maxima, rowMaxima.lanesAt(number));
        int bits = (int) (found >> 32);
        float max = LaneLoops.ofAscending((int) found);
        rowMaxima.add(max);
        boolean invalid = bits > LaneLoops.BITS_OF_INFINITY || max == Float.POSITIVE_INFINITY;
        boolean anyMasked = !invalid && bits == LaneLoops.BITS_OF_INFINITY;
        int masked = anyMasked ? loopsFor(n).countMasked(scores, start, start + n) : 0;
        state.addCounts(n, masked, invalid);
        if (!invalid && masked < n && state.holds(RowState.Sums.LOG_SUM_EXP)) {
            RowSums block = state.block();
            block.clear();
            block.refer(max, Float.intBitsToFloat(bits));
            block.unmasked = n - masked;
            sum(scores, start, n, block, state, out, at);
            state.sums().mergeWith(block);
        }
    }

    /** Fills the sums of a block, and {@code out} with its terms if they are whole groups. */
    private void sum(
            float[] scores,
            int start,
            int n,
            RowSums block,
            RowState state,
            float @Nullable [] out,
            int at) {
        if (state.holds(RowState.Sums.MOMENTS)) {
            // Long before vectors of another size read them, which would otherwise wait.
            Arrays.fill(moments, 0f);
        }
        boolean near = block.areNear();
        float[] x = near ? scores : relate(scores, start, n, block);
        int first = near ? start : 0;
        int padded = padded(n);
        boolean direct = out != null && n == padded;
        float[] e = direct ? out : terms;
        int firstTerm = direct ? at : 0;
        LaneLoops loops = loopsFor(n);
        loops.terms(x, first, first + n, block.exp(), block.rounder(), e, firstTerm);
        Arrays.fill(e, firstTerm + n, firstTerm + padded, 0f);
        loops.sumTerms(e, firstTerm, firstTerm + padded, lanes);
        block.s = LaneSums.ofTerms(lanes);
        if (state.holds(RowState.Sums.MOMENTS)) {
            float top = block.top();
            float maxTerm = block.maxTerm();
            if (!near) {
                // What is negligible has no distance from the largest score.
                loops.replace(related, 0, n, block.lowest(), top);
            }
            loops.addMoments(x, first, first + n, e, firstTerm, top, maxTerm, moments);
            block.t = LaneSums.of(moments, 0);
            block.u = LaneSums.of(moments, LANES);
            block.q = LaneSums.of(moments, 2 * LANES);
            block.w = LaneSums.of(moments, 3 * LANES);
        }
        if (state.holds(RowState.Sums.GAPS)) {
            Arrays.fill(lanes, 0, LANES, 0f);
            loops.addGaps(scores, start, start + n, block.max, lanes);
            block.g = LaneSums.of(lanes, 0);
        }
    }

    /** Returns a block relative to a reference, from 0 on. */
    private float[] relate(float[] scores, int start, int n, RowSums reference) {
        loopsFor(n)
                .relate(scores, start, start + n, reference.anchor, reference.lowest(), related, 0);
        return related;
    }

    /** Sums have an order, the best classes have none: only what a block costs by itself counts. */
    private static int blockSize(int n, RowState state) {
        return state.holds(RowState.Sums.LOG_SUM_EXP) || n < LONG ? BLOCK : 4 * BLOCK;
    }

    private static int numBlocks(int n, int blockSize) {
        return (n + blockSize - 1) / blockSize;
    }

    /** Returns how many terms a block has, with those of 0 that vectors need at its end. */
    private static int padded(int n) {
        return n < SHORT ? n : (n + 2 * LANES - 1) & (-2 * LANES);
    }
}
