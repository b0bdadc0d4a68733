package io.logitstream.codec;

import static io.logitstream.record.FaultReason.INVALID_FIELD;

import io.logitstream.record.Selection;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields that say which scores of a row were sent, while its record is decoded. Reused from
 * record to record, and so are the arrays of what it returns; not thread-safe.
 */
final class SelectionFields {

    private final int maxClasses;
    private int[] integers = new int[0];
    private float[] logExpectedCounts = new float[0];
    private int given;
    private int size;
    private int counts;
    private int rest;
    private double logSumExp;
    private double labelScore;

    SelectionFields(int maxClasses) {
        this.maxClasses = maxClasses;
        clear();
    }

    void clear() {
        given = 0;
        size = 0;
        counts = 0;
        rest = Selection.ALL_OTHERS;
        logSumExp = Double.NaN;
        labelScore = Double.NaN;
    }

    /** Notes that the record has the field, and not as null. */
    void begin(Field field) {
        given |= field.bit();
    }

    boolean isEmpty() {
        return given == 0;
    }

    private boolean has(Field field) {
        return (given & field.bit()) != 0;
    }

    /** Adds a class, or the number of a tail. */
    void addInteger(Field field, long number) throws FaultException {
        if (number < 0 || number > Integer.MAX_VALUE) {
            throw FieldFaults.outOfRange(FieldFaults.element(field, size), Long.toString(number));
        }
        if (size == maxClasses) {
            throw tooMany(field);
        }
        if (size == integers.length) {
            integers = Arrays.copyOf(integers, Math.min(Math.max(64, 2 * size), maxClasses));
        }
        integers[size++] = (int) number;
    }

    void addLogExpectedCount(float count) throws FaultException {
        if (!Float.isFinite(count)) {
            throw new FaultException(
                    INVALID_FIELD,
                    Field.LOG_EXPECTED_COUNTS + "[" + counts + "] must be finite, not " + count);
        }
        if (counts == maxClasses) {
            throw tooMany(Field.LOG_EXPECTED_COUNTS);
        }
        if (counts == logExpectedCounts.length) {
            logExpectedCounts = JsonScores.grow(logExpectedCounts, maxClasses);
        }
        logExpectedCounts[counts++] = count;
    }

    private FaultException tooMany(Field field) {
        return new FaultException(
                INVALID_FIELD,
                field + " has more elements than the widest model has classes, " + maxClasses);
    }

    /** Sets the log-sum-exp or the label's score. */
    void setFigure(Field field, double figure) throws FaultException {
        if (!(Math.abs(figure) <= Float.MAX_VALUE)) {
            throw new FaultException(
                    INVALID_FIELD, field + " must be finite and fit float32, not " + figure);
        }
        if (field == Field.LOG_SUM_EXP) {
            logSumExp = figure;
        } else {
            labelScore = figure;
        }
    }

    void setRest(long classes) throws FaultException {
        if (classes < 0 || classes > Integer.MAX_VALUE) {
            throw FieldFaults.outOfRange(Field.REST.toString(), Long.toString(classes));
        }
        rest = (int) classes;
    }

    /**
     * Returns which scores were sent, null if the record does not say.
     *
     * @param numScores how many scores it has
     */
    @Nullable Selection selection(int numScores) throws FaultException {
        if (isEmpty()) {
            return null;
        }
        if (has(Field.TAILS)) {
            refuse(Field.TAILS, Set.of(Field.CLASSES));
            refuseUnless(Field.CLASSES);
            return Selection.ofTails(exactly());
        }
        if (!has(Field.CLASSES)) {
            refuseUnless(Field.CLASSES);
            return null;
        }
        if (size != numScores) {
            throw new FaultException(
                    INVALID_FIELD,
                    "classes has " + size + " elements, but there are " + numScores + " scores");
        }
        if (!has(Field.LOG_EXPECTED_COUNTS)) {
            refuseUnlessSampled();
            return Selection.ofBest(exactly(), rest, logSumExp);
        }
        refuse(Field.LOG_EXPECTED_COUNTS, Set.of(Field.LOG_SUM_EXP, Field.REST));
        if (counts != size) {
            throw new FaultException(
                    INVALID_FIELD,
                    "logExpectedCounts has " + counts + " elements, but classes " + size);
        }
        if (Double.isNaN(labelScore)) {
            throw new FaultException(
                    INVALID_FIELD,
                    "labelScore is missing: with logExpectedCounts a row needs its label and its score");
        }
        if (logExpectedCounts.length != counts) {
            logExpectedCounts = Arrays.copyOf(logExpectedCounts, counts);
        }
        return Selection.ofSampled(exactly(), logExpectedCounts, (float) labelScore);
    }

    private int[] exactly() {
        if (integers.length != size) {
            integers = Arrays.copyOf(integers, size);
        }
        return integers;
    }

    private void refuseUnless(Field needed) throws FaultException {
        for (Field field : Field.ofSelection()) {
            if (field != needed && field != Field.TAILS && has(field)) {
                throw new FaultException(INVALID_FIELD, field + " needs " + needed + " beside it");
            }
        }
    }

    private void refuseUnlessSampled() throws FaultException {
        if (has(Field.LABEL_SCORE)) {
            throw new FaultException(INVALID_FIELD, "labelScore needs logExpectedCounts beside it");
        }
    }

    private void refuse(Field present, Set<Field> others) throws FaultException {
        for (Field field : others) {
            if (has(field)) {
                throw new FaultException(INVALID_FIELD, field + " does not go with " + present);
            }
        }
    }
}
