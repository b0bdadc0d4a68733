package io.logitstream.record;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of the weighted loss of one row with respect to its scores.
 *
 * @param id the row's id
 * @param model the model's name
 * @param timestampMillis event time, or {@link RawRecord#NO_TIMESTAMP}
 * @param label the true class, not masked
 * @param weight what the loss was multiplied with: the record's weight times that of the class
 * @param lossNats the weighted loss, finite
 * @param classes the classes that {@code values} are of, distinct, best first, then the label's if
 *     it was not among them; null if they are of all classes in their order
 * @param values the components, all finite
 */
public record Gradient(
        String id,
        String model,
        long timestampMillis,
        int label,
        double weight,
        double lossNats,
        int @Nullable [] classes,
        float[] values) {

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Gradient that
                && id.equals(that.id)
                && model.equals(that.model)
                && timestampMillis == that.timestampMillis
                && label == that.label
                && Double.compare(weight, that.weight) == 0
                && Double.compare(lossNats, that.lossNats) == 0
                && Arrays.equals(classes, that.classes)
                && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id, model, timestampMillis);
    }

    @Override
    public String toString() {
        return "Gradient[" + id + ", model=" + model + ", label " + label + "]";
    }
}
