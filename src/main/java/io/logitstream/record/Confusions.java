package io.logitstream.record;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The most frequent (true, predicted) pairs of different classes, for any number of classes: the
 * summary of Misra and Gries (1982), merged as in Agarwal et al. (2012, Mergeable Summaries,
 * section 2).
 *
 * <p>Up to {@value #LIMIT} different pairs all counts are exact and the same whatever the order of
 * merges. A summary that grows beyond keeps its {@value #KEPT} largest; then no count is too high
 * or too low by more than {@link #maxError}, which is at most {@code wrong rows / 256} where
 * nothing was taken back, and which pairs are named may depend on the order of merges. Not
 * thread-safe.
 */
public final class Confusions {

    static final int KEPT = 256;
    static final int LIMIT = 2 * KEPT;

    private final PairCounts counts = new PairCounts();
    private long maxError;

    /**
     * A pair and how often it was seen.
     *
     * @param trueClass the label
     * @param predictedClass the best class
     * @param count how often
     */
    public record Pair(int trueClass, int predictedClass, long count) {}

    void add(int trueClass, int predictedClass, int sign) {
        counts.add((long) trueClass << 32 | predictedClass, sign);
        trim();
    }

    void mergeWith(Confusions other) {
        counts.addAll(other.counts);
        maxError += other.maxError;
        trim();
    }

    private void trim() {
        if (counts.size() <= LIMIT) {
            return;
        }
        long[] sorted = counts.sortedCounts();
        long least = sorted[sorted.length - KEPT - 1];
        // Something taken back here and added elsewhere may be negative.
        maxError += Math.max(Math.max(0, least), -sorted[0]);
        counts.reduce(Math.max(0, least));
    }

    /** Returns how much a count may be wrong; 0 if all are exact. */
    public long maxError() {
        return maxError;
    }

    /**
     * Returns the most frequent pairs, equal counts in the order of classes.
     *
     * @param limit how many at most
     */
    public List<Pair> mostFrequent(int limit) {
        List<Pair> pairs = new ArrayList<>();
        for (long pair : counts.sortedPairs()) {
            long count = counts.count(pair);
            if (count > 0) {
                pairs.add(new Pair((int) (pair >> 32), (int) pair, count));
            }
        }
        // The sort is stable, and pairs ascend by their classes.
        pairs.sort(Comparator.comparingLong((Pair pair) -> -pair.count()));
        return pairs.subList(0, Math.min(limit, pairs.size()));
    }

    /**
     * Writes the error (int64) and the number of pairs (int32), then for each, ascending, its
     * classes (int32 each) and its count (int64).
     */
    void writeTo(DataOutput out) throws IOException {
        out.writeLong(maxError);
        out.writeInt(counts.size());
        for (long pair : counts.sortedPairs()) {
            out.writeLong(pair);
            out.writeLong(counts.count(pair));
        }
    }

    void readFrom(DataInput in) throws IOException {
        maxError += in.readLong();
        int pairs = in.readInt();
        if (pairs < 0 || pairs > LIMIT) {
            throw new IllegalArgumentException(
                    "at most " + LIMIT + " pairs of classes are kept, not " + pairs);
        }
        for (int left = pairs; left > 0; left--) {
            long pair = in.readLong();
            if (pair < 0 || (int) pair < 0) {
                throw new IllegalArgumentException("no classes have the pair " + pair);
            }
            counts.add(pair, in.readLong());
        }
    }
}
