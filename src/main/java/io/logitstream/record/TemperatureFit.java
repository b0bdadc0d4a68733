package io.logitstream.record;

import io.logitstream.kernel.CalibrationBins;
import io.logitstream.kernel.ExactSum;
import io.logitstream.kernel.RowState;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The temperature that gives the least mean cross-entropy (Guo et al. 2017, On Calibration of
 * Modern Neural Networks, section 4.2), from sums on a fixed grid of temperatures, {@link
 * #PER_OCTAVE} an octave. The loss is convex in 1/T, and its slope in {@code ln(1/T)} is the loss
 * less the entropy: {@code E_p[z] - z_y}. Between the two temperatures where the mean slope changes
 * its sign the loss is taken for the cubic with these two values and slopes, whose least point is
 * within 1e-4 of the true one for losses of real models; the calibration error is interpolated
 * linearly.
 *
 * <p>All sums are exact, so the fit has the same bits whatever the order. Mutable, not thread-safe.
 */
public final class TemperatureFit {

    /** How many temperatures there are from one to twice as much. */
    public static final int PER_OCTAVE = 8;

    /** How many octaves below and above the model's temperature rows are looked at. */
    public static final int OCTAVES = 3;

    private static final int LOWEST = number(RowState.MIN_TEMPERATURE, false);
    private static final int HIGHEST = number(RowState.MAX_TEMPERATURE, true);

    private final Map<Integer, Point> points = new TreeMap<>();

    /** What holds at the temperatures the rows had. */
    private Point now = new Point();

    /** The sums at one temperature. */
    private static final class Point {
        long rows;
        ExactSum weight = new ExactSum();
        ExactSum loss = new ExactSum();
        ExactSum entropy = new ExactSum();

        /** By bin, how much the right answers are more than the confidence says. */
        final ExactSum[] gaps = new ExactSum[CalibrationBins.BINS];

        Point() {
            for (int bin = 0; bin < gaps.length; bin++) {
                gaps[bin] = new ExactSum();
            }
        }

        void mergeWith(Point other) {
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

        static Point readFrom(DataInput in) throws IOException {
            Point point = new Point();
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

    /**
     * What was fitted.
     *
     * @param temperature divides the scores
     * @param loss the mean cross-entropy there, in nats
     * @param calibrationError the expected calibration error of 15 bins there
     * @param isInside whether the least loss is inside the temperatures that were looked at
     */
    public record Fitted(
            double temperature, double loss, double calibrationError, boolean isInside) {}

    /** Returns a temperature of the grid. */
    public static double temperature(int number) {
        return StrictMath.pow(2, (double) number / PER_OCTAVE);
    }

    /** Returns the number of the lowest temperature to look at for one. */
    public static int lowest(double temperature) {
        return Math.max(LOWEST, number(temperature, false) - PER_OCTAVE * OCTAVES);
    }

    /** Returns the number of the highest. */
    public static int highest(double temperature) {
        return Math.min(HIGHEST, number(temperature, true) + PER_OCTAVE * OCTAVES);
    }

    /** Returns the number of the grid's next temperature that is not lower, or not higher. */
    private static int number(double temperature, boolean isDown) {
        double exact = PER_OCTAVE * StrictMath.log(temperature) / StrictMath.log(2);
        return (int) (isDown ? Math.floor(exact) : Math.ceil(exact));
    }

    /** Adds a row, or with sign -1 takes it back. */
    void add(RowFit row, double weight, boolean isRight, int sign) {
        for (RowFit.At at : row.at()) {
            if (!ExactSum.accepts(weight * at.loss())) {
                return;
            }
        }
        for (int i = 0; i < row.at().length; i++) {
            Point point = points.computeIfAbsent(row.first() + i, absent -> new Point());
            point.add(isRight, row.at()[i], weight, sign);
        }
        now.add(isRight, row.now(), weight, sign);
    }

    void mergeWith(TemperatureFit other) {
        now.mergeWith(other.now);
        other.points.forEach(
                (number, point) ->
                        points.computeIfAbsent(number, absent -> new Point()).mergeWith(point));
    }

    /** Returns the temperatures that all rows were looked at, which others may not have been. */
    private TreeMap<Integer, Point> common() {
        TreeMap<Integer, Point> common = new TreeMap<>();
        points.forEach(
                (number, point) -> {
                    if (point.rows == now.rows && point.weight.value() > 0) {
                        common.put(number, point);
                    }
                });
        return common;
    }

    /** Returns how many rows were looked at. */
    public long samples() {
        return now.rows;
    }

    /** Returns the mean cross-entropy of these rows at the temperatures they had. */
    public double lossBefore() {
        return now.meanLoss();
    }

    /** Returns the expected calibration error of 15 bins of these rows as they were. */
    public double calibrationErrorBefore() {
        return now.calibrationError();
    }

    /**
     * Returns the temperature with the least mean loss; null without rows, or if there is none that
     * all were looked at.
     */
    public @Nullable Fitted best() {
        TreeMap<Integer, Point> common = common();
        if (common.isEmpty()) {
            return null;
        }
        int low = common.firstKey();
        for (int number = low; common.containsKey(number); number++) {
            // Higher temperatures are lower 1/T: there the slope falls below zero.
            if (common.get(number).slope() <= 0) {
                return number == low ? at(low, common.get(low)) : between(number - 1, common);
            }
        }
        return at(common.lastKey(), common.lastEntry().getValue());
    }

    private static Fitted at(int number, Point point) {
        return new Fitted(temperature(number), point.meanLoss(), point.calibrationError(), false);
    }

    private static Fitted between(int number, TreeMap<Integer, Point> common) {
        Point lower = common.get(number);
        Point higher = common.get(number + 1);
        Cubic cubic = Cubic.between(lower, higher);
        double t = cubic.leastAt();
        double error = lower.calibrationError();
        return new Fitted(
                StrictMath.pow(2, (number + t) / PER_OCTAVE),
                cubic.at(t),
                error + t * (higher.calibrationError() - error),
                true);
    }

    /** The cubic with given values and slopes at 0 and 1. */
    private record Cubic(double cubed, double squared, double slope, double value) {

        static Cubic between(Point lower, Point higher) {
            // Slopes are in ln(1/T), which falls by this much.
            double step = -StrictMath.log(2) / PER_OCTAVE;
            double slope0 = step * lower.slope();
            double slope1 = step * higher.slope();
            double rise = higher.meanLoss() - lower.meanLoss();
            return new Cubic(
                    slope0 + slope1 - 2 * rise,
                    3 * rise - 2 * slope0 - slope1,
                    slope0,
                    lower.meanLoss());
        }

        double at(double t) {
            return ((cubed * t + squared) * t + slope) * t + value;
        }

        /** Returns where its slope changes from negative to positive, in [0, 1]. */
        double leastAt() {
            double low = 0;
            double high = 1;
            for (int i = 0; i < 60; i++) {
                double middle = (low + high) / 2;
                if ((3 * cubed * middle + 2 * squared) * middle + slope < 0) {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            return (low + high) / 2;
        }
    }

    /**
     * Writes the number of temperatures, then each with its sums, ascending; then those as it was.
     */
    void writeTo(DataOutput out) throws IOException {
        points.values().removeIf(Point::isEmpty);
        out.writeInt(points.size());
        for (Map.Entry<Integer, Point> entry : points.entrySet()) {
            out.writeInt(entry.getKey());
            entry.getValue().writeTo(out);
        }
        if (!points.isEmpty()) {
            now.writeTo(out);
        }
    }

    /**
     * Becomes what {@link #writeTo} wrote.
     *
     * @throws IllegalArgumentException if it did not
     */
    void readFrom(DataInput in) throws IOException {
        int size = in.readInt();
        int before = Integer.MIN_VALUE;
        for (int i = 0; i < size; i++) {
            int number = in.readInt();
            if (number <= before || number < LOWEST || number > HIGHEST) {
                throw new IllegalArgumentException(
                        "a fit has no temperature %d after %d".formatted(number, before));
            }
            before = number;
            points.put(number, Point.readFrom(in));
        }
        if (size < 0) {
            throw new IllegalArgumentException("a fit cannot have " + size + " temperatures");
        }
        if (size > 0) {
            now = Point.readFrom(in);
        }
    }
}
