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
    private float[] ofLanes = new float[LANES];
    private int numBlocks;

    /** The k largest values seen while a bound is sought, the largest first. */
    private final float[] largest = new float[TopK.MAX_K];

    /** Forgets everything and makes room. */
    void clear(int blocks) {
        if (ofBlocks.length < blocks) {
            ofBlocks = new float[blocks];
            ofLanes = new float[blocks * LANES];
        }
        numBlocks = 0;
    }

    /** Returns where a block's lanes lie in {@link #lanes}. */
    int lanesAt(int block) {
        return block * LANES;
    }

    /** Returns the largest score of each lane of each block, to be filled block by block. */
    float[] lanes() {
        return ofLanes;
    }

    /** Adds the block whose lanes were filled last, and returns its largest score. */
    float add() {
        float max = largest(lanesAt(numBlocks));
        ofBlocks[numBlocks] = max;
        numBlocks++;
        return max;
    }

    /** Compares bits, several times as fast as floats: they ascend above 0 and descend below. */
    private float largest(int at) {
        int max = Integer.MIN_VALUE;
        int min = Integer.MAX_VALUE;
        int max2 = max;
        int min2 = min;
        for (int i = at; i < at + LANES; i += 2) {
            int bits = Float.floatToRawIntBits(ofLanes[i]);
            int bits2 = Float.floatToRawIntBits(ofLanes[i + 1]);
            max = Math.max(max, bits);
            max2 = Math.max(max2, bits2);
            min = Math.min(min, bits);
            min2 = Math.min(min2, bits2);
        }
        max = Math.max(max, max2);
        return Float.intBitsToFloat(max < 0 ? Math.min(min, min2) : max);
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
        Arrays.fill(largest, 0, k, Float.NEGATIVE_INFINITY);
        for (int block = 0; block < numBlocks; block++) {
            if (ofBlocks[block] > largest[k - 1]) {
                for (int i = block * LANES; i < (block + 1) * LANES; i++) {
                    keepLargest(ofLanes[i], k);
                }
            }
        }
        return largest[k - 1];
    }

    private void keepLargest(float value, int k) {
        if (value > largest[k - 1]) {
            float rest = value;
            for (int rank = 0; rank < k; rank++) {
                float better = largest[rank];
                boolean passes = rest > better;
                largest[rank] = passes ? rest : better;
                rest = passes ? better : rest;
            }
        }
    }
}
