package io.logitstream.record;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * How often each class was predicted and was true, for models with few enough classes to count.
 * Rows count once, whatever their weight. A commutative monoid under {@link #mergeWith}. Not
 * thread-safe.
 */
public final class ClassCounts {

    /** More classes are refused in bytes from outside. */
    static final int MAX_CLASSES = 10_000;

    private static final int PREDICTED = 0;
    private static final int JUDGED = 1;
    private static final int TRUE = 2;
    private static final int CORRECT = 3;
    private static final int COLUMNS = 4;

    private long[] counts = new long[0];

    void addPredicted(int predictedClass, int sign) {
        count(predictedClass, PREDICTED, sign);
    }

    void addLabelled(int predictedClass, int trueClass, int sign) {
        count(predictedClass, JUDGED, sign);
        count(trueClass, TRUE, sign);
        if (predictedClass == trueClass) {
            count(trueClass, CORRECT, sign);
        }
    }

    private void count(int classIndex, int column, long more) {
        int at = classIndex * COLUMNS + column;
        if (at >= counts.length) {
            counts = Arrays.copyOf(counts, (classIndex + 1) * COLUMNS);
        }
        counts[at] += more;
    }

    void mergeWith(ClassCounts other) {
        if (other.counts.length > counts.length) {
            counts = Arrays.copyOf(counts, other.counts.length);
        }
        for (int i = 0; i < other.counts.length; i++) {
            counts[i] += other.counts[i];
        }
    }

    private long get(int classIndex, int column) {
        int at = classIndex * COLUMNS + column;
        return at < counts.length ? counts[at] : 0;
    }

    /** Returns one more than the highest class that was predicted or true, 0 if there is none. */
    public int numClasses() {
        return counts.length / COLUMNS;
    }

    /** Returns how many rows, labelled or not, have each class as their best. */
    public long[] predicted() {
        long[] predicted = new long[numClasses()];
        for (int i = 0; i < predicted.length; i++) {
            predicted[i] = predicted(i);
        }
        return predicted;
    }

    /** Returns how many rows, labelled or not, have the class as their best. */
    public long predicted(int classIndex) {
        return get(classIndex, PREDICTED);
    }

    /** Returns how many labelled rows have the class as their best. */
    public long predictedAmongLabelled(int classIndex) {
        return get(classIndex, JUDGED);
    }

    /** Returns how many rows have the class as their label. */
    public long labelled(int classIndex) {
        return get(classIndex, TRUE);
    }

    /** Returns how many rows have the class as their best and as their label. */
    public long correct(int classIndex) {
        return get(classIndex, CORRECT);
    }

    /** Returns the share of rows predicted as the class that are of it; NaN if there are none. */
    public double precision(int classIndex) {
        return (double) correct(classIndex) / predictedAmongLabelled(classIndex);
    }

    /** Returns the share of rows of the class that are predicted as it; NaN if there are none. */
    public double recall(int classIndex) {
        return (double) correct(classIndex) / labelled(classIndex);
    }

    /** Returns the harmonic mean of precision and recall, as {@code 2 tp / (predicted + true)}. */
    public double f1(int classIndex) {
        return 2.0
                * correct(classIndex)
                / (predictedAmongLabelled(classIndex) + labelled(classIndex));
    }

    /** A figure of one class. */
    private interface Figure {
        double of(ClassCounts counts, int classIndex);
    }

    /**
     * Returns the unweighted mean of a figure over the classes that were predicted or true among
     * labelled rows, a figure that nothing defines being 0; NaN if there are none.
     */
    private double macro(Figure figure) {
        double sum = 0;
        int classes = 0;
        for (int i = 0; i < numClasses(); i++) {
            if (predictedAmongLabelled(i) + labelled(i) > 0) {
                double value = figure.of(this, i);
                sum += Double.isNaN(value) ? 0 : value;
                classes++;
            }
        }
        return sum / (classes == 0 ? Double.NaN : classes);
    }

    /** Returns the macro-averaged precision. */
    public double macroPrecision() {
        return macro(ClassCounts::precision);
    }

    /** Returns the macro-averaged recall. */
    public double macroRecall() {
        return macro(ClassCounts::recall);
    }

    /** Returns the macro-averaged F1. */
    public double macroF1() {
        return macro(ClassCounts::f1);
    }

    /**
     * Returns the micro-averaged F1, which is precision, recall and (unweighted) accuracy at once,
     * since a row has one best class and one label.
     */
    public double microF1() {
        long correct = 0;
        long labelled = 0;
        for (int i = 0; i < numClasses(); i++) {
            correct += correct(i);
            labelled += labelled(i);
        }
        return (double) correct / labelled;
    }

    /**
     * Writes the number of classes with a count (int32), then for each, ascending, its index
     * (int32) and how often it was predicted, predicted among labelled rows, true, and both (int64
     * each).
     */
    void writeTo(DataOutput out) throws IOException {
        int filled = 0;
        for (int i = 0; i < numClasses(); i++) {
            filled += isEmpty(i) ? 0 : 1;
        }
        out.writeInt(filled);
        for (int i = 0; i < numClasses(); i++) {
            if (!isEmpty(i)) {
                out.writeInt(i);
                for (int column = 0; column < COLUMNS; column++) {
                    out.writeLong(get(i, column));
                }
            }
        }
    }

    private boolean isEmpty(int classIndex) {
        long any = 0;
        for (int column = 0; column < COLUMNS; column++) {
            any |= get(classIndex, column);
        }
        return any == 0;
    }

    void readFrom(DataInput in) throws IOException {
        int filled = in.readInt();
        for (int left = filled; left > 0; left--) {
            int classIndex = in.readInt();
            if (classIndex < 0 || classIndex >= MAX_CLASSES) {
                throw new IllegalArgumentException("class " + classIndex + " is not counted");
            }
            for (int column = 0; column < COLUMNS; column++) {
                count(classIndex, column, in.readLong());
            }
        }
    }
}
