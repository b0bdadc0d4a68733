package io.logitstream.record;

import org.jspecify.annotations.Nullable;

/**
 * An alert that starts or ends.
 *
 * @param rule its rule
 * @param isRaised whether it starts
 * @param model the model's name
 * @param segment the segment, {@link LossAggregate#ALL_SEGMENTS}, or null for rows without one
 * @param window the latest window that decided it
 * @param revision the revision of the aggregate that decided it
 * @param value the figure in the latest window
 */
public record Alert(
        AlertRule rule,
        boolean isRaised,
        String model,
        @Nullable String segment,
        LossAggregate.Window window,
        long revision,
        double value) {}
