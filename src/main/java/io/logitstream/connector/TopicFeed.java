package io.logitstream.connector;

import io.logitstream.operator.ControlFeed;
import io.logitstream.record.ControlRecord;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Follows whole topics, in every subtask anew from where the job was submitted: what a subtask
 * knows already is no news to it. Belongs to no consumer group.
 */
final class TopicFeed implements ControlFeed {

    private static final long serialVersionUID = 1L;

    private static final Duration POLL = Duration.ofSeconds(1);

    private final Properties properties;
    private final Map<String, Map<Integer, Long>> starts = new HashMap<>();
    private final @Nullable String modelsTopic;

    /**
     * Creates a feed.
     *
     * @param modelsTopic the one of the topics whose records are whole models, if there is one
     */
    TopicFeed(
            Properties clients,
            Map<TopicPartition, Long> startingAt,
            @Nullable String modelsTopic) {
        properties = new Properties();
        properties.putAll(clients);
        properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        // A compacted topic may begin behind the start.
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        this.modelsTopic = modelsTopic;
        startingAt.forEach(
                (partition, offset) ->
                        starts.computeIfAbsent(partition.topic(), absent -> new HashMap<>())
                                .put(partition.partition(), offset));
    }

    @Override
    public AutoCloseable open(Listener listener) {
        ByteArrayDeserializer bytes = new ByteArrayDeserializer();
        KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(properties, bytes, bytes);
        Thread thread = new Thread(() -> follow(consumer, listener), "control-feed");
        thread.setDaemon(true);
        thread.start();
        return () -> {
            consumer.wakeup();
            thread.join();
        };
    }

    private void follow(KafkaConsumer<byte[], byte[]> consumer, Listener listener) {
        try (consumer) {
            Map<TopicPartition, Long> offsets = new HashMap<>();
            starts.forEach(
                    (topic, partitions) ->
                            partitions.forEach(
                                    (partition, offset) ->
                                            offsets.put(
                                                    new TopicPartition(topic, partition), offset)));
            consumer.assign(offsets.keySet());
            offsets.forEach(consumer::seek);
            while (true) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    listener.record(ControlRecord.of(KafkaRecords.raw(record), modelsTopic));
                }
            }
        } catch (WakeupException e) {
            // The subtask ends.
        } catch (Throwable e) {
            // Nobody else would notice: this thread has no caller.
            listener.failed(e);
        }
    }
}
