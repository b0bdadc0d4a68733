package io.logitstream.record;

import io.logitstream.kernel.CalibrationBins;
import io.logitstream.kernel.ExactSum;
import org.HdrHistogram.Histogram;

/**
 * What one window of one (model, segment) has measured: a commutative monoid under {@link
 * #mergeWith}. All sums are exact integers ({@link ExactSum}), so the order of rows and of merges
 * never changes a bit of any figure.
 *
 * <p>A row's weight counts in every mean, the weight of its label's class in the loss only. A loss
 * that is infinite, or whose weighted term is 2^60 or more, is left out of the loss and counted by
 * {@link #infiniteLosses()}. Figures without a defining row are NaN. Mutable, not thread-safe.
 */
public final class LossState {

    final Counts counts = new Counts();
    final Sums sums = new Sums();
    final CalibrationBins calibration = new CalibrationBins();
    final Histogram lossQuantiles = LossQuantiles.create();

    /** How many rows of each kind. */
    static final class Counts {
        long records;
        long labelled;
        long infiniteLosses;

        void mergeWith(Counts other) {
            records += other.records;
            labelled += other.labelled;
            infiniteLosses += other.infiniteLosses;
        }
    }

    /** Weighted sums over rows; the array's order is the order of the serialised form. */
    static final class Sums {
        final ExactSum weight = new ExactSum();
        final ExactSum confidence = new ExactSum();
        final ExactSum entropy = new ExactSum();
        final ExactSum labelledWeight = new ExactSum();
        final ExactSum top1 = new ExactSum();
        final ExactSum top5 = new ExactSum();
        final ExactSum brier = new ExactSum();
        final ExactSum lossWeight = new ExactSum();
        final ExactSum loss = new ExactSum();

        ExactSum[] all() {
            return new ExactSum[] {
                weight, confidence, entropy, labelledWeight, top1, top5, brier, lossWeight, loss
            };
        }
    }

    /**
     * Adds a row.
     *
     * @param term the row's figures; its weight is below 2^40, so that only the loss can be too
     *     large for the sums
     */
    public void add(LossTerm term) {
        double weight = term.weight();
        counts.records++;
        sums.weight.add(weight);
        sums.confidence.add(weight * term.confidence());
        sums.entropy.add(weight * term.entropyNats());
        if (term.labelled()) {
            addLabelled(term, weight);
        }
    }

    private void addLabelled(LossTerm term, double weight) {
        counts.labelled++;
        sums.labelledWeight.add(weight);
        sums.brier.add(weight * term.brier());
        int rank = term.labelRank();
        if (rank == 0) {
            sums.top1.add(weight);
        }
        if (rank >= 0 && rank < 5) {
            sums.top5.add(weight);
        }
        calibration.add(term.confidence(), rank == 0, weight);
        double loss = term.lossNats();
        double lossWeight = weight * term.lossWeight();
        if (Double.isInfinite(loss) || !ExactSum.accepts(lossWeight * loss)) {
            counts.infiniteLosses++;
        } else {
            sums.lossWeight.add(lossWeight);
            sums.loss.add(lossWeight * loss);
            LossQuantiles.record(lossQuantiles, loss);
        }
    }

    /** Adds all rows of {@code other}, which is left as it is. */
    public void mergeWith(LossState other) {
        counts.mergeWith(other.counts);
        ExactSum[] mine = sums.all();
        ExactSum[] others = other.sums.all();
        for (int i = 0; i < mine.length; i++) {
            mine[i].mergeWith(others[i]);
        }
        calibration.mergeWith(other.calibration);
        lossQuantiles.add(other.lossQuantiles);
    }

    /** Returns the number of rows. */
    public long records() {
        return counts.records;
    }

    /** Returns the number of rows with a label. */
    public long labelled() {
        return counts.labelled;
    }

    /** Returns the number of labelled rows whose loss is not in the sums. */
    public long infiniteLosses() {
        return counts.infiniteLosses;
    }

    /** Returns the sum of the weights of all rows. */
    public double weight() {
        return sums.weight.value();
    }

    /** Returns the sum of the losses in nats, weighted by row and class. */
    public double lossSum() {
        return sums.loss.value();
    }

    /** Returns the mean loss in nats, weighted by row and class. */
    public double lossMean() {
        return sums.loss.value() / sums.lossWeight.value();
    }

    /**
     * Returns a quantile of the losses in nats, within 1 % or 1e-6, whichever is larger, 4,096 at
     * most; rows count once, whatever their weight.
     *
     * @param q from 0 to 1
     */
    public double lossQuantile(double q) {
        return LossQuantiles.quantile(lossQuantiles, q);
    }

    /** Returns {@code exp} of the mean loss. */
    public double perplexity() {
        return StrictMath.exp(lossMean());
    }

    /** Returns the weighted share of labelled rows whose label ranks first. */
    public double top1Accuracy() {
        return sums.top1.value() / sums.labelledWeight.value();
    }

    /** Returns the weighted share of labelled rows whose label ranks among the first five. */
    public double top5Accuracy() {
        return sums.top5.value() / sums.labelledWeight.value();
    }

    /** Returns the weighted mean Brier score, in [0, 2]. */
    public double brier() {
        return sums.brier.value() / sums.labelledWeight.value();
    }

    /** Returns the calibration bins of the labelled rows. */
    public CalibrationBins calibration() {
        return calibration;
    }

    /** Returns the weighted mean of the largest probability, over all rows. */
    public double meanConfidence() {
        return sums.confidence.value() / sums.weight.value();
    }

    /** Returns the weighted mean entropy in nats, over all rows. */
    public double meanEntropy() {
        return sums.entropy.value() / sums.weight.value();
    }
}
