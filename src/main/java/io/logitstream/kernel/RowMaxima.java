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

    /** The k largest values seen while a bound is sought, ascending. */
    private final float[] largest = new float[TopK.MAX_K];

    /** Forgets everything and makes room. */
    void clear(int blocks) {
        if (ofBlocks.length < blocks) {
            ofBlocks = new float[blocks];
            ofLanes = new float[blocks * LANES];
        }
        numBlocks = 0;
    }

    /** Adds a block, given the largest scores of its lanes. */
    void add(float[] lanes) {
        float max = Float.NEGATIVE_INFINITY;
        for (int lane = 0; lane < LANES; lane++) {
            max = lanes[lane] > max ? lanes[lane] : max;
        }
        ofBlocks[numBlocks] = max;
        System.arraycopy(lanes, 0, ofLanes, numBlocks * LANES, LANES);
        numBlocks++;
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
        int lanes = numBlocks * LANES;
        return lanes >= k ? largest(ofLanes, lanes, k) : Float.NEGATIVE_INFINITY;
    }

    /** Returns the k-th largest of the first n values, n at least k. */
    private float largest(float[] values, int n, int k) {
        Arrays.fill(largest, 0, k, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < n; i++) {
            float value = values[i];
            if (value > largest[0]) {
                int at = 0;
                while (at + 1 < k && largest[at + 1] < value) {
                    largest[at] = largest[++at];
                }
                largest[at] = value;
            }
        }
        return largest[0];
    }
}
