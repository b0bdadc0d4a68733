package io.logitstream.local;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Cases for {@code promtool test rules}, three hours each, one value a minute: a job that is well,
 * and for each alert one that differs from it in a single series.
 */
final class AlertCases {

    private static final String OPERATOR = "flink_taskmanager_job_task_operator_";
    private static final String JOB = "flink_jobmanager_job_";
    private static final String MINUTES = "x180";
    private static final String AS_IN = "{job_name=\"j\",";

    /** The series of a job that is well, with what they begin with and what a minute adds. */
    private static final Map<String, String> WELL = new LinkedHashMap<>();

    static {
        WELL.put("flink_jobmanager_numRunningJobs{instance=\"jm\"}", "1+0");
        WELL.put(JOB + "numRestarts{job_name=\"j\"}", "0+0");
        WELL.put(JOB + "numberOfFailedCheckpoints{job_name=\"j\"}", "2+0");
        WELL.put(JOB + "numberOfCompletedCheckpoints{job_name=\"j\"}", "0+6");
        WELL.put(JOB + "lastCheckpointDuration{job_name=\"j\"}", "900+0");
        WELL.put(
                OPERATOR + "pendingRecords" + AS_IN + "operator_name=\"Source: scores-source\"}",
                "100+0");
        WELL.put(
                OPERATOR + "model_records" + AS_IN + "operator_name=\"classify\",model=\"m\"}",
                "0+6000");
        WELL.put(
                OPERATOR
                        + "model_records"
                        + AS_IN
                        + "operator_name=\"resolve-labels\",model=\"m\"}",
                "0+60");
        WELL.put(
                OPERATOR
                        + "model_reason_deadLetters"
                        + AS_IN
                        + "operator_name=\"resolve-labels\",model=\"m\",reason=\"unknown-label\"}",
                "0+0");
        WELL.put(OPERATOR + "numRecordsIn" + AS_IN + "operator_name=\"loss-window\"}", "0+60");
        WELL.put(
                OPERATOR + "model_predictions" + AS_IN + "operator_name=\"classify\",model=\"m\"}",
                "0+6000");
        WELL.put(
                OPERATOR + "model_late" + AS_IN + "operator_name=\"classify\",model=\"m\"}", "0+0");
        WELL.put(
                OPERATOR
                        + "model_reason_deadLetters"
                        + AS_IN
                        + "operator_name=\"classify\",model=\"m\",reason=\"malformed\"}",
                "0+30");
        WELL.put(
                OPERATOR
                        + "rowLatencyMillis"
                        + AS_IN
                        + "operator_name=\"classify\",subtask_index=\"0\",quantile=\"0.99\"}",
                "800+0");
        WELL.put(
                OPERATOR
                        + "rowLatencyMillis_count"
                        + AS_IN
                        + "operator_name=\"classify\",subtask_index=\"0\"}",
                "0+375");
        // Its partitions are silent since a backlog.
        WELL.put(
                OPERATOR
                        + "rowLatencyMillis"
                        + AS_IN
                        + "operator_name=\"classify\",subtask_index=\"1\",quantile=\"0.99\"}",
                "50000+0");
        WELL.put(
                OPERATOR
                        + "rowLatencyMillis_count"
                        + AS_IN
                        + "operator_name=\"classify\",subtask_index=\"1\"}",
                "5000+0");
        WELL.put(
                OPERATOR
                        + "kernel_inUse"
                        + AS_IN
                        + "operator_name=\"classify\",instance=\"tm\",kernel=\"simd\"}",
                "1+0");
        WELL.put(
                OPERATOR
                        + "kernel_inUse"
                        + AS_IN
                        + "operator_name=\"classify\",instance=\"tm\",kernel=\"scalar\"}",
                "0+0");
        WELL.put(
                OPERATOR
                        + "model_windowLagMillis"
                        + AS_IN
                        + "operator_name=\"loss-window\",model=\"m\"}",
                "70000+0");
        WELL.put(
                OPERATOR
                        + "bucket_ended"
                        + AS_IN
                        + "operator_name=\"join-labels\",bucket=\"joined\"}",
                "0+5000");
        WELL.put(
                OPERATOR
                        + "bucket_ended"
                        + AS_IN
                        + "operator_name=\"join-labels\",bucket=\"expired\"}",
                "0+900");
        WELL.put(
                OPERATOR
                        + "bucket_ended"
                        + AS_IN
                        + "operator_name=\"join-labels\",bucket=\"orphan\"}",
                "0+100");
        WELL.put(
                OPERATOR + "model_ece" + AS_IN + "operator_name=\"loss-window\",model=\"m\"}",
                "0.03+0");
        WELL.put(
                OPERATOR
                        + "model_temperature"
                        + AS_IN
                        + "operator_name=\"loss-window\",model=\"m\"}",
                "1.5+0");
        WELL.put(
                OPERATOR
                        + "model_fittedTemperature"
                        + AS_IN
                        + "operator_name=\"loss-window\",model=\"m\"}",
                "1.6+0");
    }

    private final StringBuilder text = new StringBuilder();

    /** Starts a file of cases. */
    AlertCases(String rules) {
        text.append("rule_files: [").append(rules).append("]\nevaluation_interval: 1m\ntests:\n");
    }

    /** Adds a case in which nothing fires though these series are others. */
    AlertCases none(Map<String, String> changes) {
        return add("[]", changes);
    }

    /**
     * Adds a case in which an alert fires and no other one.
     *
     * @param series a part of the only series that is another one
     * @param values what it begins with and what a minute adds; empty if it is not there
     */
    AlertCases fires(String alert, String series, String values) {
        return add(
                "[{labels: '{alertname=\"%s\"}', value: 1}]".formatted(alert),
                Map.of(series, values));
    }

    private AlertCases add(String firing, Map<String, String> changes) {
        Map<String, String> all = new LinkedHashMap<>(WELL);
        changes.forEach((part, values) -> all.put(only(part), values));
        text.append("  - interval: 1m\n    input_series:\n");
        all.forEach(
                (series, values) -> {
                    if (!values.isEmpty()) {
                        text.append(
                                "      - {series: '%s', values: '%s%s'}\n"
                                        .formatted(series, values, MINUTES));
                    }
                });
        text.append("    promql_expr_test:\n")
                .append("      - expr: count by (alertname) (ALERTS{alertstate=\"firing\"})\n")
                .append("        eval_time: 170m\n        exp_samples: ")
                .append(firing)
                .append('\n');
        return this;
    }

    private static String only(String part) {
        return WELL.keySet().stream()
                .filter(series -> series.contains(part))
                .reduce(
                        (a, b) -> {
                            throw new IllegalArgumentException(part + " is in " + a + ", " + b);
                        })
                .orElseThrow();
    }

    /** Returns the file. */
    String text() {
        return text.toString();
    }
}
