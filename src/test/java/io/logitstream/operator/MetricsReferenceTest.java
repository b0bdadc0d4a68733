package io.logitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitstream.config.GeneratedFile;
import java.io.IOException;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;

class MetricsReferenceTest {

    @Test
    void committedReferenceIsFresh() throws IOException {
        GeneratedFile.assertFresh("config/metrics.md", MetricsReference.generate(), getClass());
    }

    @Test
    void namesAMetricAsFlinkAndPrometheusDo() {
        assertThat(MetricsReference.generate())
                .contains(
                        "| `model.<model>.reason.<reason>.deadLetters`"
                                + " | `flink_taskmanager_job_task_operator_model_reason_deadLetters`"
                                + " | counter, records | `classify`, ");
    }

    @Test
    void aMetricIsRegisteredOnlyAsItIsDeclared() {
        UnregisteredMetricsGroup group = new UnregisteredMetricsGroup();
        assertThatThrownBy(() -> JobMetric.DEAD_LETTERS.counter(group, "m"))
                .hasMessage("DEAD_LETTERS is a COUNTER with the labels [model, reason]");
        assertThatThrownBy(() -> JobMetric.LOSS.counter(group, "m"))
                .hasMessage("LOSS is a GAUGE with the labels [model]");
    }
}
