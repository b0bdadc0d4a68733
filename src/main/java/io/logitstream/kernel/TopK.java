package io.logitstream.kernel;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The best k (score, class) pairs seen, best first: higher score first, among equal scores the
 * lower class. Masked classes (-infinity) are never kept, so fewer than k may be held. A
 * commutative monoid under {@link #mergeWith}; the order of insertion never shows. Not thread-safe.
 */
public final class TopK {

    /** The largest k. */
    public static final int MAX_K = 128;

    private final float[] scores;
    private final int[] classes;
    private int size;

    /**
     * Creates an empty selection.
     *
     * @param k how many pairs to keep, 0 to {@link #MAX_K}
     */
    public TopK(int k) {
        if (k < 0 || k > MAX_K) {
            throw new IllegalArgumentException("k must be 0 to " + MAX_K + ", not " + k);
        }
        scores = new float[k];
        classes = new int[k];
    }

    /** Returns how many pairs are held, at most k. */
    public int size() {
        return size;
    }

    /** Returns the score at {@code rank} (0 is the best), as it was given. */
    public float score(int rank) {
        return scores[rank];
    }

    /** Returns the class at {@code rank} (0 is the best). */
    public int classAt(int rank) {
        return classes[rank];
    }

    /** Returns the rank of a class, or -1 if it is not among those held. */
    public int rankOf(int classIndex) {
        for (int rank = 0; rank < size; rank++) {
            if (classes[rank] == classIndex) {
                return rank;
            }
        }
        return -1;
    }

    /** Returns how many pairs are kept at most. */
    int k() {
        return scores.length;
    }

    /**
     * Returns the lowest score that could still enter, if its class is higher than all held ones,
     * but never less than {@code atLeast}: what a loop over scores in class order compares with.
     */
    public float thresholdFrom(float atLeast) {
        if (scores.length == 0) {
            return Float.NaN;
        }
        float entry = size < scores.length ? -Float.MAX_VALUE : Math.nextUp(scores[size - 1]);
        return entry > atLeast ? entry : atLeast;
    }

    /**
     * Offers a pair. A class may be offered once only.
     *
     * @param score any number but NaN
     * @param classIndex its class
     */
    public void offer(float score, int classIndex) {
        if (score == Float.NEGATIVE_INFINITY || scores.length == 0) {
            return;
        }
        int rank = size;
        if (rank == scores.length) {
            if (!ranksBefore(score, classIndex, rank - 1)) {
                return;
            }
            rank--;
        } else {
            size++;
        }
        while (rank > 0 && ranksBefore(score, classIndex, rank - 1)) {
            scores[rank] = scores[rank - 1];
            classes[rank] = classes[rank - 1];
            rank--;
        }
        scores[rank] = score;
        classes[rank] = classIndex;
    }

    private boolean ranksBefore(float score, int classIndex, int rank) {
        // -0 and +0 are equal scores, as in every comparison of Java floats.
        return score > scores[rank] || (score == scores[rank] && classIndex < classes[rank]);
    }

    /** Adds everything {@code other} holds; {@code other} is left as it is. */
    public void mergeWith(TopK other) {
        for (int rank = 0; rank < other.size; rank++) {
            offer(other.scores[rank], other.classes[rank]);
        }
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeByte(scores.length);
        out.writeByte(size);
        for (int rank = 0; rank < size; rank++) {
            out.writeFloat(scores[rank]);
            out.writeInt(classes[rank]);
        }
    }

    /**
     * Becomes what was written, or the best of it that there is room for.
     *
     * @throws IllegalArgumentException if one that keeps fewer left out some
     */
    void readFrom(DataInput in) throws IOException {
        int k = in.readUnsignedByte();
        int written = in.readUnsignedByte();
        if (k < scores.length && written == k) {
            throw new IllegalArgumentException(
                    "the best %d classes are not the best %d".formatted(k, scores.length));
        }
        clear();
        for (int rank = 0; rank < written; rank++) {
            float score = in.readFloat();
            offer(score, in.readInt());
        }
    }

    /** Forgets everything. */
    public void clear() {
        size = 0;
    }
}
