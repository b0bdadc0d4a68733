package io.logitstream.operator;

import io.logitstream.kernel.RowKernel;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.ScoreRecord;
import org.jspecify.annotations.Nullable;

/** What a row says of which only some classes were sent, see {@link ScoreRecord#selection()}. */
sealed interface SelectedReading extends RowReading
        permits TruncatedReading, SampledReading, AdaptiveReading {

    /**
     * Reads a row.
     *
     * @param label its label, or {@link ScoreRecord#NO_LABEL}
     * @return null, or why the row has no reading
     */
    @Nullable Fault read(ScoreRecord row, int label, RowKernel kernel);

    /** Checks that classes are the model's, and that their scores are numbers or -infinity. */
    static @Nullable Fault check(int[] classes, float[] scores, ModelSpec model) {
        for (int i = 0; i < classes.length; i++) {
            if (classes[i] >= model.numClasses()) {
                return new Fault(
                        FaultReason.INVALID_FIELD,
                        "classes[%d] is %d, but model '%s' has %d classes"
                                .formatted(i, classes[i], model.name(), model.numClasses()));
            }
            if (!(scores[i] < Float.POSITIVE_INFINITY)) {
                return RowFaults.invalidScore(i, scores[i]);
            }
        }
        return null;
    }
}
