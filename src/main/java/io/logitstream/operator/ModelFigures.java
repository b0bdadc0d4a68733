package io.logitstream.operator;

import io.logitstream.record.AggregateFigure;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.ModelCard;
import io.logitstream.record.TemperatureFit;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;

/**
 * What the windows over all segments of each model say, as gauges. A figure is that of the newest
 * window that has it: one that is published before its labels came takes nothing away, and one that
 * is published again, late, does not bring back what is old. The gauges of at most {@link
 * #MOST_MODELS} models are registered, with the first window of each.
 */
final class ModelFigures {

    /** Further models have no gauges in this subtask until the job starts again. */
    static final int MOST_MODELS = 1_000;

    private static final Map<JobMetric, AggregateFigure> FIGURES =
            Map.of(
                    JobMetric.LOSS, AggregateFigure.LOSS_MEAN,
                    JobMetric.ECE, AggregateFigure.ECE,
                    JobMetric.ACCURACY, AggregateFigure.TOP1,
                    JobMetric.LABEL_COVERAGE, AggregateFigure.COVERAGE);

    private final Map<String, Gauges> byModel = new HashMap<>();
    private final MetricGroup group;
    private final LongSupplier clock;

    /**
     * Creates figures without any model.
     *
     * @param clock epoch milliseconds, for whoever reads the gauges
     */
    ModelFigures(MetricGroup group, LongSupplier clock) {
        this.group = group;
        this.clock = clock;
    }

    /** A window over all segments was published. */
    void published(LossAggregate aggregate, ModelCard card) {
        Gauges gauges = byModel.get(aggregate.model());
        if (gauges == null) {
            if (byModel.size() == MOST_MODELS) {
                return;
            }
            gauges = new Gauges(aggregate.model());
            byModel.put(aggregate.model(), gauges);
        }
        gauges.take(aggregate, card);
    }

    /** A temperature was set. */
    void applied(String model, double temperature) {
        Gauges gauges = byModel.get(model);
        if (gauges != null) {
            gauges.temperature.value = temperature;
        }
    }

    /** A figure and the window it is of. Written by one thread, read by others. */
    private static final class Latest {
        private volatile double value = Double.NaN;
        private long of = Long.MIN_VALUE;

        double value() {
            return value;
        }

        void take(double newer, long order) {
            if (Double.isFinite(newer) && order >= of) {
                of = order;
                value = newer;
            }
        }
    }

    private final class Gauges {
        private final Map<JobMetric, Latest> figures = new EnumMap<>(JobMetric.class);
        private final Latest temperature = new Latest();
        private final Latest fitted = new Latest();
        private volatile long newestEndMillis = Long.MIN_VALUE;

        Gauges(String model) {
            FIGURES.keySet().forEach(metric -> figures.put(metric, new Latest()));
            figures.put(JobMetric.TEMPERATURE, temperature);
            figures.put(JobMetric.FITTED_TEMPERATURE, fitted);
            figures.forEach((metric, latest) -> metric.gauge(latest::value, group, model));
            JobMetric.WINDOW_LAG.gauge(this::lagMillis, group, model);
        }

        private long lagMillis() {
            return clock.getAsLong() - newestEndMillis;
        }

        void take(LossAggregate aggregate, ModelCard card) {
            long start = aggregate.window().startMillis();
            newestEndMillis = Math.max(newestEndMillis, aggregate.window().endMillis());
            FIGURES.forEach(
                    (metric, figure) ->
                            figures.get(metric).take(figure.of(aggregate, card), start));
            TemperatureFit.@Nullable Fitted best = aggregate.state().fit().best();
            fitted.take(best == null ? Double.NaN : best.temperature(), start);
            if (card.version() > temperature.of) {
                temperature.take(card.temperature(), card.version());
            }
        }
    }
}
