package io.logitstream.kernel;

import java.util.Arrays;

/**
 * The largest scores of the blocks of a row, and of their lanes. Of them comes a lower bound of the
 * k-th largest score that does not depend on the order of the scores. Grows to the widest row, then
 * allocates nothing. Not thread-safe.
 */
final class RowMaxima {

    private static final int LANES = LaneLoops.LANES;

    private float[] ofBlocks = new float[1];
    private int[] ofLanes = new int[LANES];
    private int numBlocks;
    private int blockSize;

    /** The k largest lanes seen while a bound is sought, the largest first. */
    private final int[] largest = new int[TopK.MAX_K];

    /** Forgets everything and makes room for blocks of so many scores. */
    void clear(int blocks, int scores) {
        blockSize = scores;
        if (ofBlocks.length < blocks) {
            ofBlocks = new float[blocks];
            ofLanes = new int[blocks * LANES];
        }
        numBlocks = 0;
    }

    /** Returns how many scores each block has, the last one perhaps fewer. */
    int blockSize() {
        return blockSize;
    }

    /** Returns where a block's lanes lie in {@link #lanes}. */
    int lanesAt(int block) {
        return block * LANES;
    }

    /** Returns what {@link LaneLoops#maxima} is to fill, block by block. */
    int[] lanes() {
        return ofLanes;
    }

    /** Adds the block whose lanes were filled last, with its largest score. */
    void add(float max) {
        ofBlocks[numBlocks++] = max;
    }

    float ofBlock(int block) {
        return ofBlocks[block];
    }

    /**
     * Returns a score that at least k scores reach: the k-th largest of the lanes' maxima, which
     * belong to disjoint parts of the row. -infinity if there are fewer lanes than k. Of blocks
     * alone a bound would be loose where the scores ascend.
     */
    float lowerBound(int k) {
        if (numBlocks * LANES < k) {
            return Float.NEGATIVE_INFINITY;
        }
        Arrays.fill(largest, 0, k, LaneLoops.LOWEST);
        for (int block = 0; block < numBlocks; block++) {
            if (LaneLoops.ascending(ofBlocks[block]) > largest[k - 1]) {
                for (int lane = lanesAt(block); lane < lanesAt(block + 1); lane++) {
                    keepLargest(ofLanes[lane], k);
                }
            }
        }
        return LaneLoops.ofAscending(largest[k - 1]);
    }

    private void keepLargest(int value, int k) {
        if (value > largest[k - 1]) {
            int rest = value;
            for (int rank = 0; rank < k; rank++) {
                int held = largest[rank];
                largest[rank] = Math.max(held, rest);
                rest = Math.min(held, rest);
            }
        }
    }
}
