package io.logitstream.record;

/**
 * The temperature that was last set for a model, and from what.
 *
 * @param modelVersion the version of the model's specification it holds for
 * @param version of the temperature, growing with each that is set; 0 if none was
 * @param temperature divides the scores
 * @param before the temperature before that window
 * @param windowStartMillis start of the latest window that was looked at
 */
public record AppliedTemperature(
        long modelVersion,
        long version,
        double temperature,
        double before,
        long windowStartMillis) {

    /** Returns what holds before anything was fitted to a model. */
    public static AppliedTemperature of(ModelCard model, long version) {
        return new AppliedTemperature(
                model.version(), version, model.temperature(), model.temperature(), Long.MIN_VALUE);
    }
}
