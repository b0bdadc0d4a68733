package io.logitstream.benchmark;

import io.logitstream.config.JobFile;
import io.logitstream.config.KafkaSettings;
import io.logitstream.local.LocalFlink;
import io.logitstream.operator.InputWatermarks;
import io.logitstream.operator.OutputLimit;
import io.logitstream.record.Header;
import io.logitstream.record.Keep;
import io.logitstream.record.LabelInput;
import io.logitstream.record.LabelRecord;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.ScoresAre;
import io.logitstream.topology.ScoringTopology;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource.NumberSequenceSplit;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiter;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.jspecify.annotations.Nullable;

/**
 * The job's own topology between a source of decoded rows, a source of labels that starts when it
 * is told to, and sinks that drop everything. The cluster is in this process, so the counts and the
 * gate can be static; one job at a time.
 */
final class LabelsBenchJob {

    static final int PARALLELISM = 2;

    private static final long START = 1_732_000_000_000L;
    private static final int ROWS_PER_MILLI = 10;
    private static final int DIFFERENT_ROWS = 64;
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(15);

    private static final Taken ROWS = new Taken();
    private static final Taken LABELS = new Taken();
    private static volatile CompletableFuture<Void> gate = new CompletableFuture<>();
    private static volatile float[][] scores = new float[0][];

    private final int rows;
    private final JobFile job;

    /** Creates the job; no join without something to keep. */
    LabelsBenchJob(int rows, int classes, @Nullable Keep keep) {
        this.rows = rows;
        ModelSpec model =
                new ModelSpec("m", classes, List.of(), ScoresAre.LOGITS, 1, Normalizer.SOFTMAX, 5);
        this.job =
                new JobFile(
                        "bench",
                        KafkaSettings.of(Map.of()),
                        Map.of(),
                        JobFile.Delivery.EXACTLY_ONCE,
                        new JobFile.Scores("scores", "json", 0, 3_600_000),
                        null,
                        new JobFile.Predictions("predictions", "json", JobFile.Emit.TOP_K),
                        keep == null
                                ? null
                                : new JobFile.Labels("labels", 3_600_000, keep, 0, 3_600_000),
                        null,
                        new JobFile.Losses("losses", 60_000, 7_200_000, 128),
                        null,
                        null,
                        null,
                        new JobFile.DeadLetters("dead-letters"),
                        null,
                        List.of(model));
        ROWS.expect(rows);
        LABELS.expect(rows);
        gate = keep == null ? CompletableFuture.completedFuture(null) : new CompletableFuture<>();
        scores = randomRows(classes);
    }

    private static float[][] randomRows(int classes) {
        Random random = new Random(1);
        float[][] different = new float[DIFFERENT_ROWS][classes];
        for (float[] row : different) {
            for (int i = 0; i < classes; i++) {
                row[i] = (float) (3 * random.nextGaussian());
            }
        }
        return different;
    }

    static Configuration clusterSettings(Path directory) {
        return Configuration.fromMap(
                Map.of(
                        "state.backend.type", "rocksdb",
                        // Scores do not compress, and are rewritten less often in this style.
                        "state.backend.rocksdb.compression.per.level", "NO_COMPRESSION",
                        "state.backend.rocksdb.compaction.style", "UNIVERSAL",
                        "execution.checkpointing.incremental", "true",
                        "execution.checkpointing.dir", directory.toUri().toString(),
                        "execution.checkpointing.interval", "10 s",
                        "taskmanager.memory.managed.size", "1 gb"));
    }

    StreamGraph graph() {
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(
                        Configuration.fromMap(
                                Map.of(
                                        "parallelism.default", "" + PARALLELISM,
                                        "execution.checkpointing.interval", "10 s",
                                        "execution.checkpointing.unaligned.enabled", "true",
                                        "execution.checkpointing.unaligned.interruptible-timers.enabled",
                                                "true",
                                        // One that meets the end of one subtask and not the other.
                                        "execution.checkpointing.tolerable-failed-checkpoints", "3",
                                        "pipeline.max-parallelism", "512",
                                        "pipeline.auto-generate-uids", "false",
                                        "pipeline.generic-types", "false",
                                        "pipeline.object-reuse", "true",
                                        "restart-strategy.type", "none")));
        int each = rows / PARALLELISM;
        DataStream<ScoreInput> rowsIn =
                source(
                        env,
                        LabelsBenchJob::score,
                        parallelism -> rowsThenGate(each),
                        InputWatermarks.of(job.scores()),
                        "scores",
                        ScoreInput.class);
        DataStream<LabelInput> labelsIn =
                job.labels() == null
                        ? null
                        : source(
                                env,
                                LabelsBenchJob::label,
                                parallelism -> events -> gate,
                                InputWatermarks.of(job.labels()),
                                "labels",
                                LabelInput.class);
        ScoringTopology.build(
                rowsIn,
                labelsIn,
                job,
                new OutputLimit(1 << 20),
                new ScoringTopology.Sinks(
                        new DiscardingSink<>(),
                        null,
                        null,
                        new DiscardingSink<>(),
                        new DiscardingSink<>(),
                        null,
                        null,
                        null,
                        null),
                null);
        return env.getStreamGraph();
    }

    /**
     * Lets the rows of a subtask pass, and the end of its input when the gate is open: a savepoint
     * may fail that meets the end of one subtask and not of the other.
     */
    private static RateLimiter<NumberSequenceSplit> rowsThenGate(int rows) {
        AtomicLong passed = new AtomicLong();
        return events ->
                passed.getAndIncrement() < rows ? CompletableFuture.completedFuture(null) : gate;
    }

    private <T> DataStream<T> source(
            StreamExecutionEnvironment env,
            GeneratorFunction<Long, T> records,
            RateLimiterStrategy<NumberSequenceSplit> limit,
            WatermarkStrategy<T> watermarks,
            String name,
            Class<T> type) {
        return env.fromSource(
                        new DataGeneratorSource<>(records, rows, limit, TypeInformation.of(type)),
                        watermarks,
                        name)
                .uid(name);
    }

    private static RawRecord raw(String topic, long row) {
        return new RawRecord(topic, 0, row, timeOf(row), null, null, Header.NONE);
    }

    private static long timeOf(long row) {
        return START + row / ROWS_PER_MILLI;
    }

    private static ScoreInput score(long row) {
        ROWS.one();
        return ScoreInput.of(
                raw("scores", row),
                new ScoreRecord(
                        "r" + row,
                        "m",
                        timeOf(row),
                        scores[(int) (row % DIFFERENT_ROWS)],
                        ScoreRecord.NO_LABEL,
                        null,
                        null,
                        1));
    }

    private static LabelInput label(long row) {
        LABELS.one();
        return LabelInput.of(
                raw("labels", row),
                new LabelRecord("r" + row, "m", timeOf(row) + 500, (int) (row % 7), null));
    }

    /** Waits until the source has given all rows. */
    void awaitRows(LocalFlink flink, JobID id) {
        await(flink, id, ROWS);
    }

    double rowsPerSecond() {
        return ROWS.perSecond();
    }

    /** Opens the gate and returns the labels taken per second. */
    double sendLabels(LocalFlink flink, JobID id) {
        gate.complete(null);
        await(flink, id, LABELS);
        return LABELS.perSecond();
    }

    private static void await(LocalFlink flink, JobID id, Taken taken) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (!taken.isAll()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not done in 15 minutes; " + flink.status(id));
            }
            flink.status(id);
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** How many records a source gave, and when it gave the first and the last. */
    private static final class Taken {
        private final AtomicLong count = new AtomicLong();
        private volatile long all;
        private volatile long firstNanos;
        private volatile long lastNanos;

        void expect(long records) {
            all = records;
            lastNanos = 0;
            count.set(0);
        }

        void one() {
            long number = count.incrementAndGet();
            if (number == 1) {
                firstNanos = System.nanoTime();
            }
            if (number == all) {
                lastNanos = System.nanoTime();
            }
        }

        boolean isAll() {
            return lastNanos != 0;
        }

        double perSecond() {
            return all / ((lastNanos - firstNanos) / 1e9);
        }
    }
}
