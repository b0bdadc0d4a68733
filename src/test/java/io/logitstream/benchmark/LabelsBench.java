package io.logitstream.benchmark;

import io.logitstream.local.LocalFlink;
import io.logitstream.local.TempDirectory;
import io.logitstream.record.Keep;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures what it costs to let rows wait for their labels. */
@Command(
        name = "labels",
        mixinStandardHelpOptions = true,
        description = {
            "Measures the label join on a real Flink cluster in this process, with state in RocksDB.",
            "Prints the bytes of state a waiting row takes, the rows per second with the join on and off,",
            "and how long checkpoints take while all rows wait; then sends all labels."
        },
        footer = {
            "",
            "Examples:",
            "  logitstream bench labels             1,000,000 rows of 1,000 classes: some minutes, 10 GB of disk",
            "  logitstream bench labels --short     5,000 rows: under a minute"
        })
final class LabelsBench implements Callable<Integer> {

    private static final int SHORT_ROWS = 5_000;
    private static final int CHECKPOINTS_WAITED = 3;
    private static final Duration START_PATIENCE = Duration.ofMinutes(1);

    @Option(names = "--short", description = "5,000 rows, for orientation.")
    private boolean isShort;

    @Option(names = "--rows", defaultValue = "1000000", description = "Default: ${DEFAULT-VALUE}.")
    private int rows;

    @Option(
            names = "--keep",
            defaultValue = "float32",
            description =
                    "What the waiting rows keep: float32, float16 or top32. Default: ${DEFAULT-VALUE}.")
    private String keep;

    @Option(names = "--classes", defaultValue = "1000", description = "Default: ${DEFAULT-VALUE}.")
    private int classes;

    @Override
    public Integer call() throws Exception {
        int count = isShort ? SHORT_ROWS : rows;
        try (TempDirectory temporary = TempDirectory.create("logitstream-bench-")) {
            Path directory = temporary.path();
            System.out.printf(
                    "%s, JDK %s, %s processors, parallelism %d, %d classes, RocksDB%n%n",
                    System.getProperty("os.arch"),
                    Runtime.version(),
                    Runtime.getRuntime().availableProcessors(),
                    LabelsBenchJob.PARALLELISM,
                    classes);
            for (Keep keep : List.of(Keep.FLOAT32, Keep.FLOAT16, Keep.top(32))) {
                measureBytes(keep, directory);
            }
            System.out.println();
            measureRun(count, directory);
            return 0;
        }
    }

    private Keep kept() {
        return switch (keep) {
            case "float32" -> Keep.FLOAT32;
            case "float16" -> Keep.FLOAT16;
            case "top32" -> Keep.top(32);
            default -> throw new IllegalArgumentException("--keep: no such way to keep: " + keep);
        };
    }

    private static LocalFlink cluster(Path directory) {
        Configuration settings = LabelsBenchJob.clusterSettings(directory);
        return LocalFlink.start(1, LabelsBenchJob.PARALLELISM, settings);
    }

    private void measureBytes(Keep keep, Path directory) throws Exception {
        LabelsBenchJob job = new LabelsBenchJob(SHORT_ROWS, classes, keep);
        try (LocalFlink flink = cluster(directory);
                TempDirectory savepoints = TempDirectory.create("logitstream-bench-")) {
            JobID id = flink.submit(job.graph());
            job.awaitRows(flink, id);
            // A source can give all its rows before the last task has started.
            flink.awaitRunning(id, START_PATIENCE);
            flink.stopWithSavepoint(id, savepoints.path(), false);
            System.out.printf(
                    "a waiting row keeps, with %-8s %6d bytes of state%n",
                    keep, savepoints.bytes() / SHORT_ROWS);
        }
    }

    private void measureRun(int count, Path directory) throws Exception {
        progress("join off: %,d rows ...", count);
        LabelsBenchJob off = new LabelsBenchJob(count, classes, null);
        double offRate;
        try (LocalFlink flink = cluster(directory)) {
            JobID id = flink.submit(off.graph());
            off.awaitRows(flink, id);
            offRate = off.rowsPerSecond();
            flink.result(id).get();
        }
        progress("join on: %,d rows ...", count);
        LabelsBenchJob on = new LabelsBenchJob(count, classes, kept());
        try (LocalFlink flink = cluster(directory)) {
            JobID id = flink.submit(on.graph());
            on.awaitRows(flink, id);
            double onRate = on.rowsPerSecond();
            int checkpoints = isShort ? 1 : CHECKPOINTS_WAITED;
            progress("all rows wait: %d checkpoints ...", checkpoints);
            Checkpoints waiting = Checkpoints.awaitMore(flink, id, checkpoints);
            progress("%,d labels ...", count);
            double labelRate = on.sendLabels(flink, id);
            flink.result(id).get();
            // The end of the input, which ends every wait at once, is among them.
            Checkpoints all = Checkpoints.of(flink, id);
            System.out.printf("rows per second, join off         %,12.0f%n", offRate);
            System.out.printf("rows per second, join on          %,12.0f%n", onRate);
            System.out.printf("labels taken per second           %,12.0f%n", labelRate);
            System.out.printf("rows waiting at once              %,12d%n", count);
            System.out.printf(
                    "state while all wait              %,12d MB%n", waiting.largestBytes() >> 20);
            System.out.printf(
                    "checkpoints, and the longest      %,12d   %.1f s%n",
                    all.count(), all.longestMillis() / 1000.0);
        }
    }

    private static void progress(String format, Object... arguments) {
        System.err.printf(format + "%n", arguments);
    }
}
