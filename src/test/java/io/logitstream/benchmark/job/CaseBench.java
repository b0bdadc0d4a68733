package io.logitstream.benchmark.job;

import static io.logitstream.benchmark.job.Variant.BYTE_COPY;
import static io.logitstream.benchmark.job.Variant.KAFKA_STREAMS;
import static io.logitstream.benchmark.job.Variant.NAIVE;
import static io.logitstream.benchmark.job.Variant.OURS;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Measures one case: its topics are loaded once, then every variant reads them in its own process,
 * round after round, one variant at a time. The first rounds warm up; in the last of these the jobs
 * are compared.
 */
final class CaseBench implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final long POLL_NANOS = 5_000_000;

    /** Counting starts when this share is done: the job runs, and its threads keep up. */
    private static final double SKIPPED = 0.15;

    /** Within four rounds each variant follows each other one once, and never itself. */
    private static final List<List<Variant>> ORDERS =
            List.of(
                    List.of(OURS, BYTE_COPY, KAFKA_STREAMS, NAIVE),
                    List.of(BYTE_COPY, NAIVE, OURS, KAFKA_STREAMS),
                    List.of(NAIVE, KAFKA_STREAMS, BYTE_COPY, OURS),
                    List.of(KAFKA_STREAMS, OURS, NAIVE, BYTE_COPY));

    private final BenchTopics topics;
    private final JobCase of;
    private final BenchRows rows;
    private final List<String> settings;
    private final Path logs;
    private final Map<Variant, JobProcess> processes = new EnumMap<>(Variant.class);
    private final Pass loaded;

    CaseBench(BenchTopics topics, JobCase of, List<String> settings, Path logs) {
        this.topics = topics;
        this.of = of;
        this.rows = new BenchRows(of);
        this.settings = settings;
        this.logs = logs;
        this.loaded = new Pass(topics.bootstrapServers(), "load", "scores", "labels", "");
    }

    /**
     * Measures.
     *
     * @param warmUps rounds that do not count
     * @param rounds that count
     * @param latencySeconds how long rows are sent to measure their latency
     */
    List<JobMeasurement> measure(int warmUps, int rounds, double latencySeconds) throws Exception {
        for (Variant variant : Variant.values()) {
            processes.put(variant, JobProcess.start(variant, of, settings, logs));
        }
        topics.create(List.of(loaded.scores(), loaded.labels()));
        rows.load(loaded);
        for (JobProcess process : processes.values()) {
            process.awaitReady();
        }
        Map<Variant, List<JobMeasurement.Round>> measured = new EnumMap<>(Variant.class);
        for (int round = 0; round < warmUps + rounds; round++) {
            for (Variant variant : ORDERS.get(round % ORDERS.size())) {
                JobMeasurement.Round one = run(variant, round, round == warmUps - 1);
                System.err.printf(
                        "  round %d, %s: %,.0f records/s%n",
                        round, variant.word, one.recordsPerSecond());
                if (round >= warmUps) {
                    measured.computeIfAbsent(variant, first -> new ArrayList<>()).add(one);
                }
            }
            if (round == warmUps - 1) {
                compare(round);
            }
        }
        List<JobMeasurement> all = new ArrayList<>();
        for (Variant variant : Variant.values()) {
            List<JobMeasurement.Round> each = measured.get(variant);
            double rate = JobMeasurement.median(each, JobMeasurement.Round::recordsPerSecond);
            all.add(JobMeasurement.of(variant, of, each, latency(variant, rate, latencySeconds)));
        }
        return all;
    }

    private Pass pass(Variant variant, int round) {
        String name = variant.word + "-" + round;
        return new Pass(
                topics.bootstrapServers(), name, loaded.scores(), loaded.labels(), "out-" + name);
    }

    private void createOutputs(Pass pass) throws Exception {
        topics.create(List.of(pass.predictions(), pass.losses(), pass.deadLetters()));
    }

    private void delete(Pass pass) throws Exception {
        topics.delete(List.of(pass.predictions(), pass.losses(), pass.deadLetters()));
    }

    /**
     * Runs a variant.
     *
     * @param isKept whether its output is left, to be compared
     */
    private JobMeasurement.Round run(Variant variant, int round, boolean isKept) throws Exception {
        JobProcess process = processes.get(variant);
        Pass pass = pass(variant, round);
        createOutputs(pass);
        Figures before = process.figures();
        long start = System.nanoTime();
        process.startJob(pass);
        int rows = variant == NAIVE ? of.rows() / naiveShare() : of.rows();
        long done = await(process, pass, (long) (rows * SKIPPED));
        if (done <= rows / 2) {
            before = process.figures();
            start = System.nanoTime();
        } else {
            System.err.println("  there were too few records: the job's start counts, too");
            done = 0;
        }
        await(process, pass, rows);
        Figures used = process.figures().minus(before);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (isKept && hasWindows(variant)) {
            awaitFirstWindow(process, variant, pass);
        }
        process.stopJob();
        if (topics.written(pass.deadLetters()) > 0) {
            throw new IllegalStateException(variant.word + " has dead letters");
        }
        if (!isKept) {
            delete(pass);
        }
        return new JobMeasurement.Round(rows - done, seconds, used);
    }

    /** The job by hand takes ten times as long for a large record, so it is stopped early. */
    private int naiveShare() {
        return of.k() < 1_000 ? 4 : 16;
    }

    /** Returns how many records were answered when it saw that there are enough. */
    private long await(JobProcess process, Pass pass, long records) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        long answered = topics.written(pass.predictions());
        while (answered < records) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "%s has answered %d of %d records. It logged:%n%s"
                                .formatted(pass.name(), answered, records, process.log()));
            }
            LockSupport.parkNanos(POLL_NANOS);
            answered = topics.written(pass.predictions());
        }
        return answered;
    }

    private void awaitFirstWindow(JobProcess process, Variant variant, Pass pass)
            throws IOException {
        FirstWindow window = rows.firstWindow();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (boolean isWritten = false; !isWritten; ) {
            for (ConsumerRecord<byte[], byte[]> record : topics.all(pass.losses())) {
                isWritten |= window.isIn(variant, record);
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "%s has not written %s. It logged:%n%s"
                                .formatted(pass.name(), window, process.log()));
            }
        }
    }

    /** The byte copy has no windows, and those by hand lose labels that come later than rows. */
    private boolean hasWindows(Variant variant) {
        return of.windows() && variant != BYTE_COPY && !(variant == NAIVE && of.labelJoin());
    }

    private void compare(int round) throws Exception {
        Map<String, byte[]> ours = topics.first(pass(OURS, round).predictions());
        for (Variant variant : Variant.values()) {
            Agreement.check(variant, ours, topics.first(pass(variant, round).predictions()));
        }
        for (Variant variant : Variant.values()) {
            delete(pass(variant, round));
        }
    }

    private Latency latency(Variant variant, double recordsPerSecond, double seconds)
            throws Exception {
        String name = variant.word + "-latency";
        Pass pass =
                new Pass(
                        topics.bootstrapServers(),
                        name,
                        name + "-scores",
                        name + "-labels",
                        "out-" + name);
        topics.create(List.of(pass.scores(), pass.labels()));
        createOutputs(pass);
        JobProcess process = processes.get(variant);
        process.startJob(pass);
        try (LatencyProbe probe = new LatencyProbe(topics, rows, pass)) {
            return probe.measure(recordsPerSecond, seconds);
        } finally {
            process.stopJob();
            delete(pass);
            topics.delete(List.of(pass.scores(), pass.labels()));
        }
    }

    @Override
    public void close() throws Exception {
        for (JobProcess process : processes.values()) {
            process.close();
        }
        topics.deleteAll();
    }
}
