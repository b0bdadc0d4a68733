package io.logitstream.operator;

import io.logitstream.kernel.ClassSet;
import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.RowState;
import io.logitstream.record.Certainty;
import io.logitstream.record.Inexact;
import io.logitstream.record.LabelFigures;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.RowSaturation;
import io.logitstream.record.ScoreRecord;
import org.jspecify.annotations.Nullable;

/**
 * What a normaliser makes of a row whose scores were reduced. Reused from row to row; not
 * thread-safe.
 */
interface RowReading {

    /** Returns the reading of a model's rows that come with all their scores. */
    static RowReading of(ModelSpec model, RowState state) {
        if (model.clusters() != null) {
            return new AdaptiveReading(model, model.clusters());
        }
        if (model.normalizer() == Normalizer.SIGMOID) {
            return new SigmoidReading(state);
        }
        return model.tree() == null
                ? new SoftmaxReading(model, state)
                : new TreeReading(model, model.tree());
    }

    /**
     * Reads a row that came whole.
     *
     * @param row the row, whose scores are logits
     * @param kernel the kernel that has just reduced them
     */
    default void read(ScoreRecord row, RowKernel kernel) {}

    /** Returns how many best classes are known. */
    int best();

    /** Returns the class at a rank; 0 is the best. */
    int classAt(int rank);

    float scoreAt(int rank);

    float probabilityAt(int rank);

    /** Returns the largest probability. */
    double confidence();

    /** Returns the log-sum-exp, NaN if there is none. */
    double logSumExp();

    /** Returns the entropy that is the expected loss, NaN if nobody computed it. */
    double entropy();

    /** Returns what a label of the row says. */
    LabelFigures judge(int label);

    /** Returns what a set of true classes says, which only rows of a sigmoid have. */
    default LabelFigures judge(ClassSet labels) {
        throw new IllegalStateException("a row with one true class has a set of them");
    }

    /** Returns all probabilities of the row that was read, null if nobody knows them. */
    default float @Nullable [] distribution(float[] scores, RowKernel kernel) {
        return null;
    }

    /** Returns how much of this is certain. */
    default Certainty certainty() {
        return Certainty.FULL;
    }

    /** Returns how saturated a softmax of all scores is, null of anything else. */
    default @Nullable RowSaturation saturation() {
        return null;
    }

    /** Returns why the prediction is not exact, or null if it is. */
    default @Nullable Inexact inexact() {
        return null;
    }

    /** Returns how many probabilities of a sparse distribution are above 0, else 0. */
    default int support() {
        return 0;
    }

    /** Returns how many inner nodes of a tree were looked at, else 0. */
    default int visited() {
        return 0;
    }
}
