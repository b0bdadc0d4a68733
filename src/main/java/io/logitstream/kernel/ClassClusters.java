package io.logitstream.kernel;

import java.io.Serializable;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Classes in a head and tails, for adaptive softmax (Grave, Joulin, Cissé, Grangier and Jégou 2017,
 * Efficient softmax approximation for GPUs, section 4): the head has the classes below the first
 * cutoff, tail i those from cutoff i to the next one or K. The head has a score for each of its
 * classes and, after these, one for each tail; a tail has one for each of its classes. Immutable.
 */
public final class ClassClusters implements Serializable {

    private static final long serialVersionUID = 1L;

    /** The first class of each tail, and K. */
    private final int[] bounds;

    private ClassClusters(int[] bounds) {
        this.bounds = bounds;
    }

    /**
     * Returns the clusters between cutoffs.
     *
     * @param numClasses K
     * @param cutoffs the first class of each tail, at least one, ascending, from 1 to K - 1
     * @throws IllegalArgumentException if they are not
     */
    public static ClassClusters of(int numClasses, int... cutoffs) {
        int[] bounds = Arrays.copyOf(cutoffs, cutoffs.length + 1);
        bounds[cutoffs.length] = numClasses;
        if (cutoffs.length == 0 || cutoffs[0] < 1) {
            throw new IllegalArgumentException("the head has no class, or there is no tail");
        }
        for (int tail = 0; tail < cutoffs.length; tail++) {
            if (bounds[tail] >= bounds[tail + 1]) {
                throw new IllegalArgumentException(
                        "tail %d has no class: it would have those from %d to %d"
                                .formatted(tail, bounds[tail], bounds[tail + 1] - 1));
            }
        }
        return new ClassClusters(bounds);
    }

    /** Returns K. */
    public int numClasses() {
        return bounds[bounds.length - 1];
    }

    /** Returns how many classes the head has. */
    public int headClasses() {
        return bounds[0];
    }

    /** Returns how many tails there are, at least 1. */
    public int tails() {
        return bounds.length - 1;
    }

    /** Returns how many scores the head has: one for each of its classes and for each tail. */
    public int headSize() {
        return headClasses() + tails();
    }

    /** Returns how many scores a row with all tails has. */
    public int numScores() {
        return numClasses() + tails();
    }

    /** Returns the lowest class of a tail. */
    public int firstClass(int tail) {
        return bounds[tail];
    }

    /** Returns how many classes a tail has. */
    public int size(int tail) {
        return bounds[tail + 1] - bounds[tail];
    }

    /** Returns the tail of a class, -1 if the head has it. */
    public int tailOf(int classIndex) {
        int tail = tails() - 1;
        while (tail >= 0 && classIndex < bounds[tail]) {
            tail--;
        }
        return tail;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ClassClusters that && Arrays.equals(bounds, that.bounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }

    /** Returns the cutoffs, as they stand in a job file. */
    @Override
    public String toString() {
        return Arrays.stream(bounds, 0, tails())
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(", "));
    }
}
