package io.logitstream.benchmark;

import io.logitstream.config.JobFile;
import io.logitstream.config.KafkaSettings;
import io.logitstream.local.LocalFlink;
import io.logitstream.local.TempDirectory;
import io.logitstream.operator.InputWatermarks;
import io.logitstream.operator.OutputLimit;
import io.logitstream.record.Header;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.ScoresAre;
import io.logitstream.record.Shard;
import io.logitstream.topology.ScoringTopology;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource.NumberSequenceSplit;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamGraph;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures what rows take while their shards come. */
@Command(
        name = "shards",
        mixinStandardHelpOptions = true,
        description = {
            "Measures rows of 10,000,000 classes in 64 shards on a real Flink cluster in this process:",
            "all rows wait for their last shard at once. Prints heap and state per waiting row."
        },
        footer = {
            "",
            "Examples:",
            "  logitstream bench shards             200 rows: under a minute",
            "  logitstream bench shards --rows 20"
        })
final class ShardsBench implements Callable<Integer> {

    private static final int PARALLELISM = 2;
    private static final int CLASSES = 10_000_000;
    private static final int SHARDS = 64;
    private static final int LENGTH = CLASSES / SHARDS;
    private static final long START = 1_732_000_000_000L;
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** The cluster is in this process. */
    private static final AtomicLong SENT = new AtomicLong();

    private static final CompletableFuture<Void> GATE = new CompletableFuture<>();
    private static final float[] SCORES = new float[LENGTH];

    @Option(names = "--rows", defaultValue = "200", description = "Default: ${DEFAULT-VALUE}.")
    private int rows;

    @Override
    public Integer call() throws Exception {
        Random random = new Random(1);
        for (int i = 0; i < LENGTH; i++) {
            SCORES[i] = (float) (3 * random.nextGaussian());
        }
        System.out.printf(
                "%s, JDK %s, %s processors, parallelism %d, %,d classes in %d shards%n%n",
                System.getProperty("os.arch"),
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                PARALLELISM,
                CLASSES,
                SHARDS);
        try (TempDirectory checkpoints = TempDirectory.create("logitstream-bench-");
                LocalFlink flink = LocalFlink.start(1, PARALLELISM, settings(checkpoints))) {
            JobID id = flink.submit(graph());
            flink.awaitRunning(id, Duration.ofMinutes(1));
            long empty = heapBytes();
            GATE.complete(null);
            long shards = (long) rows * (SHARDS - 1);
            long start = System.nanoTime();
            await(flink, id, shards);
            double seconds = (System.nanoTime() - start) / 1e9;
            flink.triggerCheckpoint(id);
            long full = heapBytes();
            long state = Checkpoints.of(flink, id).largestBytes();
            flink.cancel(id);
            System.out.printf("rows waiting for their last shard   %,12d%n", rows);
            System.out.printf(
                    "scores per second                   %,12.0f%n", shards * LENGTH / seconds);
            System.out.printf(
                    "heap per waiting row                %,12d bytes%n", (full - empty) / rows);
            System.out.printf("state per waiting row               %,12d bytes%n", state / rows);
        }
        return 0;
    }

    private static Configuration settings(TempDirectory checkpoints) {
        return Configuration.fromMap(
                Map.of("execution.checkpointing.dir", checkpoints.path().toUri().toString()));
    }

    private static void await(LocalFlink flink, JobID id, long count) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (SENT.get() < count) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not done in 5 minutes; " + flink.status(id));
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Returns what is in use once garbage is gone. */
    private static long heapBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private StreamGraph graph() {
        ModelSpec model =
                new ModelSpec(
                        "wide", CLASSES, List.of(), ScoresAre.LOGITS, 1, Normalizer.SOFTMAX, 5);
        JobFile job =
                new JobFile(
                        "bench",
                        KafkaSettings.of(Map.of()),
                        Map.of(),
                        JobFile.Delivery.EXACTLY_ONCE,
                        new JobFile.Scores("scores", "json", 0, 3_600_000),
                        new JobFile.Shards(60_000, JobFile.MissingShards.DEAD_LETTER),
                        new JobFile.Predictions("predictions", "json", JobFile.Emit.TOP_K),
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        new JobFile.DeadLetters("dead-letters"),
                        null,
                        List.of(model));
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.getExecutionEnvironment(
                        Configuration.fromMap(
                                Map.of(
                                        "parallelism.default", "" + PARALLELISM,
                                        "execution.checkpointing.interval", "10 min",
                                        "pipeline.auto-generate-uids", "false",
                                        "pipeline.generic-types", "false",
                                        "pipeline.object-reuse", "true",
                                        "restart-strategy.type", "none")));
        DataStream<ScoreInput> scores =
                env.fromSource(
                                new DataGeneratorSource<>(
                                        ShardsBench::shard,
                                        // More than pass, so that the source does not end.
                                        (long) (rows + PARALLELISM) * (SHARDS - 1),
                                        permissions(),
                                        TypeInformation.of(ScoreInput.class)),
                                InputWatermarks.of(job.scores()),
                                "scores")
                        .uid("scores");
        ScoringTopology.build(
                scores,
                null,
                job,
                new OutputLimit(1 << 20),
                new ScoringTopology.Sinks(
                        new DiscardingSink<>(),
                        new DiscardingSink<>(),
                        null,
                        new DiscardingSink<>(),
                        null,
                        null,
                        null,
                        null,
                        null),
                null);
        return env.getStreamGraph();
    }

    /** Lets all shards but the last of each row pass once the gate is open. */
    private RateLimiterStrategy<NumberSequenceSplit> permissions() {
        long wanted = (long) rows * (SHARDS - 1);
        return parallelism -> events -> SENT.get() < wanted ? GATE : new CompletableFuture<Void>();
    }

    private static ScoreInput shard(long number) {
        SENT.incrementAndGet();
        long row = number / (SHARDS - 1);
        int index = (int) (number % (SHARDS - 1));
        RawRecord raw = new RawRecord("scores", 0, number, START, null, null, Header.NONE);
        return ScoreInput.of(
                raw,
                new ScoreRecord(
                        "r" + row,
                        "wide",
                        START,
                        SCORES,
                        ScoreRecord.NO_LABEL,
                        null,
                        null,
                        1,
                        new Shard(index, SHARDS, index * LENGTH, CLASSES),
                        null,
                        ScoreRecord.ONLY_ROW));
    }
}
