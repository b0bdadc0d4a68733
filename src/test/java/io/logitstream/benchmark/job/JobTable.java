package io.logitstream.benchmark.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** Measurements as a table for people and as JSON for programs. */
final class JobTable {

    private JobTable() {}

    static String header() {
        return String.format(
                Locale.ROOT,
                "%-14s %11s %9s %7s %11s %11s %6s %9s %9s %9s %10s%n",
                "",
                "records/s",
                "of copy",
                "MB/s",
                "CPU s/1e6",
                "B/record",
                "GC",
                "p50 ms",
                "p99 ms",
                "p99.9 ms",
                "CPU/copy");
    }

    /** The rows of one case. */
    static String of(List<JobMeasurement> measured) {
        JobCase of = measured.get(0).of();
        StringBuilder text = new StringBuilder(of + "\n");
        JobMeasurement floor =
                measured.stream()
                        .filter(each -> each.variant() == Variant.BYTE_COPY)
                        .findFirst()
                        .orElseThrow();
        int perScore = of.format().equals("json") ? 11 : Float.BYTES;
        for (JobMeasurement each : measured) {
            text.append(
                    String.format(
                            Locale.ROOT,
                            "  %-12s %,11.0f %9.2f %7.0f %11.2f %,11.0f %5.1f%% %9.1f %9.1f %9.1f %10.2f%n",
                            each.variant().word,
                            each.recordsPerSecond(),
                            each.recordsPerSecond() / floor.recordsPerSecond(),
                            each.recordsPerSecond() * of.k() * perScore / 1e6,
                            each.cpuSecondsPerMillion(),
                            each.bytesAllocated(),
                            each.gcShare() * 100,
                            each.latency().p50(),
                            each.latency().p99(),
                            each.latency().p999(),
                            each.cpuSecondsPerMillion() / floor.cpuSecondsPerMillion()));
        }
        return text.toString();
    }

    /** The array that {@code --json} writes. */
    static String json(List<JobMeasurement> measured) {
        ArrayNode array = new ObjectMapper().createArrayNode();
        for (JobMeasurement each : measured) {
            ObjectNode entry = array.addObject();
            entry.put("variant", each.variant().word);
            entry.put("input", each.of().format());
            entry.put("k", each.of().k());
            entry.put("output", each.of().output());
            entry.put("delivery", each.of().delivery());
            entry.put("windows", each.of().windows());
            entry.put("labelJoin", each.of().labelJoin());
            entry.put("recordsPerSecond", each.recordsPerSecond());
            entry.put("cpuSecondsPerMillionRecords", each.cpuSecondsPerMillion());
            entry.put("bytesAllocatedPerRecord", each.bytesAllocated());
            ObjectNode latency = entry.putObject("latencyMillis");
            latency.put("p50", each.latency().p50());
            latency.put("p99", each.latency().p99());
            latency.put("p999", each.latency().p999());
            entry.put("rounds", each.rounds());
        }
        return array.toPrettyString() + "\n";
    }
}
