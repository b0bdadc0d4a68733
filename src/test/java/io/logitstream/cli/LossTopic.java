package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.codec.JsonLossAggregateEncoder;
import io.logitstream.config.JobFile;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossState;
import io.logitstream.record.LossStateFormat;
import io.logitstream.record.ModelCard;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What a topic of losses says once all upserts are applied: the last record of each key. */
final class LossTopic {

    private static final Pattern REVISION = Pattern.compile(",\"revision\":([0-9]+)");

    private static final Pattern DRIFT = Pattern.compile(",\"drift\":\\{[^}]*\\}");

    private final Map<String, ConsumerRecord<byte[], byte[]>> last = new LinkedHashMap<>();
    private final Map<String, List<Long>> revisions = new LinkedHashMap<>();

    private final JobFile job;

    LossTopic(JobFile job, List<ConsumerRecord<byte[], byte[]>> records) {
        this.job = job;
        for (ConsumerRecord<byte[], byte[]> record : records) {
            String key = new String(record.key(), StandardCharsets.UTF_8);
            last.put(key, record);
            Matcher revision = REVISION.matcher(text(record));
            assertThat(revision.find()).as(text(record)).isTrue();
            revisions
                    .computeIfAbsent(key, absent -> new ArrayList<>())
                    .add(Long.parseLong(revision.group(1)));
        }
    }

    private static String text(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.value(), StandardCharsets.UTF_8);
    }

    /** Returns the windows as they are after the last revision, without its number. */
    List<String> windows() {
        return last.values().stream().map(record -> withoutRevision(text(record))).toList();
    }

    /** Returns how many windows there are over all segments. */
    long windowsOverAllSegments() {
        return last.keySet().stream().filter(key -> key.contains("|*|")).count();
    }

    /** Returns the revisions of each key, in their order. */
    Map<String, List<Long>> revisions() {
        return revisions;
    }

    static String withoutRevision(String json) {
        return REVISION.matcher(json).replaceFirst("");
    }

    static String withoutDrift(String json) {
        return DRIFT.matcher(json).replaceFirst("");
    }

    /** Returns the states of all windows, merged by segment, as {@code evaluate} prints them. */
    List<String> mergedOverWindows() {
        Map<String, LossState> merged = new TreeMap<>();
        for (Map.Entry<String, ConsumerRecord<byte[], byte[]>> window : last.entrySet()) {
            String modelAndSegment = window.getKey().replaceFirst("\\|[0-9]+$", "");
            byte[] state = window.getValue().headers().lastHeader(LossStateFormat.HEADER).value();
            merged.computeIfAbsent(modelAndSegment, absent -> new LossState())
                    .mergeWith(LossStateFormat.decode(state));
        }
        JsonLossAggregateEncoder encoder = new JsonLossAggregateEncoder();
        List<String> lines = new ArrayList<>();
        merged.forEach(
                (modelAndSegment, state) -> {
                    String[] parts = modelAndSegment.split("\\|", 2);
                    String segment = parts[1].isEmpty() ? null : parts[1];
                    byte[] line =
                            encoder.encode(
                                    new LossAggregate(parts[0], segment, null, 1, state),
                                    ModelCard.of(job.model(parts[0])));
                    lines.add(new String(line, StandardCharsets.UTF_8));
                });
        return lines;
    }
}
