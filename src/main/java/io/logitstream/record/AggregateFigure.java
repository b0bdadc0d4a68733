package io.logitstream.record;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The figures of a loss aggregate that alerts can watch, by their path in its JSON. */
public enum AggregateFigure {
    RECORDS("records", fromState(LossState::records)),
    DEAD_LETTER_SHARE("deadLetterShare", fromState(LossState::refusedShare)),
    LOSS_MEAN("loss.mean", fromState(LossState::lossMean)),
    LOSS_FROM("loss.bounded.meanFrom", fromState(LossState::lossMeanFrom)),
    LOSS_P50("loss.p50", fromState(state -> state.lossQuantile(0.5))),
    LOSS_P90("loss.p90", fromState(state -> state.lossQuantile(0.9))),
    LOSS_P99("loss.p99", fromState(state -> state.lossQuantile(0.99))),
    PERPLEXITY("perplexity", fromState(LossState::perplexity)),
    TOP1("accuracy.top1", fromState(LossState::top1Accuracy)),
    TOP5("accuracy.top5", fromState(LossState::top5Accuracy)),
    BRIER("brier", fromState(LossState::brier)),
    ECE("calibration.ece", fromState(state -> state.calibration().expectedError())),
    MCE("calibration.mce", fromState(state -> state.calibration().maximumError())),
    ADAPTIVE_ECE(
            "calibration.adaptiveEce", fromState(state -> state.calibration().adaptiveError())),
    CONFIDENCE("confidence", fromState(LossState::meanConfidence)),
    ENTROPY("entropy", fromState(LossState::meanEntropy)),
    SUPPORT("support", fromState(LossState::meanSupport)),
    CERTAIN("gradient.certain", fromState(state -> state.saturation().certainShare())),
    LABEL_UNDERFLOW(
            "gradient.labelUnderflow", fromState(state -> state.saturation().labelUnderflow())),
    EFFECTIVE_CLASSES(
            "gradient.effectiveClasses",
            fromState(state -> state.saturation().meanEffectiveClasses())),
    COVERAGE("labels.coverage", fromState(LossState::coverage)),
    ACCURACY_GAP(
            "estimated.gap.accuracy",
            fromState(state -> state.meanConfidence() - state.top1Accuracy())),
    LOSS_GAP("estimated.gap.loss", fromState(LossState::lossGap)),
    PSI("drift.psi", aggregate -> aggregate.drift() == null ? Double.NaN : aggregate.drift().psi()),
    JENSEN_SHANNON(
            "drift.jensenShannon",
            aggregate ->
                    aggregate.drift() == null ? Double.NaN : aggregate.drift().jensenShannon());

    private final String path;
    private final ToDoubleFunction<LossAggregate> value;

    AggregateFigure(String path, ToDoubleFunction<LossAggregate> value) {
        this.path = path;
        this.value = value;
    }

    private static ToDoubleFunction<LossAggregate> fromState(ToDoubleFunction<LossState> figure) {
        return aggregate -> figure.applyAsDouble(aggregate.state());
    }

    /** Returns the figure's place in the JSON of an aggregate. */
    public String path() {
        return path;
    }

    /** Returns the figure at a path, or null if alerts cannot watch it. */
    public static @Nullable AggregateFigure at(String path) {
        for (AggregateFigure figure : values()) {
            if (figure.path.equals(path)) {
                return figure;
            }
        }
        return null;
    }

    /** Returns all paths. */
    public static List<String> paths() {
        return Arrays.stream(values()).map(AggregateFigure::path).toList();
    }

    /**
     * Returns the figure of an aggregate, not finite if nothing defines it.
     *
     * @param model the model that the aggregate is of
     */
    public double of(LossAggregate aggregate, ModelCard model) {
        return whyNone(model) == null ? value.applyAsDouble(aggregate) : Double.NaN;
    }

    /** Returns why a model's aggregates never have the figure, or null if they may have it. */
    public @Nullable String whyNone(ModelCard model) {
        Normalizer normalizer = model.normalizer();
        boolean mayBe =
                switch (this) {
                    case PERPLEXITY -> normalizer.hasPerplexity();
                    case SUPPORT -> normalizer.isSparse();
                    case BRIER, ENTROPY, LOSS_GAP -> normalizer != Normalizer.HIERARCHICAL;
                    case CERTAIN, LABEL_UNDERFLOW, EFFECTIVE_CLASSES ->
                            normalizer == Normalizer.SOFTMAX;
                    default -> true;
                };
        if (!mayBe) {
            return "normalizer " + normalizer.code();
        }
        // The entropy estimates the cross-entropy, and no other loss.
        if (this == LOSS_GAP && !model.isCrossEntropy()) {
            return "a loss of its own";
        }
        boolean isDrift = this == PSI || this == JENSEN_SHANNON;
        return isDrift && !model.drift().isGiven() ? "no section drift" : null;
    }

    /** Returns the most that the figure can be. */
    public double highest() {
        return switch (this) {
            case DEAD_LETTER_SHARE,
                    TOP1,
                    TOP5,
                    ECE,
                    MCE,
                    ADAPTIVE_ECE,
                    CONFIDENCE,
                    CERTAIN,
                    LABEL_UNDERFLOW,
                    COVERAGE,
                    ACCURACY_GAP,
                    JENSEN_SHANNON ->
                    1;
            case BRIER -> 2;
            default -> Double.POSITIVE_INFINITY;
        };
    }

    /** Returns the least that the figure can be; losses have none, as rounding may make them so. */
    public double lowest() {
        return switch (this) {
            case ACCURACY_GAP -> -1;
            case LOSS_MEAN, LOSS_FROM, LOSS_P50, LOSS_P90, LOSS_P99, LOSS_GAP ->
                    Double.NEGATIVE_INFINITY;
            default -> 0;
        };
    }
}
