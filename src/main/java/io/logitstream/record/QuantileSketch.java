package io.logitstream.record;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.jspecify.annotations.Nullable;

/**
 * Quantiles of numbers that are not negative, within 1 % or one unit, whichever is larger. The
 * buckets are those of an HdrHistogram with two significant decimal digits; their counts are
 * integers, so merging in any order gives the same bits. What was added may be taken away again,
 * also in another sketch that is merged with the first. Takes memory (up to 28 KB) once something
 * is added. Not thread-safe.
 */
final class QuantileSketch {

    private static final int DIGITS = 2;

    private final double unitsPerOne;
    private final long highestUnits;
    private @Nullable Histogram added;
    private @Nullable Histogram removed;

    /**
     * Creates an empty sketch.
     *
     * @param unitsPerOne how finely numbers are told apart
     * @param highestUnits larger numbers count as this many units
     */
    QuantileSketch(double unitsPerOne, long highestUnits) {
        this.unitsPerOne = unitsPerOne;
        this.highestUnits = highestUnits;
    }

    /**
     * Adds a number, or takes one away that was added.
     *
     * @param sign 1 or -1
     */
    void add(double number, int sign) {
        double units = Math.rint(Math.max(0, number) * unitsPerOne);
        counts(sign).recordValue((long) Math.min(units, highestUnits));
    }

    private Histogram counts(int sign) {
        if (sign > 0) {
            added = added == null ? new Histogram(highestUnits, DIGITS) : added;
            return added;
        }
        removed = removed == null ? new Histogram(highestUnits, DIGITS) : removed;
        return removed;
    }

    /** Adds everything {@code other} holds; {@code other} is left as it is. */
    void mergeWith(QuantileSketch other) {
        if (other.added != null) {
            counts(1).add(other.added);
        }
        if (other.removed != null) {
            counts(-1).add(other.removed);
        }
    }

    /**
     * Returns the middle of the bucket a quantile falls into, or NaN if the sketch is empty.
     *
     * @param q from 0 to 1
     */
    double quantile(double q) {
        Histogram left = added;
        if (left != null && removed != null) {
            left = new Histogram(highestUnits, DIGITS);
            for (Map.Entry<Long, Long> bucket : buckets().entrySet()) {
                // From a window whose length was changed, more may be taken than it had.
                if (bucket.getValue() > 0) {
                    left.recordValueWithCount(bucket.getKey(), bucket.getValue());
                }
            }
        }
        if (left == null || left.getTotalCount() == 0) {
            return Double.NaN;
        }
        long middle = left.medianEquivalentValue(left.getValueAtPercentile(100 * q));
        return Math.min(middle, highestUnits) / unitsPerOne;
    }

    /** Returns how many numbers there are. */
    long count() {
        return (added == null ? 0 : added.getTotalCount())
                - (removed == null ? 0 : removed.getTotalCount());
    }

    /** Returns the share of the numbers that are below one, NaN if the sketch is empty. */
    double shareBelow(double number) {
        long units = Math.max(0, (long) Math.rint(number * unitsPerOne) - 1);
        long below = countTo(added, units) - countTo(removed, units);
        return count() == 0 ? Double.NaN : (double) below / count();
    }

    private static long countTo(@Nullable Histogram counts, long units) {
        return counts == null ? 0 : counts.getCountBetweenValues(0, units);
    }

    /**
     * Writes the number of buckets that are not empty (int32), then for each, ascending, its lowest
     * value in units and its count (int64 each), negative if more was taken away than added.
     */
    void writeTo(DataOutput out) throws IOException {
        Map<Long, Long> buckets = buckets();
        out.writeInt(buckets.size());
        for (Map.Entry<Long, Long> bucket : buckets.entrySet()) {
            out.writeLong(bucket.getKey());
            out.writeLong(bucket.getValue());
        }
    }

    private Map<Long, Long> buckets() {
        Map<Long, Long> buckets = new TreeMap<>();
        collect(added, 1, buckets);
        collect(removed, -1, buckets);
        buckets.values().removeIf(count -> count == 0);
        return buckets;
    }

    private static void collect(@Nullable Histogram from, int sign, Map<Long, Long> buckets) {
        if (from == null) {
            return;
        }
        for (HistogramIterationValue bucket : from.recordedValues()) {
            buckets.merge(
                    from.lowestEquivalentValue(bucket.getValueIteratedTo()),
                    sign * bucket.getCountAddedInThisIterationStep(),
                    Long::sum);
        }
    }

    /**
     * Adds what {@link #writeTo} wrote.
     *
     * @throws IllegalArgumentException if it did not
     */
    void readFrom(DataInput in) throws IOException {
        int buckets = in.readInt();
        if (buckets < 0) {
            throw new IllegalArgumentException("a sketch cannot have " + buckets + " buckets");
        }
        for (int left = buckets; left > 0; left--) {
            long value = in.readLong();
            long count = in.readLong();
            if (value < 0 || value > highestUnits || count == 0 || count == Long.MIN_VALUE) {
                throw new IllegalArgumentException(
                        "no quantile bucket holds the value " + value + " " + count + " times");
            }
            counts(Long.signum(count)).recordValueWithCount(value, Math.abs(count));
        }
    }
}
