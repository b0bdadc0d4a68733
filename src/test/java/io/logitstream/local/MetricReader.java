package io.logitstream.local;

import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.metrics.scope.ScopeFormat;
import org.apache.flink.runtime.testutils.InMemoryReporter;

/**
 * Reads the metrics of operators while their job runs and after it has ended.
 *
 * <p>An operator is named as in the stream graph; a metric is found in the operator's group and in
 * the groups below it. A job that was restarted has the metrics of each attempt. The values are
 * those of this moment: while the job runs, await them.
 */
public final class MetricReader {

    private final InMemoryReporter reporter;

    MetricReader(InMemoryReporter reporter) {
        this.reporter = reporter;
    }

    /** Adds up a counter over subtasks and attempts; 0 if no subtask has registered it. */
    public long count(JobID job, String operator, String counter) {
        return find(job, operator, counter).stream()
                .mapToLong(metric -> ((Counter) metric).getCount())
                .sum();
    }

    /** Returns a counter of each subtask and attempt, in no order. */
    public List<Long> counts(JobID job, String operator, String counter) {
        return find(job, operator, counter).stream()
                .map(metric -> ((Counter) metric).getCount())
                .toList();
    }

    /** Returns the values of a gauge, one for each subtask and attempt, in no order. */
    public List<Object> gauges(JobID job, String operator, String gauge) {
        return find(job, operator, gauge).stream()
                .<Object>map(metric -> ((Gauge<?>) metric).getValue())
                .toList();
    }

    private List<Metric> find(JobID job, String operator, String name) {
        return reporter.getMetricsByGroup().entrySet().stream()
                .filter(group -> belongsTo(group.getKey().getAllVariables(), job, operator))
                .filter(group -> group.getValue().containsKey(name))
                .map(group -> group.getValue().get(name))
                .toList();
    }

    private static boolean belongsTo(Map<String, String> variables, JobID job, String operator) {
        return job.toString().equals(variables.get(ScopeFormat.SCOPE_JOB_ID))
                && operator.equals(variables.get(ScopeFormat.SCOPE_OPERATOR_NAME));
    }
}
