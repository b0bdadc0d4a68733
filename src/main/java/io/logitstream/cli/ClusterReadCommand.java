package io.logitstream.cli;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Shows a topic of the cluster of processes. */
@Command(
        name = "read",
        mixinStandardHelpOptions = true,
        description = {
            "Prints the values of a topic of the cluster, one a line, from the first one and as they come.",
            "Only what transactions have committed: results of an exactly-once job come with its checkpoints."
        })
final class ClusterReadCommand implements Callable<Integer> {

    private static final Duration POLL = Duration.ofMillis(200);

    @Option(
            names = "--topic",
            required = true,
            paramLabel = "TOPIC",
            description = "What to read, for example image-predictions.")
    private String topic;

    @Option(
            names = "--count",
            paramLabel = "N",
            description =
                    "Ends after so many values. By default it goes on until it is interrupted.")
    private long count = Long.MAX_VALUE;

    @Override
    public Integer call() throws Exception {
        Map<String, Object> properties =
                Map.of(
                        CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG,
                        ClusterCommand.running().bootstrapServers(),
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed");
        StringDeserializer text = new StringDeserializer();
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(properties, text, text)) {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(topic).stream()
                            .map(info -> new TopicPartition(topic, info.partition()))
                            .toList();
            if (partitions.isEmpty()) {
                throw new Failures.CannotStart("cluster read: there is no topic '" + topic + "'");
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            print(consumer);
        }
        return 0;
    }

    /** Ends early if nobody reads what it prints any more. */
    private void print(KafkaConsumer<String, String> consumer) {
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        long printed = 0;
        while (printed < count && !out.checkError()) {
            for (ConsumerRecord<String, String> record : consumer.poll(POLL)) {
                if (printed < count) {
                    out.println(record.value());
                    printed++;
                }
            }
        }
    }
}
