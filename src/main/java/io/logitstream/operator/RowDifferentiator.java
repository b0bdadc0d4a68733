package io.logitstream.operator;

import io.logitstream.kernel.RowGradient;
import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.TopK;
import io.logitstream.record.Gradient;
import io.logitstream.record.GradientClasses;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.ScoreRecord;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Gives the gradient of a row that came whole, of the loss its model has, times the weights of the
 * record and of its class. Grows to the widest row, then allocates only what top(M) picks. Not
 * thread-safe.
 */
final class RowDifferentiator {

    private final ModelSpec model;
    private final GradientClasses wanted;
    private final SoftmaxReading reading;
    private final TopK best;
    private float[] values = new float[0];

    private RowDifferentiator(ModelSpec model, GradientClasses wanted, SoftmaxReading reading) {
        this.model = model;
        this.wanted = wanted;
        this.reading = reading;
        this.best = new TopK(wanted.best());
    }

    /**
     * Returns what differentiates the rows of a model, or null if nobody wants it or its loss has
     * no gradient here.
     *
     * @param reading what each row becomes before
     */
    static @Nullable RowDifferentiator of(ScoringPlan plan, ModelSpec model, RowReading reading) {
        return plan.gradients() != null && reading instanceof SoftmaxReading softmax
                ? new RowDifferentiator(model, plan.gradients(), softmax)
                : null;
    }

    /**
     * Returns the gradient, or null if the loss is infinite: the label is a masked class. Its
     * values are valid until the next row.
     *
     * @param record the row, its scores being logits
     * @param label its class
     * @param kernel the kernel that has just reduced it
     */
    @Nullable Gradient gradient(ScoreRecord record, int label, RowKernel kernel) {
        float[] scores = record.scores();
        if (scores[label] == Float.NEGATIVE_INFINITY) {
            return null;
        }
        if (values.length != scores.length) {
            values = new float[scores.length];
        }
        double weight = record.weight() * model.loss().weightOf(label);
        reading.distributionInto(scores, kernel, values);
        RowGradient.ofProbabilities(
                model.loss().row(),
                scores,
                label,
                reading.crossEntropy(),
                weight / model.temperature(),
                values);
        int[] classes = wanted.isFull() ? null : pick(scores, label);
        return new Gradient(
                record.id(),
                record.model(),
                record.timestampMillis(),
                label,
                weight,
                weight * reading.lossNats(),
                classes,
                classes == null ? values : valuesOf(classes));
    }

    private int[] pick(float[] scores, int label) {
        best.clear();
        for (int i = 0; i < scores.length; i++) {
            best.offer(scores[i], i);
        }
        int[] classes = new int[best.size() + 1];
        for (int rank = 0; rank < best.size(); rank++) {
            classes[rank] = best.classAt(rank);
        }
        classes[best.size()] = label;
        return best.rankOf(label) < 0 ? classes : Arrays.copyOf(classes, best.size());
    }

    private float[] valuesOf(int[] classes) {
        float[] picked = new float[classes.length];
        for (int i = 0; i < classes.length; i++) {
            picked[i] = values[classes[i]];
        }
        return picked;
    }
}
