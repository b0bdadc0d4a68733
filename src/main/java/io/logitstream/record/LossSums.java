package io.logitstream.record;

import io.logitstream.kernel.ExactSum;

/**
 * The sums of a loss state, each over the rows it is defined for; the order of {@link #all} is that
 * of the serialised form.
 */
final class LossSums {

    final ExactSum weight = new ExactSum();
    final ExactSum confidenceWeight = new ExactSum();
    final ExactSum confidence = new ExactSum();
    final ExactSum entropy = new ExactSum();
    final ExactSum top1Weight = new ExactSum();
    final ExactSum top1 = new ExactSum();
    final ExactSum top5Weight = new ExactSum();
    final ExactSum top5 = new ExactSum();
    final ExactSum brierWeight = new ExactSum();
    final ExactSum brier = new ExactSum();
    final ExactSum lossWeight = new ExactSum();
    final ExactSum loss = new ExactSum();
    final VarianceSum lossVariance = new VarianceSum();
    final ExactSum boundedWeight = new ExactSum();
    final ExactSum lowerLoss = new ExactSum();
    final ExactSum upperLoss = new ExactSum();
    final ExactSum support = new ExactSum();
    final ExactSum entropyWeight = new ExactSum();
    final ExactSum confidenceWidth = new ExactSum();

    ExactSum[] all() {
        return new ExactSum[] {
            weight,
            confidenceWeight,
            confidence,
            entropy,
            top1Weight,
            top1,
            top5Weight,
            top5,
            brierWeight,
            brier,
            lossWeight,
            loss,
            lossVariance.middle,
            boundedWeight,
            lowerLoss,
            upperLoss,
            support,
            entropyWeight,
            confidenceWidth,
            lossVariance.small,
            lossVariance.large
        };
    }
}
