package io.logitstream.operator;

import java.util.Locale;

/** The reference of the job's metrics, as Markdown. */
public final class MetricsReference {

    private static final String HEAD =
            """
            # Metrics

            Generated from the code; a test fails when it is stale and says how to write it again.

            What the job's own operators measure, each subtask for itself. The first name is that of Flink, within
            the operator's scope; the second one is that of Flink's Prometheus reporter, whose metrics also have the
            labels `job_name`, `operator_name`, `subtask_index` and some more. A histogram has the label `quantile`
            (0.5 to 0.999) and beside it a `..._count` of all values. Counters begin at 0 with each start of the job.

            `model` is the name of a model of the job, or `unknown` for records of none and of models beyond the
            1,000th of a running job. Nothing else from a record becomes a label. The figures of a model are those of
            its aggregate over all segments (`"segment":"*"`), and there from its first window on.

            | metric | for Prometheus | kind, unit | operators | meaning |
            |---|---|---|---|---|
            """;

    private MetricsReference() {}

    /** Returns the whole page, with a line end at the end. */
    public static String generate() {
        StringBuilder text = new StringBuilder(HEAD);
        for (JobMetric metric : JobMetric.values()) {
            text.append(
                    "| `%s` | `%s` | %s, %s | `%s` | %s |\n"
                            .formatted(
                                    metric.flinkName(),
                                    metric.prometheusName(),
                                    metric.kind().name().toLowerCase(Locale.ROOT),
                                    metric.unit(),
                                    String.join("`, `", metric.operators()),
                                    metric.description()));
        }
        return text.toString();
    }
}
