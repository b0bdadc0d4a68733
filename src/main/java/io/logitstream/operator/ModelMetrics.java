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
 * The counters of a subtask, per model. Records whose model is unknown count under the model {@code
 * unknown}: a name from the outside must not become a metric. So do those of models that come when
 * there are {@link #MOST_MODELS} already.
 */
final class ModelMetrics {

    /** Models that come later while the job runs have no counters of their own. */
    static final int MOST_MODELS = 1_000;

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

        Counters(MetricGroup group, String model) {
            records = JobMetric.RECORDS.counter(group, model);
            predictions = JobMetric.PREDICTIONS.counter(group, model);
            labelled = JobMetric.LABELLED.counter(group, model);
            late = JobMetric.LATE.counter(group, model);
            for (FaultReason reason : FaultReason.values()) {
                deadLetters[reason.ordinal()] =
                        JobMetric.DEAD_LETTERS.counter(group, model, reason.code());
            }
        }

        Counter deadLetters(FaultReason reason) {
            return deadLetters[reason.ordinal()];
        }
    }

    ModelMetrics(MetricGroup group, List<ModelSpec> models) {
        this.group = group;
        models.forEach(model -> countersOf(model.name()));
        // A model may have that very name; it then shares the counters.
        unknown = countersOf(UNKNOWN);
    }

    /** From now on, the model has counters of its own. */
    void know(ModelSpec model) {
        if (byModel.size() < MOST_MODELS) {
            countersOf(model.name());
        }
    }

    private Counters countersOf(String model) {
        return byModel.computeIfAbsent(model, name -> new Counters(group, name));
    }

    /**
     * Returns the counters of a model, those of {@code unknown} if it is null or was never known.
     */
    Counters of(@Nullable String model) {
        return model == null ? unknown : byModel.getOrDefault(model, unknown);
    }
}
