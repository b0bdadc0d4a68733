package io.logitstream.cli;

import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileException;
import io.logitstream.config.JobFileReader;
import io.logitstream.connector.KafkaJob;
import io.logitstream.local.LocalFlink;
import io.logitstream.local.LocalKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * One demo, from an empty broker to the summary. The job is stopped by draining it, as an operator
 * would, so that every open window is published.
 */
final class Demo {

    private static final int SCORES_PARTITIONS = 4;
    private static final int SLOTS = 2;
    private static final Duration LABELS_COME_AFTER = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path jobPath;
    private final List<String> overrides;
    private final Path scores;
    private final long total;
    private final DemoView view;
    private final AtomicLong sent = new AtomicLong();

    Demo(Path jobPath, List<String> overrides, Path scores, long total, DemoView view) {
        this.jobPath = jobPath;
        this.overrides = overrides;
        this.scores = scores;
        this.total = total;
        this.view = view;
    }

    /**
     * Runs the demo.
     *
     * @param pace records per second to send
     * @param sendFor stop sending after this long
     */
    DemoSummary run(double pace, Duration sendFor) throws Exception {
        System.err.println("starting a Kafka broker and a Flink cluster in this process ...");
        try (LocalKafka kafka = LocalKafka.start();
                LocalFlink flink = LocalFlink.start(1, SLOTS, new Configuration())) {
            JobFile job = jobOn(kafka);
            kafka.createTopic(job.scores().topic(), SCORES_PARTITIONS, Map.of());
            if (job.labels() != null) {
                kafka.createTopic(job.labels().topic(), SCORES_PARTITIONS, Map.of());
            }
            RunCommand.requireBroker(job);
            StreamExecutionEnvironment env = new StreamExecutionEnvironment();
            JobID id = flink.submit(KafkaJob.graph(env, job));
            flink.awaitRunning(id, Duration.ofSeconds(60));
            System.err.println(
                    "running "
                            + job.name()
                            + " on broker "
                            + kafka.bootstrapServers()
                            + ", web UI at "
                            + flink.webUi());
            return replayAndWatch(job, flink, id, pace, sendFor);
        }
    }

    private JobFile jobOn(LocalKafka kafka) throws JobFileException {
        List<String> all = new ArrayList<>(overrides);
        all.add("kafka.bootstrap.servers=" + kafka.bootstrapServers());
        all.add("kafka.security.protocol=PLAINTEXT");
        all.add("flink.parallelism.default=" + SLOTS);
        return JobFileReader.read(jobPath, all, System.getenv());
    }

    private DemoSummary replayAndWatch(
            JobFile job, LocalFlink flink, JobID id, double pace, Duration sendFor)
            throws Exception {
        LabelDelay labels =
                job.labels() == null
                        ? null
                        : new LabelDelay(job.labels().topic(), LABELS_COME_AFTER);
        ScoreReplay replay = new ScoreReplay(scores, job.scores().topic(), pace, labels);
        long start = System.nanoTime();
        CompletableFuture<Long> replayed =
                CompletableFuture.supplyAsync(() -> send(replay, job, sendFor));
        try (DemoResults results = new DemoResults(job)) {
            watch(job, results, replayed, flink, id);
            if (labels != null || job.shards() != null) {
                awaitAllRead(job, results);
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            Path savepoint = Files.createTempDirectory("logitstream-demo");
            try {
                flink.stopWithSavepoint(id, savepoint, true);
            } finally {
                deleteTree(savepoint);
            }
            results.pollToEnd();
            view.show(results, sent.get(), total, results.predictions() / seconds);
            return new DemoSummary(
                    sent.get(),
                    results.predictions(),
                    results.deadLetters(),
                    results.total(),
                    results.predictions() / seconds);
        }
    }

    private long send(ScoreReplay replay, JobFile job, Duration sendFor) {
        try {
            return replay.run(job.kafka().properties(), sendFor.toNanos(), sent::set);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Results come with checkpoints. */
    private static long stalledNanos(JobFile job) {
        return PATIENCE.plus(KafkaJob.checkpointInterval(job, new Configuration())).toNanos();
    }

    /**
     * Shows results until every record sent has a prediction or a dead letter; shards, of which
     * some have one together, until all are sent.
     */
    private void watch(
            JobFile job,
            DemoResults results,
            CompletableFuture<Long> replayed,
            LocalFlink flink,
            JobID id)
            throws Exception {
        long answered = 0;
        long lastAnswerNanos = System.nanoTime();
        long startNanos = lastAnswerNanos;
        while (!replayed.isDone() || (job.shards() == null && answered < sent.get())) {
            results.poll(POLL);
            long now = System.nanoTime();
            long answeredNow = results.predictions() + results.refused();
            if (answeredNow > answered) {
                answered = answeredNow;
                lastAnswerNanos = now;
            }
            view.show(results, sent.get(), total, answered / ((now - startNanos) / 1e9));
            if (replayed.isCompletedExceptionally()) {
                break;
            }
            if (now - lastAnswerNanos > stalledNanos(job)) {
                throw new IOException("no result for too long; the job is " + flink.status(id));
            }
            if (flink.status(id) == JobStatus.FAILED) {
                flink.result(id).get();
            }
        }
        try {
            replayed.get();
        } catch (ExecutionException e) {
            throw new IOException(
                    "replaying " + scores + " failed: " + e.getCause().getMessage(), e);
        }
    }

    /**
     * Labels and shards have no answer of their own, so the job's offsets tell that it has them
     * all.
     */
    private void awaitAllRead(JobFile job, DemoResults results) throws Exception {
        try (UnreadInput unread = new UnreadInput(job)) {
            long deadline = System.nanoTime() + stalledNanos(job);
            while (unread.count() > 0) {
                results.poll(POLL);
                view.show(results, sent.get(), total, 0);
                if (System.nanoTime() > deadline) {
                    throw new IOException("the job does not get to the end of its input");
                }
            }
        }
    }

    private static void deleteTree(Path directory) throws IOException {
        try (var paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
