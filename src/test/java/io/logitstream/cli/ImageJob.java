package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.logitstream.codec.JsonGradientEncoder;
import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileReader;
import io.logitstream.connector.BrokerChecks;
import io.logitstream.connector.KafkaJob;
import io.logitstream.local.ChaosCluster;
import io.logitstream.local.LocalKafka;
import io.logitstream.operator.ScoringPlan;
import io.logitstream.record.Gradient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The shipped job for images with a name and topics of its own, restarted at most a few times, and
 * its records in and out.
 */
final class ImageJob {

    static final int PARTITIONS = 4;

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Path LATE_LABELS = Path.of("jobs/late-labels.yaml");

    private final Path path;
    private final String bootstrapServers;
    private final TopicReader topics;
    private final JobFile file;
    private final List<String> overrides = new ArrayList<>();

    /**
     * Creates the topics of a job.
     *
     * @param name of the job, and the start of the topics' names
     * @param more overrides of the job file
     */
    ImageJob(LocalKafka kafka, String name, String... more) throws Exception {
        this(kafka, Recorded.IMAGE_JOB, name, more);
    }

    /** Creates the job whose labels come later. */
    static ImageJob withLateLabels(LocalKafka kafka, String name, String... more) throws Exception {
        return new ImageJob(broker(kafka), LATE_LABELS, name, lateLabels(name, more));
    }

    /** Creates the job whose labels come later on a cluster of processes. */
    static ImageJob withLateLabels(ChaosCluster cluster, String name, String... more)
            throws Exception {
        Broker broker =
                new Broker(
                        cluster.bootstrapServers(),
                        topic -> cluster.createTopic(topic, PARTITIONS));
        return new ImageJob(broker, LATE_LABELS, name, lateLabels(name, more));
    }

    /** A broker, and how a topic is made on it. */
    private record Broker(String bootstrapServers, Consumer<String> createTopic) {}

    private static Broker broker(LocalKafka kafka) {
        return new Broker(
                kafka.bootstrapServers(), topic -> kafka.createTopic(topic, PARTITIONS, Map.of()));
    }

    private static String[] lateLabels(String name, String... more) {
        List<String> overrides = new ArrayList<>();
        overrides.add("labels.topic=" + name + "-labels");
        overrides.add("label-ledger.topic=" + name + "-ledger");
        overrides.add("alerts.topic=" + name + "-alerts");
        overrides.addAll(List.of(more));
        return overrides.toArray(String[]::new);
    }

    /** Creates a job of that file. */
    ImageJob(LocalKafka kafka, Path path, String name, String... more) throws Exception {
        this(broker(kafka), path, name, more);
    }

    private ImageJob(Broker broker, Path path, String name, String... more) throws Exception {
        this.path = path;
        this.bootstrapServers = broker.bootstrapServers();
        this.topics = new TopicReader(bootstrapServers);
        overrides.add("name=" + name);
        overrides.add("kafka.bootstrap.servers=" + bootstrapServers);
        overrides.add("scores.topic=" + name + "-scores");
        overrides.add("predictions.topic=" + name + "-predictions");
        overrides.add("losses.topic=" + name + "-losses");
        overrides.add("dead-letters.topic=" + name + "-dead-letters");
        overrides.add("flink.restart-strategy.type=fixed-delay");
        overrides.add("flink.restart-strategy.fixed-delay.attempts=5");
        overrides.add("flink.restart-strategy.fixed-delay.delay=200ms");
        if (path.equals(Recorded.IMAGE_JOB) || path.equals(Recorded.TEXT_JOB)) {
            overrides.add("calibration.topic=" + name + "-calibrations");
        }
        overrides.addAll(List.of(more));
        file = JobFileReader.read(path, overrides, Map.of());
        broker.createTopic().accept(file.scores().topic());
        if (file.labels() != null) {
            broker.createTopic().accept(file.labels().topic());
        }
        assertThat(BrokerChecks.check(file)).isEmpty();
    }

    JobFile file() {
        return file;
    }

    StreamGraph graph(int parallelism) {
        StreamExecutionEnvironment env = new StreamExecutionEnvironment();
        env.setParallelism(parallelism);
        return KafkaJob.graph(env, file);
    }

    StreamGraph graph(int parallelism, String savepoint) {
        StreamGraph graph = graph(parallelism);
        graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint));
        return graph;
    }

    /** Returns the arguments of the shipped jar that run this job. */
    List<String> arguments() {
        List<String> arguments =
                new ArrayList<>(List.of("run", "--job", "" + path.toAbsolutePath()));
        overrides.forEach(override -> arguments.addAll(List.of("--set", override)));
        return arguments;
    }

    ProducerRecord<byte[], byte[]> score(int partition, String json) {
        return new ProducerRecord<>(
                file.scores().topic(), partition, null, (byte[]) null, json.getBytes(UTF_8));
    }

    /** Returns a record per row, spread over all partitions. */
    List<ProducerRecord<byte[], byte[]>> scores(List<String> rows) {
        List<ProducerRecord<byte[], byte[]>> scores = new ArrayList<>();
        for (String row : rows) {
            scores.add(score(scores.size() % PARTITIONS, row));
        }
        return scores;
    }

    /** Sends records and returns where they went, in their order, when the broker has them. */
    List<RecordMetadata> send(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        List<RecordMetadata> places = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (ProducerRecord<byte[], byte[]> record : records) {
                sent.add(producer.send(record));
            }
            for (Future<RecordMetadata> place : sent) {
                places.add(place.get());
            }
        }
        return places;
    }

    KafkaProducer<byte[], byte[]> producer() {
        ByteArraySerializer bytes = new ByteArraySerializer();
        return new KafkaProducer<>(Map.of("bootstrap.servers", bootstrapServers), bytes, bytes);
    }

    /** Returns a producer that waits as long for a broker that is away as any test does. */
    KafkaProducer<byte[], byte[]> patientProducer() {
        ByteArraySerializer bytes = new ByteArraySerializer();
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "delivery.timeout.ms", "600000",
                        "max.block.ms", "600000",
                        "reconnect.backoff.max.ms", "500"),
                bytes,
                bytes);
    }

    void awaitPredictionsWritten(int count) {
        String topic = file.predictions().topic();
        await().atMost(PATIENCE).until(() -> topics.written(topic).size() >= count);
    }

    void awaitPredictionsCommitted(int count) {
        String topic = file.predictions().topic();
        await().atMost(PATIENCE).until(() -> topics.committed(topic).size() >= count);
    }

    int predictionsCommitted() {
        return topics.committed(file.predictions().topic()).size();
    }

    /** Returns the keys of all predictions, which are the ids of their rows, in order. */
    List<String> predictedIds() {
        return topics.drained(file.predictions().topic()).stream()
                .map(prediction -> new String(prediction.key(), UTF_8))
                .sorted()
                .toList();
    }

    List<ConsumerRecord<byte[], byte[]>> predictions() {
        return topics.drained(file.predictions().topic());
    }

    List<ConsumerRecord<byte[], byte[]>> predictionsSoFar() {
        return topics.committed(file.predictions().topic());
    }

    List<ConsumerRecord<byte[], byte[]>> predictionsWritten() {
        return topics.written(file.predictions().topic());
    }

    List<ConsumerRecord<byte[], byte[]>> calibrationsSoFar() {
        return topics.committed(file.calibration().topic());
    }

    List<ConsumerRecord<byte[], byte[]>> deadLetters() {
        return topics.drained(file.deadLetters().topic());
    }

    List<ConsumerRecord<byte[], byte[]>> deadLettersSoFar() {
        return topics.committed(file.deadLetters().topic());
    }

    LossTopic losses() {
        return new LossTopic(file, topics.drained(file.losses().topic()));
    }

    LossTopic lossesSoFar() {
        return new LossTopic(file, topics.committed(file.losses().topic()));
    }

    List<ConsumerRecord<byte[], byte[]>> labelLedger() {
        return topics.drained(file.labelLedger().topic());
    }

    List<ConsumerRecord<byte[], byte[]>> alerts() {
        return topics.drained(file.alerts().topic());
    }

    /** Waits until the job has read all its input and said so with a checkpoint. */
    void awaitAllRead(Callable<String> checkpoint) {
        try (UnreadInput unread = new UnreadInput(file)) {
            await().atMost(PATIENCE)
                    .until(
                            () -> {
                                checkpoint.call();
                                return unread.count() == 0;
                            });
        }
    }

    /** Asserts that the losses are those of {@code evaluate} over these lines, to the last bit. */
    void assertLossesEqualEvaluate(List<String> lines, int exitCode, String... options) {
        LossTopic losses = losses();
        List<String> windowed = new ArrayList<>(List.of(options));
        windowed.add("--windows");
        assertThat(losses.windows())
                .containsExactlyInAnyOrderElementsOf(
                        evaluate(lines, exitCode, windowed.toArray(String[]::new)));
        assertThat(losses.mergedOverWindows())
                .map(LossTopic::withoutRevision)
                .map(LossTopic::withoutDrift)
                .containsExactlyInAnyOrderElementsOf(
                        evaluate(lines, exitCode, options).stream()
                                .map(LossTopic::withoutDrift)
                                .toList());
    }

    /** Asserts that the gradients are those of these lines, each once, to the last bit. */
    void assertGradientsAreThoseOf(List<String> lines) throws IOException {
        JsonGradientEncoder encoder = new JsonGradientEncoder();
        List<String> expected = new ArrayList<>();
        new OfflineScoring(file, ScoringPlan.of(file))
                .run(
                        new ByteArrayInputStream(String.join("\n", lines).getBytes(UTF_8)),
                        row -> {
                            Gradient gradient = row.gradient();
                            if (gradient != null) {
                                byte[] json = encoder.encode(gradient, row.model());
                                expected.add(row.id() + " " + new String(json, UTF_8));
                            }
                        },
                        OutputStream.nullOutputStream());
        assertThat(expected).hasSizeBetween(lines.size() / 2, lines.size() - 1);
        assertThat(topics.drained(file.gradients().topic()))
                .map(one -> new String(one.key(), UTF_8) + " " + new String(one.value(), UTF_8))
                .containsExactlyInAnyOrderElementsOf(expected);
    }

    /** Returns what {@code classify} says of these lines. */
    List<String> classify(List<String> lines, int exitCode) {
        return run(List.of("classify"), lines, exitCode);
    }

    private List<String> evaluate(List<String> lines, int exitCode, String... options) {
        List<String> arguments = new ArrayList<>(List.of("evaluate", "--json"));
        arguments.addAll(List.of(options));
        return run(arguments, lines, exitCode).stream().map(LossTopic::withoutRevision).toList();
    }

    private List<String> run(List<String> command, List<String> lines, int exitCode) {
        List<String> arguments = new ArrayList<>(command);
        arguments.addAll(List.of("--job", "" + path));
        overrides.forEach(override -> arguments.addAll(List.of("--set", override)));
        CommandRun run =
                CommandRun.with(
                        String.join("\n", lines).getBytes(UTF_8), arguments.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isEqualTo(exitCode);
        assertThat(run.outLines()).isNotEmpty();
        return run.outLines();
    }
}
