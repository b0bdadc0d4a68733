package io.logitstream.benchmark;

import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileReader;
import io.logitstream.connector.BrokerChecks;
import io.logitstream.connector.KafkaJob;
import io.logitstream.local.LocalFlink;
import io.logitstream.local.LocalKafka;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.operators.ChainingStrategy;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures what a record costs if models may change, and what it would if that cut the chain. */
@Command(
        name = "control",
        mixinStandardHelpOptions = true,
        description = {
            "Measures the CPU of the tasks that read, classify and write, for each record: without a control topic, with one,",
            "and with an edge between source and classify. Real broker and cluster in this process, parallelism 1,",
            "rows of 100 classes in float32, top-5 out, at least once. Rounds are interleaved, the first is for warming up."
        })
final class ControlBench implements Callable<Integer> {

    private static final int CLASSES = 100;

    @Option(names = "--rows", defaultValue = "300000", description = "Default: ${DEFAULT-VALUE}.")
    private int rows;

    @Option(names = "--rounds", defaultValue = "5", description = "Default: ${DEFAULT-VALUE}.")
    private int rounds;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    /** How the job is put together. */
    private enum Variant {
        NO_CONTROL("one task, no control topic"),
        CONTROL("one task, a control topic"),
        CUT("an edge between source and classify");

        final String text;

        Variant(String text) {
            this.text = text;
        }
    }

    @Override
    public Integer call() throws Exception {
        Map<Variant, List<Double>> nanos = new EnumMap<>(Variant.class);
        try (LocalKafka kafka = LocalKafka.start();
                LocalFlink flink = LocalFlink.start(1, 1, new Configuration())) {
            kafka.createTopic("scores", 1, Map.of());
            send(kafka);
            for (int round = 0; round <= rounds; round++) {
                for (Variant variant : Variant.values()) {
                    double each = measure(kafka, flink, variant, variant + "-" + round);
                    System.err.printf(
                            "round %d, %s: %.0f ns a record%n", round, variant.text, each);
                    if (round > 0) {
                        nanos.computeIfAbsent(variant, absent -> new ArrayList<>()).add(each);
                    }
                }
            }
        }
        nanos.forEach(
                (variant, all) -> {
                    double[] sorted =
                            all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
                    System.out.printf(
                            "%-38s %6.0f ns of CPU a record (%.0f to %.0f)%n",
                            variant.text,
                            sorted[sorted.length / 2],
                            sorted[0],
                            sorted[sorted.length - 1]);
                });
        return 0;
    }

    private void send(LocalKafka kafka) {
        Random random = new Random(1);
        ByteArraySerializer bytes = new ByteArraySerializer();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers(), "linger.ms", "20"),
                        bytes,
                        bytes)) {
            for (int i = 0; i < rows; i++) {
                ByteBuffer value =
                        ByteBuffer.allocate(CLASSES * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
                for (int k = 0; k < CLASSES; k++) {
                    value.putFloat((float) random.nextGaussian());
                }
                byte[] key = ("row-" + i).getBytes(StandardCharsets.UTF_8);
                producer.send(new ProducerRecord<>("scores", key, value.array()));
            }
        }
    }

    private double measure(LocalKafka kafka, LocalFlink flink, Variant variant, String name)
            throws Exception {
        List<String> settings =
                new ArrayList<>(
                        List.of(
                                "name=" + name.toLowerCase(java.util.Locale.ROOT).replace('_', '-'),
                                "kafka.bootstrap.servers=" + kafka.bootstrapServers(),
                                "delivery=at-least-once",
                                "scores.format=float32",
                                "predictions.topic=predictions-" + name,
                                "models[0].classes=" + CLASSES,
                                "flink.execution.checkpointing.interval=1h"));
        if (variant == Variant.CONTROL) {
            settings.add("control.topic=control");
        }
        JobFile job = JobFileReader.read(Path.of("jobs/two-class.yaml"), settings, Map.of());
        List<String> faults = BrokerChecks.check(job);
        if (!faults.isEmpty()) {
            throw new IllegalStateException(String.join("\n", faults));
        }
        StreamExecutionEnvironment env = new StreamExecutionEnvironment();
        env.setParallelism(1);
        StreamGraph graph = KafkaJob.graph(env, job);
        if (variant == Variant.CUT) {
            graph.getStreamNodes().stream()
                    .filter(node -> "classify".equals(node.getTransformationUID()))
                    .forEach(
                            node ->
                                    node.getOperatorFactory()
                                            .setChainingStrategy(ChainingStrategy.HEAD));
        }
        JobID id = flink.submit(graph);
        flink.awaitRunning(id, Duration.ofMinutes(1));
        awaitWritten(kafka, "predictions-" + name);
        double nanos = taskNanos();
        flink.cancel(id);
        while (taskNanos() > 0) {
            Thread.onSpinWait();
        }
        return nanos / rows;
    }

    private void awaitWritten(LocalKafka kafka, String topic) {
        ByteArrayDeserializer bytes = new ByteArrayDeserializer();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        Map.of("bootstrap.servers", kafka.bootstrapServers()), bytes, bytes)) {
            TopicPartition partition = new TopicPartition(topic, 0);
            while (consumer.endOffsets(List.of(partition)).get(partition) < rows) {
                consumer.listTopics();
            }
        }
    }

    /** Returns the CPU of the threads that move records, from the fetcher to the producer. */
    private double taskNanos() {
        return Arrays.stream(threads.getAllThreadIds())
                .filter(
                        id -> {
                            var info = threads.getThreadInfo(id);
                            String thread = info == null ? "" : info.getThreadName();
                            return thread.startsWith("Source: scores-source ->")
                                    || thread.startsWith("Source: scores-source (")
                                    || thread.startsWith("classify ->");
                        })
                .mapToDouble(threads::getThreadCpuTime)
                .filter(nanos -> nanos > 0)
                .sum();
    }
}
