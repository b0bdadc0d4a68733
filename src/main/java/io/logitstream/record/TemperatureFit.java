package io.logitstream.record;

import io.logitstream.kernel.CalibrationBins;
import io.logitstream.kernel.ExactSum;
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

    private final Map<Integer, Point> points = new TreeMap<>();

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
     * What was fitted, or what holds at a given temperature.
     *
     * @param temperature divides the scores
     * @param loss the mean cross-entropy there, in nats
     * @param calibrationError the expected calibration error of 15 bins there
     * @param samples how many rows it is over
     * @param isInside whether the least loss is inside the temperatures that were looked at
     */
    public record Fitted(
            double temperature,
            double loss,
            double calibrationError,
            long samples,
            boolean isInside) {}

    /** Returns a temperature of the grid. */
    public static double temperature(int number) {
        return StrictMath.pow(2, (double) number / PER_OCTAVE);
    }

    /** Returns the number of the grid's temperature nearest to one. */
    public static int nearest(double temperature) {
        return (int) Math.rint(PER_OCTAVE * StrictMath.log(temperature) / StrictMath.log(2));
    }

    /** Adds a row, or with sign -1 takes it back. */
    void add(RowFit row, double weight, boolean isRight, int sign) {
        for (double loss : row.losses()) {
            if (!ExactSum.accepts(weight * loss)) {
                return;
            }
        }
        for (int i = 0; i < row.losses().length; i++) {
            Point point = points.computeIfAbsent(row.first() + i, absent -> new Point());
            double confidence = row.confidences()[i];
            point.rows += sign;
            point.weight.add(sign * weight);
            point.loss.add(sign * weight * row.losses()[i]);
            point.entropy.add(sign * weight * row.entropies()[i]);
            ExactSum gap = point.gaps[CalibrationBins.binOf(confidence)];
            gap.add(isRight ? sign * weight : 0);
            gap.add(-sign * weight * confidence);
        }
    }

    void mergeWith(TemperatureFit other) {
        other.points.forEach(
                (number, point) ->
                        points.computeIfAbsent(number, absent -> new Point()).mergeWith(point));
    }

    /** Returns the temperatures that all rows were looked at, which others may not have been. */
    private TreeMap<Integer, Point> common() {
        long most = 0;
        for (Point point : points.values()) {
            most = Math.max(most, point.rows);
        }
        TreeMap<Integer, Point> common = new TreeMap<>();
        for (Map.Entry<Integer, Point> entry : points.entrySet()) {
            Point point = entry.getValue();
            if (point.rows == most && point.weight.value() > 0) {
                common.put(entry.getKey(), point);
            }
        }
        return common;
    }

    /** Returns the temperature with the least mean loss, or null without rows. */
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
        return new Fitted(
                temperature(number), point.meanLoss(), point.calibrationError(), point.rows, false);
    }

    private static Fitted between(int number, TreeMap<Integer, Point> common) {
        Cubic cubic = Cubic.between(common.get(number), common.get(number + 1));
        return fitted(number, cubic.leastAt(), cubic, common);
    }

    private static Fitted fitted(
            int number, double t, Cubic cubic, TreeMap<Integer, Point> common) {
        Point lower = common.get(number);
        double error = lower.calibrationError();
        return new Fitted(
                StrictMath.pow(2, (number + t) / PER_OCTAVE),
                cubic.at(t),
                error + t * (common.get(number + 1).calibrationError() - error),
                lower.rows,
                true);
    }

    /** Returns what holds at a temperature, or null if it is none that all rows were looked at. */
    public @Nullable Fitted at(double temperature) {
        TreeMap<Integer, Point> common = common();
        double exact = PER_OCTAVE * StrictMath.log(temperature) / StrictMath.log(2);
        int number = (int) Math.floor(exact);
        if (!common.containsKey(number) || !common.containsKey(number + 1)) {
            return null;
        }
        Cubic cubic = Cubic.between(common.get(number), common.get(number + 1));
        return fitted(number, exact - number, cubic, common);
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

    /** Writes the number of temperatures, then each with its sums, ascending. */
    void writeTo(DataOutput out) throws IOException {
        points.values().removeIf(point -> point.rows == 0);
        out.writeInt(points.size());
        for (Map.Entry<Integer, Point> entry : points.entrySet()) {
            Point point = entry.getValue();
            out.writeInt(entry.getKey());
            out.writeLong(point.rows);
            point.weight.writeTo(out);
            point.loss.writeTo(out);
            point.entropy.writeTo(out);
            for (ExactSum gap : point.gaps) {
                gap.writeTo(out);
            }
        }
    }

    /**
     * Adds what {@link #writeTo} wrote.
     *
     * @throws IllegalArgumentException if it did not
     */
    void readFrom(DataInput in) throws IOException {
        int size = in.readInt();
        if (size < 0) {
            throw new IllegalArgumentException("a fit cannot have " + size + " temperatures");
        }
        for (int i = 0; i < size; i++) {
            Point point = new Point();
            int number = in.readInt();
            point.rows = in.readLong();
            point.weight = ExactSum.readFrom(in);
            point.loss = ExactSum.readFrom(in);
            point.entropy = ExactSum.readFrom(in);
            for (int bin = 0; bin < point.gaps.length; bin++) {
                point.gaps[bin] = ExactSum.readFrom(in);
            }
            points.put(number, point);
        }
    }
}
