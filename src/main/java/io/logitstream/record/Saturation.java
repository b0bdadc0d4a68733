package io.logitstream.record;

import io.logitstream.kernel.ExactSum;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * How much gradient the rows of a window have left, and how certain they are: a commutative monoid
 * under {@link #mergeWith}, exact whatever the order. The gradient is that of the loss with respect
 * to the scores over the temperature, {@code p - y}; its norm is in [0, sqrt 2]. Rows count once
 * where labels are concerned, by their weight in the means. Mutable, not thread-safe.
 */
public final class Saturation {

    /** 7e-9: norms below a millionth are all the same. */
    private static final double UNITS_PER_ONE = 0x1p27;

    private static final long HIGHEST_UNITS = 1L << 28;

    private final QuantileSketch wrongNorms = new QuantileSketch(UNITS_PER_ONE, HIGHEST_UNITS);
    private final QuantileSketch rightNorms = new QuantileSketch(UNITS_PER_ONE, HIGHEST_UNITS);
    private long underflows;
    private long rows;
    private long certain;
    private ExactSum weight = new ExactSum();
    private ExactSum spread = new ExactSum();
    private ExactSum effectiveClasses = new ExactSum();
    private ExactSum topMass = new ExactSum();

    /** Adds a row, or with sign -1 takes it back. */
    void addRow(RowSaturation row, LossTerm term) {
        double signed = term.sign() * term.weight();
        rows += term.sign();
        certain += (float) term.confidence() == 1f ? term.sign() : 0;
        double classes = signed * StrictMath.exp(term.entropyNats());
        if (ExactSum.accepts(signed * row.spread()) && ExactSum.accepts(classes)) {
            weight.add(signed);
            spread.add(signed * row.spread());
            effectiveClasses.add(classes);
            topMass.add(signed * row.topMass());
        }
    }

    /** Adds what a label says, or with sign -1 takes it back. */
    void addLabel(LabelFigures label, int sign) {
        QuantileSketch norms = label.rank() == 0 ? rightNorms : wrongNorms;
        norms.add(label.gradientNorm(), sign);
        underflows += label.underflows() ? sign : 0;
    }

    void mergeWith(Saturation other) {
        wrongNorms.mergeWith(other.wrongNorms);
        rightNorms.mergeWith(other.rightNorms);
        underflows += other.underflows;
        rows += other.rows;
        certain += other.certain;
        weight.mergeWith(other.weight);
        spread.mergeWith(other.spread);
        effectiveClasses.mergeWith(other.effectiveClasses);
        topMass.mergeWith(other.topMass);
    }

    /** Returns how many rows have a softmax of all their scores. */
    public long rows() {
        return rows;
    }

    /** Returns how many labelled rows have a gradient. */
    public long gradients() {
        return wrongNorms.count() + rightNorms.count();
    }

    /**
     * Returns a quantile of the gradient norms, within 1 % or 1e-8, whichever is larger.
     *
     * @param q from 0 to 1
     */
    public double normQuantile(double q) {
        QuantileSketch all = new QuantileSketch(UNITS_PER_ONE, HIGHEST_UNITS);
        all.mergeWith(wrongNorms);
        all.mergeWith(rightNorms);
        return all.quantile(q);
    }

    /** Returns the share of gradients below a norm, within 1 % of it, among wrong answers. */
    public double vanishedAmongWrong(double norm) {
        return wrongNorms.shareBelow(norm);
    }

    /** Returns the share of gradients below a norm, within 1 % of it, among right answers. */
    public double vanishedAmongRight(double norm) {
        return rightNorms.shareBelow(norm);
    }

    /** Returns the share of gradients whose label has a probability that float32 makes 0. */
    public double labelUnderflow() {
        return (double) underflows / gradients();
    }

    /** Returns the share of rows whose largest probability float32 makes 1. */
    public double certainShare() {
        return (double) certain / rows;
    }

    /** Returns the mean spread of the scores under the distribution. */
    public double meanSpread() {
        return spread.value() / weight.value();
    }

    /** Returns the mean effective number of classes, {@code exp(entropy)}. */
    public double meanEffectiveClasses() {
        return effectiveClasses.value() / weight.value();
    }

    /** Returns the mean probability of the top-k together. */
    public double meanTopMass() {
        return topMass.value() / weight.value();
    }

    /** Writes the two sketches, the counts of underflows, rows and certain ones, and the sums. */
    void writeTo(DataOutput out) throws IOException {
        wrongNorms.writeTo(out);
        rightNorms.writeTo(out);
        out.writeLong(underflows);
        out.writeLong(rows);
        out.writeLong(certain);
        weight.writeTo(out);
        spread.writeTo(out);
        effectiveClasses.writeTo(out);
        topMass.writeTo(out);
    }

    void readFrom(DataInput in) throws IOException {
        wrongNorms.readFrom(in);
        rightNorms.readFrom(in);
        underflows = in.readLong();
        rows = in.readLong();
        certain = in.readLong();
        weight = ExactSum.readFrom(in);
        spread = ExactSum.readFrom(in);
        effectiveClasses = ExactSum.readFrom(in);
        topMass = ExactSum.readFrom(in);
    }
}
