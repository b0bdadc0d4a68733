package io.logitstream.record;

import io.logitstream.kernel.CalibrationBins;
import io.logitstream.kernel.ExactSum;

/**
 * What one window of one (model, segment) has measured: a commutative monoid under {@link
 * #mergeWith}. All sums and counts are exact integers ({@link ExactSum}), so the order of terms and
 * of merges never changes a bit of any figure (but for {@link Confusions} that overflow), and a
 * term that is taken back leaves no trace.
 *
 * <p>A row's weight counts in every mean, the weight of its label's class in the loss only. A loss
 * that is infinite, or whose weighted term is 2^60 or more, is left out of the loss and counted by
 * {@link #infiniteLosses()}; one that is only bounded, since the score of its class was not kept,
 * by {@link #boundedLosses()}. Figures without a defining row are NaN. Mutable, not thread-safe.
 *
 * <p>Longer than most classes: every figure of a window stands here, beside the sums it comes from.
 */
public final class LossState {

    private static final double UNITS_PER_NAT = 0x1p20;
    private static final long HIGHEST_LOSS_UNITS = 1L << 32;

    final LossCounts counts = new LossCounts();
    final LossSums sums = new LossSums();
    final QuantileSketch lossQuantiles = new QuantileSketch(UNITS_PER_NAT, HIGHEST_LOSS_UNITS);
    final LabelLedger ledger = new LabelLedger();
    final ClassCounts classes = new ClassCounts();
    final Confusions confusions = new Confusions();
    final Saturation saturation = new Saturation();
    final TemperatureFit fit = new TemperatureFit();
    final Comparison comparison = new Comparison();
    CalibrationBins calibration = new CalibrationBins();

    /**
     * Adds a term.
     *
     * @param term an event's figures; its weight is below 2^36, so that only the loss can be too
     *     large for the sums
     */
    public void add(LossTerm term) {
        if (term.kind().isRow()) {
            addRow(term);
        } else if (term.kind() == LossTerm.Kind.REFUSED_ROW) {
            counts.refused += term.sign();
        }
        ledger.add(term);
        LabelFigures label = term.label();
        if (label != null) {
            addLabel(term, label);
        }
    }

    private void addRow(LossTerm term) {
        double weight = term.sign() * term.weight();
        counts.records += term.sign();
        sums.weight.add(weight);
        if (!Double.isNaN(term.confidence())) {
            sums.confidenceWeight.add(weight);
            sums.confidence.add(weight * term.confidence());
            sums.confidenceWidth.add(weight * term.certainty().confidenceWidth());
        }
        if (!term.certainty().equals(Certainty.FULL)) {
            counts.inexact += term.sign();
        }
        if (!Double.isNaN(term.entropyNats())) {
            sums.entropyWeight.add(weight);
            sums.entropy.add(weight * term.entropyNats());
        }
        sums.support.add(weight * term.support());
        if (term.saturation() != null) {
            saturation.addRow(term.saturation(), term);
        }
        if (term.comparison() != null) {
            comparison.add(term.comparison(), term.weight(), term.sign());
        }
        if (term.perClass() && term.certainty().knowsBest()) {
            classes.addPredicted(term.predictedClass(), term.sign());
        }
    }

    private void addLabel(LossTerm term, LabelFigures label) {
        int sign = term.sign();
        double weight = sign * term.weight();
        counts.labelled += sign;
        if (term.certainty().knowsBest()) {
            addBest(term, label, weight);
        }
        if (term.certainty().knowsRanks()) {
            sums.top5Weight.add(weight);
            sums.top5.add(label.rank() >= 0 ? weight : 0);
        }
        if (term.fit() != null) {
            fit.add(term.fit(), term.weight(), label.rank() == 0, sign);
        }
        if (!Double.isNaN(label.gradientNorm())) {
            saturation.addLabel(label, sign);
        }
        if (label.isExact()) {
            if (!Double.isNaN(label.brier())) {
                sums.brierWeight.add(weight);
                sums.brier.add(weight * label.brier());
            }
            addLoss(label.lossNats(), weight * label.lossWeight(), term);
        } else {
            addBoundedLoss(label, weight * label.lossWeight(), sign);
        }
    }

    /** Adds whether the best class is the label's. */
    private void addBest(LossTerm term, LabelFigures label, double weight) {
        int sign = term.sign();
        boolean correct = label.rank() == 0;
        sums.top1Weight.add(weight);
        if (correct) {
            sums.top1.add(weight);
        } else if (label.trueClass() != LabelFigures.SET_OF_CLASSES) {
            confusions.add(label.trueClass(), term.predictedClass(), sign);
        }
        if (sign > 0) {
            calibration.add(term.confidence(), correct, term.weight());
        } else {
            calibration.remove(term.confidence(), correct, term.weight());
        }
        if (term.perClass() && label.trueClass() != LabelFigures.SET_OF_CLASSES) {
            classes.addLabelled(term.predictedClass(), label.trueClass(), sign);
        }
    }

    private void addLoss(double loss, double lossWeight, LossTerm term) {
        double variance = term.certainty().lossVariance();
        double weighted = lossWeight * lossWeight * variance;
        if (Double.isInfinite(loss)
                || !ExactSum.accepts(lossWeight * loss)
                || !VarianceSum.accepts(weighted)) {
            counts.infiniteLosses += term.sign();
        } else {
            sums.lossWeight.add(lossWeight);
            sums.loss.add(lossWeight * loss);
            lossQuantiles.add(loss, term.sign());
            if (term.certainty().isEstimate()) {
                sums.lossVariance.add(weighted, term.sign());
                counts.estimatedLosses += term.sign();
            }
        }
    }

    private void addBoundedLoss(LabelFigures label, double lossWeight, int sign) {
        double lower = lossWeight * label.lossNats();
        double upper = lossWeight * label.upperLossNats();
        counts.boundedLosses += sign;
        if (lossWeight == 0) {
            // It moves no mean, whatever its bounds.
            return;
        }
        if (!ExactSum.accepts(lower)) {
            counts.unboundedLosses += sign;
            return;
        }
        sums.boundedWeight.add(lossWeight);
        sums.lowerLoss.add(lower);
        if (ExactSum.accepts(upper)) {
            sums.upperLoss.add(upper);
        } else {
            counts.unboundedLosses += sign;
        }
    }

    /** Adds everything {@code other} holds; {@code other} is left as it is. */
    public void mergeWith(LossState other) {
        counts.mergeWith(other.counts);
        ExactSum[] mine = sums.all();
        ExactSum[] others = other.sums.all();
        for (int i = 0; i < mine.length; i++) {
            mine[i].mergeWith(others[i]);
        }
        calibration.mergeWith(other.calibration);
        lossQuantiles.mergeWith(other.lossQuantiles);
        ledger.mergeWith(other.ledger);
        classes.mergeWith(other.classes);
        confusions.mergeWith(other.confusions);
        saturation.mergeWith(other.saturation);
        fit.mergeWith(other.fit);
        comparison.mergeWith(other.comparison);
    }

    /** Returns the number of classified rows. */
    public long records() {
        return counts.records;
    }

    /** Returns the number of rows that could be read and not be classified. */
    public long refused() {
        return counts.refused;
    }

    /** Returns the share of {@link #refused} rows among all that could be read. */
    public double refusedShare() {
        return (double) counts.refused / (counts.records + counts.refused);
    }

    /** Returns the number of rows with a label. */
    public long labelled() {
        return counts.labelled;
    }

    /**
     * Returns the share of rows that await no label of a topic of its own, or were joined to one,
     * be it one to ignore.
     */
    public double coverage() {
        return (double) (counts.records - ledger.awaited() + ledger.joined()) / counts.records;
    }

    /** Returns the number of labelled rows whose loss is not in the sums. */
    public long infiniteLosses() {
        return counts.infiniteLosses;
    }

    /** Returns the number of labelled rows whose loss is only bounded. */
    public long boundedLosses() {
        return counts.boundedLosses;
    }

    /** Returns the number of labelled rows whose loss is an estimate. */
    public long estimatedLosses() {
        return counts.estimatedLosses;
    }

    /**
     * Returns the standard error of the mean loss that comes from those: the samplers' part alone.
     */
    public double lossStandardError() {
        return Math.sqrt(sums.lossVariance.value()) / sums.lossWeight.value();
    }

    /** Returns the number of rows of which not everything is certain. */
    public long inexact() {
        return counts.inexact;
    }

    /**
     * Returns the weighted mean distance of the bounds of the largest probability; it is 0 where
     * that is known.
     */
    public double confidenceWidth() {
        return sums.confidenceWidth.value() / sums.confidenceWeight.value();
    }

    /** Returns the sum of the weights of all rows. */
    public double weight() {
        return sums.weight.value();
    }

    /** Returns the sum of the losses in nats, weighted by row and class. */
    public double lossSum() {
        return sums.loss.value();
    }

    /** Returns the mean loss in nats, weighted by row and class, of the rows where it is exact. */
    public double lossMean() {
        return sums.loss.value() / sums.lossWeight.value();
    }

    /** Returns the least the mean loss over all labelled rows can be. */
    public double lossMeanFrom() {
        return meanWith(sums.lowerLoss);
    }

    /** Returns the most it can be, NaN if it has no bound. */
    public double lossMeanTo() {
        return counts.unboundedLosses == 0 ? meanWith(sums.upperLoss) : Double.NaN;
    }

    private double meanWith(ExactSum bounded) {
        return sum(sums.loss, bounded) / sum(sums.lossWeight, sums.boundedWeight);
    }

    private static double sum(ExactSum a, ExactSum b) {
        ExactSum sum = new ExactSum();
        sum.mergeWith(a);
        sum.mergeWith(b);
        return sum.value();
    }

    /**
     * Returns a quantile of the exact losses in nats, within 1 % or 1e-6, whichever is larger,
     * 4,096 at most; rows count once, whatever their weight.
     *
     * @param q from 0 to 1
     */
    public double lossQuantile(double q) {
        return lossQuantiles.quantile(q);
    }

    /**
     * Returns {@code exp} of the mean loss, NaN if some losses are only bounded: the mean over the
     * others says little of all.
     */
    public double perplexity() {
        return counts.boundedLosses == 0 ? StrictMath.exp(lossMean()) : Double.NaN;
    }

    /** Returns the loss to expect if all probabilities are true, NaN if rows have no entropy. */
    public double estimatedLoss() {
        return sums.entropyWeight.value() == sums.weight.value() ? meanEntropy() : Double.NaN;
    }

    /** Returns that less the mean loss, NaN if some losses are only bounded. */
    public double lossGap() {
        return counts.boundedLosses == 0 ? estimatedLoss() - lossMean() : Double.NaN;
    }

    /** Returns the weighted share of labelled rows whose label ranks first. */
    public double top1Accuracy() {
        return sums.top1.value() / sums.top1Weight.value();
    }

    /** Returns the weighted share of labelled rows whose label ranks among the first five. */
    public double top5Accuracy() {
        return sums.top5.value() / sums.top5Weight.value();
    }

    /** Returns the weighted mean Brier score, in [0, 2], of the rows where it is exact. */
    public double brier() {
        return sums.brier.value() / sums.brierWeight.value();
    }

    /** Returns the calibration bins of the labelled rows. */
    public CalibrationBins calibration() {
        return calibration;
    }

    /** Returns where labels and the scores that waited for one ended. */
    public LabelLedger ledger() {
        return ledger;
    }

    /** Returns how often each class was predicted and true, if classes are counted. */
    public ClassCounts classes() {
        return classes;
    }

    /** Returns how much gradient there is, and how certain the rows are. */
    public Saturation saturation() {
        return saturation;
    }

    /** Returns which temperature would have fitted the labelled rows best. */
    public TemperatureFit fit() {
        return fit;
    }

    /** Returns what other distributions make of the rows that were chosen for it. */
    public Comparison comparison() {
        return comparison;
    }

    /** Returns the most frequent confusions. */
    public Confusions confusions() {
        return confusions;
    }

    /** Returns the weighted mean of the largest probability, over all rows. */
    public double meanConfidence() {
        return sums.confidence.value() / sums.confidenceWeight.value();
    }

    /**
     * Returns how many probabilities of the sparse distributions are above 0, the weighted mean.
     */
    public double meanSupport() {
        return sums.support.value() / sums.weight.value();
    }

    /** Returns the weighted mean entropy in nats, over all rows that have one. */
    public double meanEntropy() {
        return sums.entropy.value() / sums.entropyWeight.value();
    }
}
