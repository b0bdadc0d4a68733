package io.logitstream.record;

import io.logitstream.kernel.RowLoss;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a model's labelled rows count in the loss.
 *
 * @param row the loss of one row
 * @param classWeights what the loss of a row is weighted with by its label, {@code [numClasses]},
 *     each in [0, {@link #MAX_CLASS_WEIGHT}]; empty if all weigh 1. Not to be modified
 * @param ignore the label of rows that count as unlabelled: a class name, an index in digits, or
 *     any other text; null if there is none
 * @param vanishedBelow a gradient counts as vanished if its norm is below this
 */
public record ModelLoss(
        RowLoss row, double[] classWeights, @Nullable String ignore, double vanishedBelow)
        implements Serializable {

    /** The norm below which a gradient counts as vanished, unless a model says otherwise. */
    public static final double VANISHED_BELOW = 1e-4;

    /** Creates a loss whose gradients vanish where they usually do. */
    public ModelLoss(RowLoss row, double[] classWeights, @Nullable String ignore) {
        this(row, classWeights, ignore, VANISHED_BELOW);
    }

    /** Cross-entropy, every label counts. */
    public static final ModelLoss CROSS_ENTROPY =
            new ModelLoss(RowLoss.CROSS_ENTROPY, new double[0], null);

    /** With it, the product with any record's weight is still a term of an exact sum. */
    public static final double MAX_CLASS_WEIGHT = 0x1p20;

    /** Returns whether it is the plain cross-entropy, whatever label is ignored. */
    public boolean isCrossEntropy() {
        return row.equals(RowLoss.CROSS_ENTROPY) && classWeights.length == 0;
    }

    /** Returns what the loss of a row with this label is weighted with. */
    public double weightOf(int label) {
        return classWeights.length == 0 ? 1 : classWeights[label];
    }

    /** Returns whether labels count as in another loss, whatever is called vanished. */
    public boolean countsAs(ModelLoss other) {
        return equals(new ModelLoss(other.row, other.classWeights, other.ignore, vanishedBelow));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ModelLoss that
                && row.equals(that.row)
                && Arrays.equals(classWeights, that.classWeights)
                && Objects.equals(ignore, that.ignore)
                && Double.compare(vanishedBelow, that.vanishedBelow) == 0;
    }

    @Override
    public int hashCode() {
        return Objects.hash(row, Arrays.hashCode(classWeights), ignore);
    }

    @Override
    public String toString() {
        return "ModelLoss[%s, %d class weights, ignore %s]"
                .formatted(row, classWeights.length, ignore);
    }
}
