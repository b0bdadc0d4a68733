package io.logitstream.operator;

import java.util.List;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * All metrics that the job's own operators have; Flink's and Kafka's are beside them. Operators
 * register theirs here only, each per subtask. Names and labels are what dashboards and alert rules
 * are written against: never renamed.
 */
public enum JobMetric {
    RECORDS(
            "records",
            Kind.COUNTER,
            "records",
            List.of(OperatorIds.CLASSIFY, OperatorIds.RESOLVE_LABELS),
            List.of(JobMetric.MODEL),
            "what came in: of `classify` rows and shards, of `resolve-labels` labels"),
    PREDICTIONS(
            "predictions",
            Kind.COUNTER,
            "rows",
            List.of(OperatorIds.CLASSIFY, OperatorIds.MERGE_SHARDS),
            List.of(JobMetric.MODEL),
            "predictions that went out; those of rows in shards are `merge-shards`'"),
    LABELLED(
            "labelled",
            Kind.COUNTER,
            "rows",
            List.of(OperatorIds.CLASSIFY, OperatorIds.MERGE_SHARDS),
            List.of(JobMetric.MODEL),
            "rows that came with their label"),
    LATE(
            "late",
            Kind.COUNTER,
            "rows",
            List.of(OperatorIds.CLASSIFY, OperatorIds.MERGE_SHARDS),
            List.of(JobMetric.MODEL),
            "rows whose loss was not counted, since their window was past `losses.allowed-lateness`"),
    DEAD_LETTERS(
            "deadLetters",
            Kind.COUNTER,
            "records",
            List.of(
                    OperatorIds.CLASSIFY,
                    OperatorIds.RESOLVE_LABELS,
                    OperatorIds.MERGE_SHARDS,
                    OperatorIds.DISTRIBUTE_SHARDS),
            List.of(JobMetric.MODEL, "reason"),
            "dead letters by the reason that stands in them; not those of models, and of windows"),
    ROW_LATENCY(
            "rowLatencyMillis",
            Kind.HISTOGRAM,
            "ms",
            List.of(OperatorIds.CLASSIFY),
            List.of(),
            "wall-clock time when a record has been classified and handed to the sinks, less its Kafka timestamp; of every 16th record, the last 1,000 of them. Replayed records are as late as they are old; below 0 the producer's clock is ahead"),
    KERNEL(
            "inUse",
            Kind.GAUGE,
            "1",
            List.of(OperatorIds.CLASSIFY),
            List.of("kernel"),
            "always 1; the label says which kernel computes, `simd` or `scalar`"),
    ROWS_WAITING(
            "rowsWaiting",
            Kind.GAUGE,
            "rows",
            List.of(OperatorIds.JOIN_LABELS),
            List.of(),
            "rows that have no label yet. Only the sum over subtasks means something: after a change of parallelism one of them may be below 0"),
    ENDED(
            "ended",
            Kind.COUNTER,
            "rows or labels",
            List.of(OperatorIds.JOIN_LABELS),
            List.of("bucket"),
            "where rows and labels ended: `joined` (a row that found its label, once), or a bucket of the label ledger"),
    LABEL_DELAY(
            "labelDelayMillis",
            Kind.HISTOGRAM,
            "ms",
            List.of(OperatorIds.JOIN_LABELS),
            List.of(),
            "how long after its score a label was given, in event time; of the last 1,000 joined"),
    WINDOW_LAG(
            "windowLagMillis",
            Kind.GAUGE,
            "ms",
            List.of(OperatorIds.LOSS_WINDOW),
            List.of(JobMetric.MODEL),
            "wall-clock time less the end of the newest window that was published: window length, `out-of-orderness` and what the job is behind. Grows while no records come"),
    LOSS(
            "loss",
            Kind.GAUGE,
            "nats",
            List.of(OperatorIds.LOSS_WINDOW),
            List.of(JobMetric.MODEL),
            "`loss.mean` of the newest window that has one"),
    ECE(
            "ece",
            Kind.GAUGE,
            "0 to 1",
            List.of(OperatorIds.LOSS_WINDOW),
            List.of(JobMetric.MODEL),
            "`calibration.ece` of the newest window that has one"),
    ACCURACY(
            "accuracy",
            Kind.GAUGE,
            "0 to 1",
            List.of(OperatorIds.LOSS_WINDOW),
            List.of(JobMetric.MODEL),
            "`accuracy.top1` of the newest window that has one"),
    LABEL_COVERAGE(
            "labelCoverage",
            Kind.GAUGE,
            "0 to 1",
            List.of(OperatorIds.LOSS_WINDOW),
            List.of(JobMetric.MODEL),
            "`labels.coverage` of the newest window: 1 if no row waits for a label, or has waited in vain. Where labels come later it is low, and `ended` says more"),
    TEMPERATURE(
            "temperature",
            Kind.GAUGE,
            "1",
            List.of(OperatorIds.LOSS_WINDOW),
            List.of(JobMetric.MODEL),
            "what the model's scores are divided by: with `calibration.mode: live` what was last set"),
    FITTED_TEMPERATURE(
            "fittedTemperature",
            Kind.GAUGE,
            "1",
            List.of(OperatorIds.LOSS_WINDOW),
            List.of(JobMetric.MODEL),
            "`calibration.fitted.temperature` of the newest window that has one, which takes rows that come with their label; NaN without a `calibration` section");

    /** What kind of metric it is. */
    enum Kind {
        /** Only grows, from 0 at each start of the job. */
        COUNTER,
        /** A figure of this moment; NaN where it is not defined. */
        GAUGE,
        /** Quantiles of the latest values, and how many there were. */
        HISTOGRAM
    }

    /** The label that has the name of a model, or {@code unknown}. */
    private static final String MODEL = "model";

    private static final String OPERATOR_SCOPE = "flink_taskmanager_job_task_operator_";
    private static final int VALUES_KEPT = 1_000;

    private final String name;
    private final Kind kind;
    private final String unit;
    private final List<String> operators;
    private final List<String> labels;
    private final String description;

    JobMetric(
            String name,
            Kind kind,
            String unit,
            List<String> operators,
            List<String> labels,
            String description) {
        this.name = name;
        this.kind = kind;
        this.unit = unit;
        this.operators = operators;
        this.labels = labels;
        this.description = description;
    }

    /** Returns what Flink calls it: the labels with their values, and its name. */
    public String flinkName() {
        StringBuilder path = new StringBuilder();
        for (String label : labels) {
            path.append(label).append(".<").append(label).append(">.");
        }
        return path + name;
    }

    /** Returns the name that Flink's Prometheus reporter gives it. */
    public String prometheusName() {
        return OPERATOR_SCOPE + String.join("", labels.stream().map(l -> l + "_").toList()) + name;
    }

    /** Returns what it counts or is measured in. */
    public String unit() {
        return unit;
    }

    /** Returns the ids of the operators that have it. */
    public List<String> operators() {
        return operators;
    }

    /** Returns the names of its labels. */
    public List<String> labels() {
        return labels;
    }

    /** Returns what it says, in Markdown. */
    public String description() {
        return description;
    }

    Kind kind() {
        return kind;
    }

    /** Registers this counter in an operator's group, with a value for each of its labels. */
    Counter counter(MetricGroup group, String... values) {
        return labelled(Kind.COUNTER, group, values).counter(name);
    }

    /** Registers this gauge, which is read by other threads. */
    void gauge(Gauge<? extends Number> gauge, MetricGroup group, String... values) {
        labelled(Kind.GAUGE, group, values).gauge(name, gauge);
    }

    /** Registers this histogram, whose values are written without allocation. */
    Histogram histogram(MetricGroup group, String... values) {
        return labelled(Kind.HISTOGRAM, group, values)
                .histogram(name, new DescriptiveStatisticsHistogram(VALUES_KEPT));
    }

    private MetricGroup labelled(Kind used, MetricGroup group, String... values) {
        if (used != kind || values.length != labels.size()) {
            throw new IllegalArgumentException(
                    "%s is a %s with the labels %s".formatted(this, kind, labels));
        }
        MetricGroup labelled = group;
        for (int i = 0; i < values.length; i++) {
            labelled = labelled.addGroup(labels.get(i), values[i]);
        }
        return labelled;
    }
}
