package io.logitstream.record;

import org.HdrHistogram.Histogram;

/**
 * How losses are laid out in a histogram: units of 2^-20 nats, two significant decimal digits, at
 * most 4,096 nats (larger ones count as that). Its integer counts merge in any order; about 28 KB
 * each, whatever it holds.
 */
final class LossQuantiles {

    private static final double UNITS_PER_NAT = 0x1p20;
    private static final long HIGHEST = 1L << 32;
    private static final int DIGITS = 2;

    private LossQuantiles() {}

    static Histogram create() {
        return new Histogram(HIGHEST, DIGITS);
    }

    static void record(Histogram histogram, double lossNats) {
        histogram.recordValue(
                (long) Math.min(Math.rint(Math.max(0, lossNats) * UNITS_PER_NAT), HIGHEST));
    }

    /** Adds losses given as a value of their bucket, in units, and their number. */
    static void addBucket(Histogram histogram, long value, long count) {
        if (value < 0 || value > HIGHEST || count < 1) {
            throw new IllegalArgumentException(
                    "no quantile bucket holds the value " + value + " " + count + " times");
        }
        histogram.recordValueWithCount(value, count);
    }

    /**
     * Returns the middle of the bucket the quantile falls into, or NaN if the histogram is empty.
     */
    static double quantile(Histogram histogram, double q) {
        if (histogram.getTotalCount() == 0) {
            return Double.NaN;
        }
        long value = histogram.getValueAtPercentile(100 * q);
        return histogram.medianEquivalentValue(value) / UNITS_PER_NAT;
    }
}
