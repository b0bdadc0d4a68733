package io.logitstream.kernel;

import io.logitstream.kernel.RowState.Sums;
import java.io.Serializable;
import java.util.Set;

/**
 * The loss of a labelled row, formed from its summary in log space: finite whenever the label's
 * score is, +infinity if the label is a masked class, never negative. With smoothing the
 * differences of scores, and their sum in a lane, must be within float32 too.
 *
 * <p>With neither parameter it is the cross-entropy {@code l_y = lse - z_y}. Label smoothing is
 * {@code (1 - a) l_y + a mean_k l_k} (Szegedy et al. 2016, Rethinking the Inception Architecture
 * for Computer Vision, section 7); the mean is over the classes that are not masked, for over all
 * it would be infinite. Focal loss is {@code (1 - p_y)^gamma l_y} (Lin et al. 2017, Focal Loss for
 * Dense Object Detection, section 3), with {@code 1 - p_y} from the cross-entropy, so that nothing
 * cancels where {@code p_y} is all but 1.
 *
 * @param labelSmoothing a, in [0, 1]; 0 is none
 * @param focalGamma gamma, not negative; 0 is none, and it does not go with smoothing
 */
public record RowLoss(double labelSmoothing, double focalGamma) implements Serializable {

    /** The cross-entropy. */
    public static final RowLoss CROSS_ENTROPY = new RowLoss(0, 0);

    /** Checks the parameters. */
    public RowLoss {
        if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
            throw new IllegalArgumentException(
                    "label smoothing must be from 0 to 1, not " + labelSmoothing);
        }
        if (!(focalGamma >= 0 && focalGamma < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    "focal gamma must be at least 0 and finite, not " + focalGamma);
        }
        if (labelSmoothing > 0 && focalGamma > 0) {
            throw new IllegalArgumentException(
                    "label smoothing %s and focal gamma %s do not go together"
                            .formatted(labelSmoothing, focalGamma));
        }
    }

    /** Returns the sums that a state must hold for this loss. */
    public Set<Sums> sums() {
        return Set.of(labelSmoothing > 0 ? Sums.GAPS : Sums.LOG_SUM_EXP);
    }

    /**
     * Returns the loss in nats; of a sparse row its Fenchel-Young loss, whatever the parameters.
     *
     * @param row a valid row, made with {@link #sums}
     * @param labelScore the score of its true class, before the temperature
     */
    public double nats(RowSummary row, float labelScore) {
        if (row.sparse() != null) {
            return row.sparse().loss(row.below(labelScore));
        }
        double crossEntropy = row.crossEntropy(labelScore);
        if (labelSmoothing > 0 && crossEntropy < Double.POSITIVE_INFINITY) {
            return (1 - labelSmoothing) * crossEntropy + labelSmoothing * row.meanCrossEntropy();
        }
        if (focalGamma > 0) {
            return StrictMath.pow(-StrictMath.expm1(-crossEntropy), focalGamma) * crossEntropy;
        }
        return crossEntropy;
    }
}
