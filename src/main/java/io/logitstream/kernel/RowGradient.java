package io.logitstream.kernel;

/**
 * The gradient of the weighted loss of a labelled row with respect to its scores, as they are
 * before the temperature T. With y = 1 for the label and 0 for others, and of a row's weight w,
 *
 * <ul>
 *   <li>cross-entropy: {@code w (p - y) / T}, also of a sparse row, whose Fenchel-Young loss has
 *       this gradient (Blondel, Martins and Niculae 2020, proposition 2);
 *   <li>label smoothing: {@code w (p - (1 - a) y - a / n) / T} with n classes that are not masked;
 *   <li>focal loss: {@code w f (p - y) / T} with {@code f = (1 - p_y)^(gamma - 1) (1 - p_y - gamma
 *       p_y ln p_y)}.
 * </ul>
 *
 * <p>It adds up to 0, and is 0 for a masked class. What the label's class has is formed from the
 * probabilities of the others where it has more than half: nothing cancels where it is all but
 * certain. {@code 1 - p_y} underflows to 0 only where each other probability is below {@link
 * RowState#LEAST_PROBABILITY}.
 *
 * <p>In float64 and in the order of the classes, each component rounded once to float32: every
 * kernel gives the same bits. As the probabilities, components are within 1e-6 of exact arithmetic,
 * relative to themselves; with focal loss within {@code 1e-6 (1 + gamma)}; with smoothing, where
 * two targets may balance, within {@code 1e-6 w / T} absolute.
 */
public final class RowGradient {

    private RowGradient() {}

    /**
     * Makes the gradient of the probabilities.
     *
     * @param loss the loss
     * @param scores of the whole row {@code [numClasses]}, not modified
     * @param label the true class, not masked
     * @param crossEntropy {@code -ln p_y}; only focal loss asks for it
     * @param scale {@code w / T}, at least 0 and finite
     * @param values the probabilities {@code [numClasses]}; becomes the gradient
     */
    public static void ofProbabilities(
            RowLoss loss,
            float[] scores,
            int label,
            double crossEntropy,
            double scale,
            float[] values) {
        double others = probabilityOfOthers(values, scores.length, label);
        double factor = scale * focalFactor(loss.focalGamma(), others, crossEntropy);
        double smoothing = loss.labelSmoothing();
        double share = smoothing == 0 ? 0 : smoothing / countUnmasked(scores);
        for (int i = 0; i < scores.length; i++) {
            if (scores[i] != Float.NEGATIVE_INFINITY) {
                values[i] = rounded(factor * (values[i] - share));
            }
        }
        values[label] = rounded(factor * (smoothing - share - others));
    }

    /** Returns {@code 1 - p_y}. */
    private static double probabilityOfOthers(float[] probabilities, int numClasses, int label) {
        if (probabilities[label] <= 0.5f) {
            return 1 - (double) probabilities[label];
        }
        double sum = 0;
        for (int i = 0; i < numClasses; i++) {
            if (i != label) {
                sum += probabilities[i];
            }
        }
        return sum;
    }

    /** Returns what the gradient of the cross-entropy is multiplied with. */
    private static double focalFactor(double gamma, double others, double crossEntropy) {
        if (gamma == 0 || others == 0) {
            return gamma == 0 ? 1 : 0;
        }
        double nats = others < 0.5 ? -StrictMath.log1p(-others) : crossEntropy;
        return StrictMath.pow(others, gamma) * (1 + gamma * (1 - others) * (nats / others));
    }

    private static int countUnmasked(float[] scores) {
        int count = 0;
        for (float score : scores) {
            count += score == Float.NEGATIVE_INFINITY ? 0 : 1;
        }
        return count;
    }

    /** Returns the nearest float32, and never a negative zero. */
    private static float rounded(double value) {
        return (float) value + 0f;
    }
}
