package io.logitstream.operator;

import io.logitstream.record.ModelLoss;
import io.logitstream.record.Normalizer;
import java.util.Arrays;

/**
 * The loss of one row in plain float64, by other ways than the kernel's, and its gradient by
 * central differences.
 */
final class LossReference {

    private final Normalizer normalizer;
    private final ModelLoss loss;
    private final double temperature;

    LossReference(Normalizer normalizer, ModelLoss loss, double temperature) {
        this.normalizer = normalizer;
        this.loss = loss;
        this.temperature = temperature;
    }

    /**
     * Returns the gradient of the loss, class weight included.
     *
     * @param step by how much scores are moved, over the temperature
     */
    double[] gradient(float[] scores, int label, double step) {
        double[] moved = new double[scores.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = scores[i];
        }
        double[] gradient = new double[scores.length];
        for (int i = 0; i < moved.length; i++) {
            moved[i] = scores[i] + step * temperature;
            double above = loss(moved, label);
            moved[i] = scores[i] - step * temperature;
            gradient[i] = (above - loss(moved, label)) / (2 * step * temperature);
            moved[i] = scores[i];
        }
        return gradient;
    }

    double loss(double[] scores, int label) {
        double[] z = Arrays.stream(scores).map(score -> score / temperature).toArray();
        return loss.weightOf(label) * unweighted(z, label);
    }

    private double unweighted(double[] z, int label) {
        if (normalizer != Normalizer.SOFTMAX) {
            return fenchelYoung(z, label);
        }
        double smoothing = loss.row().labelSmoothing();
        double gamma = loss.row().focalGamma();
        if (smoothing == 0 && gamma == 0) {
            return crossEntropy(z, label);
        }
        if (gamma > 0) {
            double nats = crossEntropy(z, label);
            return Math.pow(-Math.expm1(-nats), gamma) * nats;
        }
        double ofLabel = crossEntropy(z, label);
        double mean =
                Arrays.stream(z)
                        .filter(Double::isFinite)
                        .map(one -> ofLabel + z[label] - one)
                        .average()
                        .orElseThrow();
        return (1 - smoothing) * ofLabel + smoothing * mean;
    }

    /** Exact relative to itself, also where it is tiny. */
    private static double crossEntropy(double[] z, int label) {
        double max = Arrays.stream(z).max().orElseThrow();
        double others = 0;
        for (int k = 0; k < z.length; k++) {
            others += k == label ? 0 : Math.exp(z[k] - max);
        }
        double below = max - z[label];
        return below == 0 ? Math.log1p(others) : below + Math.log(others + Math.exp(-below));
    }

    /** The maximum over p of {@code sum p z + H(p)}, less the label's z. */
    private double fenchelYoung(double[] z, int label) {
        int power = normalizer.sparsePower();
        double low = Arrays.stream(z).max().orElseThrow() / power - 1;
        double high = low + 1;
        for (int i = 0; i < 100; i++) {
            double middle = (low + high) / 2;
            boolean isMore = Arrays.stream(probabilities(z, middle, power)).sum() > 1;
            low = isMore ? middle : low;
            high = isMore ? high : middle;
        }
        double alpha = 1 + 1.0 / power;
        double value = 0;
        double powers = 0;
        double[] p = probabilities(z, low, power);
        for (int k = 0; k < z.length; k++) {
            value += p[k] == 0 ? 0 : p[k] * (z[k] - z[label]);
            powers += Math.pow(p[k], alpha);
        }
        return value + (1 - powers) / (alpha * (alpha - 1));
    }

    private static double[] probabilities(double[] z, double tau, int power) {
        return Arrays.stream(z)
                .map(one -> Math.pow(Math.max(0, one / power - tau), power))
                .toArray();
    }
}
