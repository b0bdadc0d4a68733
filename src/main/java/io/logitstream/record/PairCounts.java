package io.logitstream.record;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Counts of pairs of classes, in arrays: each wrong row adds to one, and makes no objects. A hash
 * table with linear probing; what a count of 0 leaves behind goes when the table is filled anew.
 * Not thread-safe.
 */
final class PairCounts {

    private static final int FIRST_PLACES = 16;
    private static final long NONE = -1;

    /** 2^64 over the golden ratio, whose upper bits spread what differs in any bit. */
    private static final long SPREAD = 0x9E3779B97F4A7C15L;

    private long[] pairs = places(FIRST_PLACES);
    private long[] counts = new long[FIRST_PLACES];
    private int taken;
    private int size;

    private static long[] places(int number) {
        long[] places = new long[number];
        Arrays.fill(places, NONE);
        return places;
    }

    /** Returns how many places the table has. */
    int places() {
        return pairs.length;
    }

    /** Returns how many pairs have a count other than 0. */
    int size() {
        return size;
    }

    /**
     * Adds to the count of a pair.
     *
     * @param pair not negative
     */
    void add(long pair, long more) {
        int at = placeOf(pair);
        long before = counts[at];
        long sum = before + more;
        if (pairs[at] == NONE) {
            if (sum == 0) {
                return;
            }
            pairs[at] = pair;
            taken++;
        }
        counts[at] = sum;
        size += Math.abs(Long.signum(sum)) - Math.abs(Long.signum(before));
        if (4 * taken > 3 * pairs.length) {
            int places = 2 * size > pairs.length ? 2 * pairs.length : pairs.length;
            refill(places, Long.MIN_VALUE, 0);
        }
    }

    private int placeOf(long pair) {
        int at = (int) (pair * SPREAD >>> Long.numberOfLeadingZeros(pairs.length - 1L));
        while (pairs[at] != pair && pairs[at] != NONE) {
            at = at + 1 & pairs.length - 1;
        }
        return at;
    }

    void addAll(PairCounts other) {
        if (pairs.length < other.pairs.length) {
            // In the order of a larger table, all would come to the same end of this one.
            refill(other.pairs.length, Long.MIN_VALUE, 0);
        }
        for (int i = 0; i < other.pairs.length; i++) {
            if (other.counts[i] != 0) {
                add(other.pairs[i], other.counts[i]);
            }
        }
    }

    /**
     * Takes so much from every count, and forgets those that are then not above 0.
     *
     * @param less not negative
     */
    void reduce(long less) {
        refill(pairs.length, less, less);
    }

    private void refill(int places, long above, long less) {
        long[] oldPairs = pairs;
        long[] oldCounts = counts;
        pairs = places(places);
        counts = new long[places];
        taken = 0;
        size = 0;
        for (int i = 0; i < oldPairs.length; i++) {
            if (oldCounts[i] != 0 && oldCounts[i] > above) {
                add(oldPairs[i], oldCounts[i] - less);
            }
        }
    }

    /** Returns the count of a pair, 0 if it was never seen. */
    long count(long pair) {
        return counts[placeOf(pair)];
    }

    /** Returns the pairs with a count other than 0, ascending. */
    long[] sortedPairs() {
        return IntStream.range(0, pairs.length)
                .filter(i -> counts[i] != 0)
                .mapToLong(i -> pairs[i])
                .sorted()
                .toArray();
    }

    /** Returns the counts other than 0, ascending. */
    long[] sortedCounts() {
        return LongStream.of(counts).filter(count -> count != 0).sorted().toArray();
    }
}
