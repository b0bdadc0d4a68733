package io.logitstream.benchmark.job;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.config.JobFile;
import io.logitstream.connector.BrokerChecks;
import io.logitstream.connector.KafkaJob;
import io.logitstream.local.LocalFlink;
import io.logitstream.local.LocalKafka;
import io.logitstream.local.TempDirectory;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Counts what goes between subtasks, which no clock is needed for. */
@Command(
        name = "scale",
        mixinStandardHelpOptions = true,
        description = {
            "Counts what each subtask reads and how many bytes a record sends between subtasks, at parallelism 1 to 32,",
            "as Flink counts them. Real broker and cluster in this process, 32 partitions, rows of 100 classes in float32."
        })
public final class ScaleBench implements Callable<Integer> {

    private static final int CLASSES = 100;
    private static final int MOST = 32;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    @Option(names = "--rows", defaultValue = "64000", description = "Default: ${DEFAULT-VALUE}.")
    private int rows;

    @Override
    public Integer call() throws Exception {
        try (LocalKafka kafka = LocalKafka.start();
                LocalFlink flink = LocalFlink.start(1, MOST, new Configuration())) {
            System.out.printf(
                    "%-12s %-24s %-24s %20s %20s%n",
                    "parallelism", "labels", "task", "records a subtask", "bytes a scored row");
            for (boolean joined : new boolean[] {false, true}) {
                JobCase of =
                        new JobCase(
                                "float32", CLASSES, "top-k", "at-least-once", true, joined, rows);
                String suffix = joined ? "-joined" : "-inline";
                load(kafka, of, suffix);
                for (int parallelism = 1; parallelism <= MOST; parallelism *= 2) {
                    count(kafka, flink, of, suffix, parallelism);
                }
            }
        }
        return 0;
    }

    private static void load(LocalKafka kafka, JobCase of, String suffix) {
        kafka.createTopic("scores" + suffix, MOST, Map.of());
        kafka.createTopic("labels" + suffix, MOST, Map.of());
        BenchRows made = new BenchRows(of);
        try (KafkaProducer<byte[], byte[]> producer =
                BenchRows.producer(kafka.bootstrapServers(), 20)) {
            for (long row = 0; row < of.rows(); row++) {
                send(producer, made.record("scores" + suffix, row), row);
                if (of.labelJoin()) {
                    send(producer, made.label("labels" + suffix, row), row);
                }
            }
        }
    }

    private static void send(
            KafkaProducer<byte[], byte[]> producer,
            ProducerRecord<byte[], byte[]> record,
            long row) {
        producer.send(
                new ProducerRecord<>(
                        record.topic(),
                        (int) (row % MOST),
                        record.timestamp(),
                        record.key(),
                        record.value(),
                        record.headers()));
    }

    private void count(
            LocalKafka kafka, LocalFlink flink, JobCase of, String suffix, int parallelism)
            throws Exception {
        String name = "scale-" + parallelism + suffix;
        Pass pass =
                new Pass(
                        kafka.bootstrapServers(),
                        name,
                        "scores" + suffix,
                        "labels" + suffix,
                        "out-" + name);
        JobFile job = OurJob.file(of, pass);
        List<String> faults = BrokerChecks.check(job);
        if (!faults.isEmpty()) {
            throw new IllegalStateException(String.join("\n", faults));
        }
        StreamExecutionEnvironment env = new StreamExecutionEnvironment();
        env.setParallelism(parallelism);
        try (TempDirectory savepoint = TempDirectory.create("logitstream-bench-");
                BenchTopics topics = new BenchTopics(kafka.bootstrapServers())) {
            JobID id = flink.submit(KafkaJob.graph(env, job));
            flink.awaitRunning(id, PATIENCE);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (topics.written(pass.predictions()) < of.rows()) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException("not done in " + PATIENCE);
                }
                LockSupport.parkNanos(10_000_000);
            }
            flink.stopWithSavepoint(id, savepoint.path(), true);
            // Only of tasks that have ended are the counts complete.
            flink.result(id).get();
            print(flink, id, of, parallelism);
        }
    }

    private static void print(LocalFlink flink, JobID id, JobCase of, int parallelism)
            throws IOException, InterruptedException {
        for (JsonNode task : get(flink, "/jobs/" + id).get("vertices")) {
            LongSummaryStatistics read = new LongSummaryStatistics();
            String path = "/jobs/" + id + "/vertices/" + task.get("id").asText();
            for (JsonNode subtask : get(flink, path).get("subtasks")) {
                read.accept(subtask.at("/metrics/read-records").asLong());
            }
            if (read.getMax() > 0) {
                System.out.printf(
                        "%-12d %-24s %-24s %20s %20.2f%n",
                        parallelism,
                        of.labelJoin() ? "on their own topic" : "with the scores",
                        task.get("name").asText().split(" -> ")[0],
                        "%,d to %,d".formatted(read.getMin(), read.getMax()),
                        task.at("/metrics/read-bytes").asDouble() / of.rows());
            }
        }
    }

    private static JsonNode get(LocalFlink flink, String path)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(flink.webUi().resolve(path)).build();
        return MAPPER.readTree(
                HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
    }
}
