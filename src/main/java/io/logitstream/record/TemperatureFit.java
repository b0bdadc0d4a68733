package io.logitstream.record;

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

    /** What one number more is in {@code ln(1/T)}. */
    private static final double STEP = -StrictMath.log(2) / PER_OCTAVE;

    private static final int LOWEST = number(RowState.MIN_TEMPERATURE, false);
    private static final int HIGHEST = number(RowState.MAX_TEMPERATURE, true);

    private final Map<Integer, FitPoint> points = new TreeMap<>();

    /** What holds at the temperatures the rows had. */
    private FitPoint now = new FitPoint();

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
        // The temperature it had may be far from the grid.
        boolean isAccepted = ExactSum.accepts(weight * row.now().loss());
        for (RowFit.At at : row.at()) {
            isAccepted &= ExactSum.accepts(weight * at.loss());
        }
        if (!isAccepted) {
            return;
        }
        for (int i = 0; i < row.at().length; i++) {
            FitPoint point = points.computeIfAbsent(row.first() + i, absent -> new FitPoint());
            point.add(isRight, row.at()[i], weight, sign);
        }
        now.add(isRight, row.now(), weight, sign);
    }

    void mergeWith(TemperatureFit other) {
        now.mergeWith(other.now);
        other.points.forEach(
                (number, point) ->
                        points.computeIfAbsent(number, absent -> new FitPoint()).mergeWith(point));
    }

    /** Returns the temperatures that all rows were looked at, which others may not have been. */
    private TreeMap<Integer, FitPoint> common() {
        TreeMap<Integer, FitPoint> common = new TreeMap<>();
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
        TreeMap<Integer, FitPoint> common = common();
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

    private static Fitted at(int number, FitPoint point) {
        return new Fitted(temperature(number), point.meanLoss(), point.calibrationError(), false);
    }

    private static Fitted between(int number, TreeMap<Integer, FitPoint> common) {
        FitPoint lower = common.get(number);
        FitPoint higher = common.get(number + 1);
        FitCubic cubic = FitCubic.between(lower, higher, STEP);
        double t = cubic.leastAt();
        double error = lower.calibrationError();
        return new Fitted(
                StrictMath.pow(2, (number + t) / PER_OCTAVE),
                cubic.at(t),
                error + t * (higher.calibrationError() - error),
                true);
    }

    /**
     * Writes the number of temperatures, then each with its sums, ascending; then those as it was.
     */
    void writeTo(DataOutput out) throws IOException {
        points.values().removeIf(FitPoint::isEmpty);
        out.writeInt(points.size());
        for (Map.Entry<Integer, FitPoint> entry : points.entrySet()) {
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
            points.put(number, FitPoint.readFrom(in));
        }
        if (size < 0) {
            throw new IllegalArgumentException("a fit cannot have " + size + " temperatures");
        }
        if (size > 0) {
            now = FitPoint.readFrom(in);
        }
    }
}
