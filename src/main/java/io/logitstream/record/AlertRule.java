package io.logitstream.record;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * When to raise an alert, and when to end it.
 *
 * @param name names the rule
 * @param model the model it holds for, or null for all
 * @param segment the segment it holds for, {@link LossAggregate#ALL_SEGMENTS} for the line over all
 * @param figure what is watched
 * @param isAbove whether high values are bad, else low ones are
 * @param enter the alert starts when the value has passed this in {@code windows} windows
 * @param leave it ends when the value has not passed this in as many; at most {@code enter} if high
 *     values are bad, at least {@code enter} if low ones are
 * @param windows how many windows in a row, at least 1
 */
public record AlertRule(
        String name,
        @Nullable String model,
        String segment,
        AggregateFigure figure,
        boolean isAbove,
        double enter,
        double leave,
        int windows)
        implements Serializable {

    /** Returns whether the rule looks at an aggregate of this model and segment. */
    public boolean watches(String ofModel, String ofSegment) {
        return (model == null || model.equals(ofModel)) && segment.equals(ofSegment);
    }

    /** Returns whether a value is bad enough to start the alert. */
    public boolean enters(double value) {
        return isAbove ? value > enter : value < enter;
    }

    /** Returns whether a value is good enough to end the alert. */
    public boolean leaves(double value) {
        return isAbove ? value <= leave : value >= leave;
    }
}
