package io.logitstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.config.JobFile;
import io.logitstream.record.FaultReason;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossState;
import io.logitstream.record.LossStateFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * What the demo's job has written so far, read back from the real topics with {@code
 * read_committed}. The totals merge the latest loss state of each window, so they are exact. Not
 * thread-safe.
 */
final class DemoResults implements AutoCloseable {

    private final ObjectMapper json = new ObjectMapper();
    private final JobFile job;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Map<String, Window> windows = new TreeMap<>();

    private long predictions;
    private long refused;
    private long late;
    private @Nullable JsonNode lastPrediction;
    private @Nullable JsonNode lastDeadLetter;

    /**
     * The latest revision of a window over all segments.
     *
     * @param startMillis start of the window
     * @param revision its revision
     * @param state what was measured
     */
    record Window(long startMillis, long revision, LossState state) {}

    DemoResults(JobFile job) {
        this.job = job;
        Map<String, Object> properties = new HashMap<>(job.kafka().properties());
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        ByteArrayDeserializer bytes = new ByteArrayDeserializer();
        consumer = new KafkaConsumer<>(properties, bytes, bytes);
        List<String> topics =
                new ArrayList<>(List.of(job.predictions().topic(), job.deadLetters().topic()));
        JobFile.Losses losses = job.losses();
        if (losses != null) {
            topics.add(losses.topic());
        }
        List<TopicPartition> partitions = new ArrayList<>();
        for (String topic : topics) {
            consumer.partitionsFor(topic)
                    .forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
        }
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /** Reads what is there, waiting at most this long for something. */
    void poll(Duration wait) throws IOException {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait)) {
            if (record.topic().equals(job.predictions().topic())) {
                predictions++;
                lastPrediction = json.readTree(record.value());
            } else if (record.topic().equals(job.deadLetters().topic())) {
                addDeadLetter(json.readTree(record.value()));
            } else {
                addLoss(record);
            }
        }
    }

    /** Reads up to the topics' ends as they are now. */
    void pollToEnd() throws IOException {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream()
                .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            poll(Duration.ofMillis(200));
        }
    }

    private void addDeadLetter(JsonNode deadLetter) {
        lastDeadLetter = deadLetter;
        if (deadLetter.path("reason").asText().equals(FaultReason.TOO_LATE.code())) {
            late++;
        } else {
            refused++;
        }
    }

    private void addLoss(ConsumerRecord<byte[], byte[]> record) throws IOException {
        JsonNode value = json.readTree(record.value());
        Header state = record.headers().lastHeader(LossStateFormat.HEADER);
        if (value.path("segment").asText().equals(LossAggregate.ALL_SEGMENTS)) {
            windows.put(
                    new String(record.key(), StandardCharsets.UTF_8),
                    new Window(
                            value.path("window").path("start").asLong(),
                            value.path("revision").asLong(),
                            LossStateFormat.decode(state.value())));
        }
    }

    /** Returns how many predictions were written. */
    long predictions() {
        return predictions;
    }

    /** Returns how many records were refused and so have no prediction. */
    long refused() {
        return refused;
    }

    /** Returns how many dead letters there are, refused and late ones. */
    long deadLetters() {
        return refused + late;
    }

    /** Returns the latest prediction, if any. */
    @Nullable JsonNode lastPrediction() {
        return lastPrediction;
    }

    /** Returns the latest dead letter, if any. */
    @Nullable JsonNode lastDeadLetter() {
        return lastDeadLetter;
    }

    /** Returns the windows over all segments by key, each with its latest revision. */
    Map<String, Window> windows() {
        return windows;
    }

    /** Returns the merged loss of all windows. */
    LossState total() {
        LossState total = new LossState();
        windows.values().forEach(window -> total.mergeWith(window.state()));
        return total;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
