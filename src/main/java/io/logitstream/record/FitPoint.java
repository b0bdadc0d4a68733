package io.logitstream.record;

import io.logitstream.kernel.CalibrationBins;
import io.logitstream.kernel.ExactSum;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** The sums of some labelled rows at one temperature of a {@link TemperatureFit}. */
final class FitPoint {
    long rows;
    ExactSum weight = new ExactSum();
    ExactSum loss = new ExactSum();
    ExactSum entropy = new ExactSum();

    /** By bin, how much the right answers are more than the confidence says. */
    final ExactSum[] gaps = new ExactSum[CalibrationBins.BINS];

    FitPoint() {
        for (int bin = 0; bin < gaps.length; bin++) {
            gaps[bin] = new ExactSum();
        }
    }

    void mergeWith(FitPoint other) {
        rows += other.rows;
        weight.mergeWith(other.weight);
        loss.mergeWith(other.loss);
        entropy.mergeWith(other.entropy);
        for (int bin = 0; bin < gaps.length; bin++) {
            gaps[bin].mergeWith(other.gaps[bin]);
        }
    }

    void add(boolean isRight, RowFit.At row, double weight, int sign) {
        rows += sign;
        this.weight.add(sign * weight);
        loss.add(sign * weight * row.loss());
        entropy.add(sign * weight * row.entropy());
        ExactSum gap = gaps[CalibrationBins.binOf(row.confidence())];
        gap.add(isRight ? sign * weight : 0);
        gap.add(-sign * weight * row.confidence());
    }

    boolean isEmpty() {
        ExactSum zero = new ExactSum();
        boolean isEmpty = rows == 0 && weight.equals(zero);
        isEmpty &= loss.equals(zero) && entropy.equals(zero);
        for (ExactSum gap : gaps) {
            isEmpty &= gap.equals(zero);
        }
        return isEmpty;
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeLong(rows);
        weight.writeTo(out);
        loss.writeTo(out);
        entropy.writeTo(out);
        for (ExactSum gap : gaps) {
            gap.writeTo(out);
        }
    }

    static FitPoint readFrom(DataInput in) throws IOException {
        FitPoint point = new FitPoint();
        point.rows = in.readLong();
        point.weight = ExactSum.readFrom(in);
        point.loss = ExactSum.readFrom(in);
        point.entropy = ExactSum.readFrom(in);
        for (int bin = 0; bin < point.gaps.length; bin++) {
            point.gaps[bin] = ExactSum.readFrom(in);
        }
        return point;
    }

    double meanLoss() {
        return loss.value() / weight.value();
    }

    double slope() {
        return (loss.value() - entropy.value()) / weight.value();
    }

    double calibrationError() {
        double sum = 0;
        for (ExactSum gap : gaps) {
            sum += Math.abs(gap.value());
        }
        return sum / weight.value();
    }
}
