package io.logitstream.operator;

import io.logitstream.record.FaultReason;
import io.logitstream.record.ModelSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;

/**
 * The counters of a classify subtask: {@code model.<name>.records}, {@code .predictions}, {@code
 * .labelled}, {@code .late} and {@code .reason.<code>.deadLetters}. Records whose model is unknown
 * count under the model {@code unknown}: a name from the outside must not become a metric.
 */
final class ModelMetrics {

    private static final String UNKNOWN = "unknown";

    private final Map<String, Counters> byModel = new HashMap<>();
    private final MetricGroup group;
    private final Counters unknown;

    /** One model's counters. */
    static final class Counters {
        final Counter records;
        final Counter predictions;
        final Counter labelled;
        final Counter late;
        private final Counter[] deadLetters = new Counter[FaultReason.values().length];

        Counters(MetricGroup group) {
            records = group.counter("records");
            predictions = group.counter("predictions");
            labelled = group.counter("labelled");
            late = group.counter("late");
            for (FaultReason reason : FaultReason.values()) {
                deadLetters[reason.ordinal()] =
                        group.addGroup("reason", reason.code()).counter("deadLetters");
            }
        }

        Counter deadLetters(FaultReason reason) {
            return deadLetters[reason.ordinal()];
        }
    }

    ModelMetrics(MetricGroup group, List<ModelSpec> models) {
        this.group = group;
        models.forEach(this::know);
        // A model may have that very name; it then shares the counters.
        unknown = countersOf(UNKNOWN);
    }

    /** From now on, the model has counters of its own. */
    void know(ModelSpec model) {
        countersOf(model.name());
    }

    private Counters countersOf(String model) {
        return byModel.computeIfAbsent(model, name -> new Counters(group.addGroup("model", name)));
    }

    /**
     * Returns the counters of a model, those of {@code unknown} if it is null or was never known.
     */
    Counters of(@Nullable String model) {
        return model == null ? unknown : byModel.getOrDefault(model, unknown);
    }
}
