package io.logitstream.operator;

import io.logitstream.config.JobFile;
import io.logitstream.record.AppliedTemperature;
import io.logitstream.record.ModelCard;
import io.logitstream.record.TemperatureFit;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * Decides which temperature a model gets after a window. Only windows in order of event time move
 * it; a window that is published again moves it from where it was before that window. So for equal
 * windows the temperatures are equal, however often each is published.
 *
 * @param settings the bounds
 * @param mixedMillis for how long windows of a model's version may come between those of the next,
 *     where one partition is ahead of another; 0 if models do not change while the job runs
 */
record TemperatureSteps(JobFile.Calibration settings, long mixedMillis) implements Serializable {

    static @Nullable TemperatureSteps of(JobFile job) {
        return job.calibration() == null
                ? null
                : new TemperatureSteps(
                        job.calibration(), job.control() == null ? 0 : job.windowsKeptMillis());
    }

    /**
     * Returns what holds after a window, null if the window is older than one that was looked at,
     * or of a version before the last and not long after it.
     *
     * @param last what held before, null for nothing yet
     * @param model the model as the window knows it
     */
    @Nullable AppliedTemperature after(
            @Nullable AppliedTemperature last,
            ModelCard model,
            long windowStartMillis,
            TemperatureFit.Fitted best,
            long samples) {
        if (settings.isLive()
                && last != null
                && model.version() < last.modelVersion()
                && windowStartMillis < last.windowStartMillis() + mixedMillis) {
            return null;
        }
        AppliedTemperature held = AppliedTemperature.forModel(last, model);
        if (windowStartMillis < held.windowStartMillis()) {
            return null;
        }
        boolean isAgain = windowStartMillis == held.windowStartMillis();
        double from = isAgain ? held.before() : held.temperature();
        double to = isEnough(samples) ? step(from, best.temperature()) : from;
        return new AppliedTemperature(
                held.modelVersion(),
                held.specified(),
                to == held.temperature() ? held.version() : held.version() + 1,
                to,
                from,
                windowStartMillis);
    }

    private boolean isEnough(long samples) {
        return settings.isLive() && samples >= settings.minSamples();
    }

    private double step(double from, double wanted) {
        double step = settings.maxStep();
        double near = Math.min(Math.max(wanted, from / step), from * step);
        return Math.min(Math.max(near, settings.lowest()), settings.highest());
    }
}
