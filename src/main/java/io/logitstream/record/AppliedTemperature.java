package io.logitstream.record;

import org.jspecify.annotations.Nullable;

/**
 * The temperature that was last set for a model, and from what.
 *
 * @param modelVersion the version of the model's specification it holds for
 * @param specified the temperature of that specification
 * @param version of the temperature, growing with each that is set; 0 if none was
 * @param temperature divides the scores
 * @param before the temperature before that window
 * @param windowStartMillis start of the latest window that was looked at
 */
public record AppliedTemperature(
        long modelVersion,
        double specified,
        long version,
        double temperature,
        double before,
        long windowStartMillis) {

    /** No window was looked at. */
    private static final long NO_WINDOW = Long.MIN_VALUE;

    /** Returns what holds before anything was fitted to a specification. */
    private static AppliedTemperature none(ModelCard model, long version, long windowStartMillis) {
        double own = model.temperature();
        return new AppliedTemperature(model.version(), own, version, own, own, windowStartMillis);
    }

    /** Returns what holds after it was set by a job whose state is not there. */
    public static AppliedTemperature of(ModelChange.Temper set) {
        return new AppliedTemperature(
                set.modelVersion(),
                set.specified(),
                set.version(),
                set.temperature(),
                set.temperature(),
                NO_WINDOW);
    }

    /** Returns this for the specification of a model, which starts from its own temperature. */
    public static AppliedTemperature forModel(@Nullable AppliedTemperature held, ModelCard model) {
        if (held == null) {
            return none(model, 0, NO_WINDOW);
        }
        boolean isOfModel =
                held.modelVersion == model.version() && held.specified == model.temperature();
        // A version never means two temperatures.
        return isOfModel ? held : none(model, held.version + 1, held.windowStartMillis);
    }
}
