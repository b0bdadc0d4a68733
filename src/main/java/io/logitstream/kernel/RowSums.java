package io.logitstream.kernel;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The sums of a row or a block, with the reference they are relative to: a commutative monoid under
 * {@link #mergeWith}. S, Q and W are in units of {@code 2^N} (Q and W of its square); T, U and G
 * are relative to the largest score and not divided by the temperature. Not thread-safe.
 *
 * <p>Between references that are both near 0 the merge multiplies by a power of two, so it costs no
 * exponential and rounds only where it adds.
 */
final class RowSums {

    private static final double LN_2 = 0x1.62e42fefa39efp-1;

    private final double temperature;
    private final boolean hasMoments;
    private final TemperedExp exp;

    /** The largest score; -infinity if there is none. */
    float max;

    /** The score that terms are taken relative to: 0, or the largest one if that is far from 0. */
    float anchor;

    /** N. */
    int exponent;

    /** The term of the largest score, or NaN as long as nobody asked for it. */
    private float maxTerm;

    /** The largest size of a score; +infinity if nobody knows. */
    private float size;

    /** How many classes are not masked. */
    long unmasked;

    double s;
    double t;
    double u;
    double q;
    double w;
    double g;

    /**
     * Creates the identity.
     *
     * @param temperature divides the scores
     * @param hasMoments whether anyone asks for T, U, Q and W
     */
    RowSums(double temperature, boolean hasMoments) {
        this.temperature = temperature;
        this.hasMoments = hasMoments;
        this.exp = new TemperedExp(temperature);
        clear();
    }

    TemperedExp exp() {
        return exp;
    }

    void clear() {
        max = Float.NEGATIVE_INFINITY;
        anchor = 0;
        exponent = 0;
        maxTerm = 1;
        size = 0;
        unmasked = 0;
        s = 0;
        t = 0;
        u = 0;
        q = 0;
        w = 0;
        g = 0;
    }

    /** Sets the reference and the largest size of a score, which leaves the sums as they are. */
    void refer(float newMax, float newSize) {
        max = newMax;
        size = newSize;
        anchor = exp.isFar(newMax) ? newMax : 0f;
        exponent = exp.exponentOf(top());
        maxTerm = Float.NaN;
    }

    /** Returns the largest score, relative to the anchor. */
    float top() {
        return max - anchor;
    }

    /**
     * Returns whether all scores are near the largest one: none has a term that is negligible, none
     * a probability that is given as 0, and none needs an anchor.
     */
    boolean areNear() {
        return anchor == 0 && exp.isWithinReach(size, max);
    }

    /** Returns what rounds a score to its power of two, less N. */
    float rounder() {
        return TemperedExp.rounder(exponent);
    }

    /** Returns the score, relative to the anchor, from which on terms are negligible. */
    float lowest() {
        return exp.lowest(top());
    }

    /** Returns the term of the largest score; 1 if there is none. */
    float maxTerm() {
        if (Float.isNaN(maxTerm)) {
            maxTerm = exp.term(top(), rounder());
        }
        return maxTerm;
    }

    /** Returns the term of a score. */
    float term(float score) {
        return exp.term(Math.max(score - anchor, lowest()), rounder());
    }

    /** Adds the sums of {@code other}, which is left as it is and has the same temperature. */
    void mergeWith(RowSums other) {
        if (other.max == Float.NEGATIVE_INFINITY) {
            return;
        }
        if (max == Float.NEGATIVE_INFINITY) {
            become(other);
            return;
        }
        if (other.max > max) {
            carryTo(other);
        }
        double f = scaleTo(this, other);
        double d = (double) other.max - max;
        double s2 = f * other.s;
        if (hasMoments) {
            u += f * (other.u + 2 * d * other.t + d * d * other.s);
            t += f * (other.t + d * other.s);
            q += f * f * other.q;
            w += f * f * other.w + (maxTerm() - f * other.maxTerm()) * s2;
        }
        s += s2;
        size = other.size > size ? other.size : size;
        g += other.g + d * other.unmasked;
        unmasked += other.unmasked;
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeFloat(max);
        out.writeFloat(anchor);
        out.writeInt(exponent);
        out.writeLong(unmasked);
        for (double sum : new double[] {s, t, u, q, w, g}) {
            out.writeDouble(sum);
        }
    }

    void readFrom(DataInput in) throws IOException {
        max = in.readFloat();
        anchor = in.readFloat();
        exponent = in.readInt();
        maxTerm = max == Float.NEGATIVE_INFINITY ? 1 : Float.NaN;
        size = Float.POSITIVE_INFINITY;
        unmasked = in.readLong();
        s = in.readDouble();
        t = in.readDouble();
        u = in.readDouble();
        q = in.readDouble();
        w = in.readDouble();
        g = in.readDouble();
    }

    /** Makes the sums relative to the higher reference of {@code other}. */
    private void carryTo(RowSums other) {
        double f = scaleTo(other, this);
        double d = (double) max - other.max;
        if (hasMoments) {
            u = f * (u + 2 * d * t + d * d * s);
            t = f * (t + d * s);
            q = f * f * q;
            w = f * f * w + (other.maxTerm() - f * maxTerm()) * (f * s);
        }
        s = f * s;
        g += d * unmasked;
        referAs(other);
    }

    private void referAs(RowSums other) {
        max = other.max;
        anchor = other.anchor;
        exponent = other.exponent;
        maxTerm = other.maxTerm;
    }

    /** Turns the identity into {@code other}, by the merge's operations that do not vanish. */
    private void become(RowSums other) {
        referAs(other);
        s = other.s;
        size = other.size;
        g = 0.0 + other.g;
        unmasked = other.unmasked;
        if (hasMoments) {
            u = other.u;
            t = 0.0 + other.t;
            q = other.q;
            w = 0.0 + other.w;
        }
    }

    /** What terms of one reference are multiplied with to become terms of a higher one. */
    private static double scaleTo(RowSums higher, RowSums of) {
        int powers = of.exponent - higher.exponent;
        if (of.anchor == higher.anchor) {
            return powerOfTwo(powers);
        }
        double nats = ((double) of.anchor - higher.anchor) / higher.temperature + powers * LN_2;
        return StrictMath.exp(nats);
    }

    private static double powerOfTwo(int n) {
        // Math.scalb is slower, and right for every n.
        return Math.abs(n) < Double.MAX_EXPONENT
                ? Double.longBitsToDouble((long) (n + Double.MAX_EXPONENT) << 52)
                : Math.scalb(1.0, n);
    }
}
