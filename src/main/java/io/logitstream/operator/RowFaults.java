package io.logitstream.operator;

import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;

/** What can be wrong with the scores and fields of a row, in the same words for every kind. */
final class RowFaults {

    private RowFaults() {}

    /** Returns the fault of a row with NaN or +infinity. */
    static Fault firstInvalid(float[] scores) {
        int index = 0;
        while (scores[index] < Float.POSITIVE_INFINITY) {
            index++;
        }
        return invalidScore(index, scores[index]);
    }

    /** Returns the fault of a score that is NaN or +infinity. */
    static Fault invalidScore(int index, float score) {
        return new Fault(
                FaultReason.INVALID_SCORE,
                "scores[" + index + "] is " + score + "; only numbers and -Infinity are allowed");
    }

    /** Returns the fault of a row without a distribution. */
    static Fault allMasked(long numClasses) {
        return new Fault(
                FaultReason.ALL_MASKED,
                "all " + numClasses + " scores are -Infinity, so nothing is left");
    }

    /** Returns the fault of a row with a field that cannot be as it is. */
    static Fault invalidField(String detail) {
        return new Fault(FaultReason.INVALID_FIELD, detail);
    }
}
