package io.logitstream.operator;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.JobID;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.executiongraph.ExecutionGraphTestUtils;
import org.apache.flink.runtime.metrics.groups.AbstractMetricGroup;
import org.apache.flink.runtime.metrics.groups.TaskManagerMetricGroup;
import org.apache.flink.runtime.metrics.groups.TaskMetricGroup;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;

/**
 * Remembers the counters and gauges an operator in a harness registers with a model: by {@code
 * model.name}, or {@code model.reason.name} if they have a reason.
 */
final class RecordingMetrics {

    private final Map<String, Counter> counters = new HashMap<>();
    private final Map<String, Gauge<?>> gauges = new HashMap<>();

    /** Returns the group of a task whose counters are remembered. */
    TaskMetricGroup taskGroup() {
        TestingMetricRegistry registry =
                TestingMetricRegistry.builder().setRegisterConsumer(this::remember).build();
        return TaskManagerMetricGroup.createTaskManagerMetricGroup(
                        registry, "localhost", ResourceID.generate())
                .addJob(new JobID(), "test")
                .addTask(ExecutionGraphTestUtils.createExecutionAttemptId(), "task");
    }

    private void remember(Metric metric, String name, AbstractMetricGroup<?> group) {
        Map<String, String> variables = group.getAllVariables();
        String model = variables.get("<model>");
        if (metric instanceof Counter counter && model != null) {
            String reason = variables.get("<reason>");
            counters.put(model + (reason == null ? "." : "." + reason + ".") + name, counter);
        } else if (metric instanceof Gauge<?> gauge && model != null) {
            gauges.put(model + "." + name, gauge);
        }
    }

    /** Returns the counters that are not 0. */
    Map<String, Long> counted() {
        Map<String, Long> counted = new TreeMap<>();
        counters.forEach(
                (name, counter) -> {
                    if (counter.getCount() != 0) {
                        counted.put(name, counter.getCount());
                    }
                });
        return counted;
    }

    /** Returns the value of a gauge that was registered with a model, by {@code model.name}. */
    double gauge(String name) {
        return ((Number) gauges.get(name).getValue()).doubleValue();
    }

    /** Returns the names of all gauges. */
    Set<String> gauges() {
        return gauges.keySet();
    }

    /** Returns how many counters there are. */
    int size() {
        return counters.size();
    }
}
