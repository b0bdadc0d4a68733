package io.logitstream.kernel;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * A sum of float64 terms that does not depend on their order: each term is rounded once to a
 * multiple of 2^-40 (half to even) and added in 128-bit integers. Terms below 2^-41 vanish; the sum
 * is off by at most {@code 2^-41} per term. Up to 2^27 terms of the largest size fit. Not
 * thread-safe.
 *
 * <p>The idea of a fixed-point accumulator for reproducible sums is Kulisch's (Arithmetic and
 * Computation, 1981); the range here is what losses need.
 */
public final class ExactSum {

    /** Terms of this size or more are not taken. */
    public static final double LIMIT = 0x1p60;

    private static final int FRACTION_BITS = 40;

    private long high;
    private long low;

    /** Creates zero. */
    public ExactSum() {}

    /**
     * Creates the sum whose words are given, as {@link #high()} and {@link #low()} returned them.
     */
    public ExactSum(long high, long low) {
        this.high = high;
        this.low = low;
    }

    /** Returns whether a term can be added: it is a number and its size is below {@link #LIMIT}. */
    public static boolean accepts(double term) {
        return Math.abs(term) < LIMIT;
    }

    /**
     * Adds a term.
     *
     * @param term any number that is {@linkplain #accepts accepted}
     */
    public void add(double term) {
        if (!accepts(term)) {
            throw new IllegalArgumentException("a term must be a number below 2^60, not " + term);
        }
        if (Math.abs(term) < 0x1p22) {
            long units = (long) Math.rint(term * 0x1p40);
            addWords(units >> 63, units);
        } else {
            // From 2^22 on a float64 is a whole number of units, but not one that a long holds.
            long mantissa =
                    (Double.doubleToRawLongBits(term) & 0xfffffffffffffL) | 0x10000000000000L;
            int shift = Math.getExponent(term) - 52 + FRACTION_BITS; // 10 to 47
            long lowWord = mantissa << shift;
            long highWord = mantissa >>> (64 - shift);
            if (term < 0) {
                lowWord = -lowWord;
                highWord = ~highWord + (lowWord == 0 ? 1 : 0);
            }
            addWords(highWord, lowWord);
        }
    }

    /** Adds all terms of {@code other}, which is left as it is. */
    public void mergeWith(ExactSum other) {
        addWords(other.high, other.low);
    }

    private void addWords(long moreHigh, long moreLow) {
        low += moreLow;
        high += moreHigh + (Long.compareUnsigned(low, moreLow) < 0 ? 1 : 0);
    }

    /** Returns the sum rounded once to float64. */
    public double value() {
        BigInteger units = BigInteger.valueOf(high).shiftLeft(64).add(unsigned(low));
        return Math.scalb(units.doubleValue(), -FRACTION_BITS);
    }

    private static BigInteger unsigned(long word) {
        BigInteger value = BigInteger.valueOf(word & Long.MAX_VALUE);
        return word < 0 ? value.setBit(63) : value;
    }

    /** Returns the upper 64 bits of the two's complement sum in units of 2^-40. */
    public long high() {
        return high;
    }

    /** Returns the lower 64 bits. */
    public long low() {
        return low;
    }

    /** Writes the upper, then the lower 64 bits. */
    public void writeTo(DataOutput out) throws IOException {
        out.writeLong(high);
        out.writeLong(low);
    }

    /** Reads what {@link #writeTo} wrote. */
    public static ExactSum readFrom(DataInput in) throws IOException {
        return new ExactSum(in.readLong(), in.readLong());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ExactSum that && high == that.high && low == that.low;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(high * 31 + low);
    }

    @Override
    public String toString() {
        return Double.toString(value());
    }
}
