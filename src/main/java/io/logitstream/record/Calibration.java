package io.logitstream.record;

import org.jspecify.annotations.Nullable;

/**
 * What a window says of a model's temperature.
 *
 * @param model the model's name
 * @param modelVersion the version of its specification, 0 for that of the job file
 * @param window the window
 * @param revision of the window
 * @param fit what was fitted to it
 * @param best the temperature with the least loss
 * @param applied what the job does with it, or null if it does nothing
 */
public record Calibration(
        String model,
        long modelVersion,
        LossAggregate.Window window,
        long revision,
        TemperatureFit fit,
        TemperatureFit.Fitted best,
        @Nullable AppliedTemperature applied) {}
