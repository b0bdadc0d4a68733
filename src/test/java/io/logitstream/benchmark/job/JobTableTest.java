package io.logitstream.benchmark.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobTableTest {

    private static final JobCase CASE = JobCase.of("float32", 1_000, 1_000_000);

    private static JobMeasurement measured(Variant variant, long cpuNanos) {
        return JobMeasurement.of(
                variant,
                CASE,
                List.of(round(100, cpuNanos), round(300, 3 * cpuNanos), round(200, 2 * cpuNanos)),
                new Latency(1, 2, 3));
    }

    private static JobMeasurement.Round round(long records, long cpuNanos) {
        return new JobMeasurement.Round(records, 2, new Figures(cpuNanos, 1_000 * records, 20));
    }

    @Test
    void writesTheFieldsOfEachMeasurement() throws Exception {
        JsonNode entry =
                new ObjectMapper()
                        .readTree(JobTable.json(List.of(measured(Variant.OURS, 1_000_000))))
                        .get(0);
        JsonNode expected =
                new ObjectMapper()
                        .readTree(
                                """
                                {"variant": "ours", "input": "float32", "k": 1000, "output": "top-k",
                                 "delivery": "exactly-once", "windows": false, "labelJoin": false,
                                 "recordsPerSecond": 100.0, "cpuSecondsPerMillionRecords": 10.0,
                                 "bytesAllocatedPerRecord": 1000.0,
                                 "latencyMillis": {"p50": 1.0, "p99": 2.0, "p999": 3.0}, "rounds": 3}
                                """);
        assertThat(entry).isEqualTo(expected);
    }

    @Test
    void comparesWithTheFloor() {
        String table =
                JobTable.of(
                        List.of(
                                measured(Variant.OURS, 3_000_000),
                                measured(Variant.BYTE_COPY, 2_000_000)));
        assertThat(table.lines().skip(1).findFirst().orElseThrow())
                .contains("ours")
                .endsWith("1.50");
    }

    @Test
    void saysWhichRowsDiffer() throws Exception {
        Map<String, byte[]> ours = Map.of("1", "{\"topK\":[]}".getBytes(StandardCharsets.UTF_8));
        Map<String, byte[]> others = Map.of("1", "{\"topK\":[1]}".getBytes(StandardCharsets.UTF_8));
        Agreement.check(Variant.KAFKA_STREAMS, ours, ours);
        for (Variant variant : Variant.values()) {
            assertThatThrownBy(() -> Agreement.check(variant, ours, others))
                    .hasMessageContaining("row 1: " + variant.word);
            assertThatThrownBy(() -> Agreement.check(variant, ours, Map.of()))
                    .hasMessageContaining("answered");
        }
    }
}
