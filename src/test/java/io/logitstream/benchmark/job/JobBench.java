package io.logitstream.benchmark.job;

import io.logitstream.kernel.RowKernels;
import io.logitstream.local.TempDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures whole jobs, from topic to topic. */
@Command(
        name = "job",
        mixinStandardHelpOptions = true,
        description = {
            "Measures jobs between real topics: ours, one that copies 120 bytes of each record (the floor), one written by",
            "hand, and Kafka Streams with our kernel. A broker and each job in a process of its own, two partitions, rounds",
            "interleaved; start-up is not counted. Fails if the jobs do not agree on predictions and windows."
        },
        footer = {
            "",
            "Examples:",
            "  logitstream bench job --short                 three rows in a few minutes, for orientation",
            "  logitstream bench job --json job.json         all rows, an hour and a half, 15 GB of disk",
            "  logitstream bench job --only 'json, K=100,'   the rows whose name has this in it"
        })
public final class JobBench implements Callable<Integer> {

    /** Rounds until the JVMs have compiled what they run, which CPU a record shows. */
    private static final int WARM_UPS = 6;

    /** In four, each job follows each other one. */
    private static final int ROUNDS = 4;

    private static final double LATENCY_SECONDS = 10;
    private static final double SHORT_LATENCY_SECONDS = 1.5;
    private static final long BYTES = 3_200_000_000L;
    private static final long SHORT_BYTES = 60_000_000L;

    @Option(
            names = "--short",
            description = "Three rows of the table, one round, few records: for orientation.")
    private boolean isShort;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also writes the measurements to FILE, as a JSON array.")
    private @Nullable Path json;

    @Option(
            names = "--only",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "Only the rows whose name, as printed, has TEXT in it.")
    private String only;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A setting of our job's file that it does not have by itself.")
    private List<String> settings = List.of();

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        List<JobCase> cases =
                (isShort ? JobCase.few(SHORT_BYTES) : JobCase.all(BYTES))
                        .stream().filter(each -> each.toString().contains(only)).toList();
        if (cases.isEmpty()) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--only: no row has '" + only + "' in its name");
        }
        List<JobMeasurement> measured = new ArrayList<>();
        System.out.printf(
                "%s, %d processors, JDK %s, %s%n%n",
                System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(),
                Runtime.version(),
                RowKernels.description());
        try (TempDirectory logs = TempDirectory.create("logitstream-bench-");
                ChildProcess broker =
                        ChildProcess.start(
                                BenchBroker.class,
                                "broker",
                                logs.path(),
                                List.of("-Xmx1g"),
                                List.of());
                BenchTopics topics = new BenchTopics(broker.answer())) {
            System.out.print(JobTable.header());
            for (JobCase each : cases) {
                System.err.printf("%s, %,d records%n", each, each.rows());
                try (CaseBench bench = new CaseBench(topics, each, settings, logs.path())) {
                    List<JobMeasurement> ofCase =
                            bench.measure(
                                    isShort ? 1 : WARM_UPS,
                                    isShort ? 1 : ROUNDS,
                                    isShort ? SHORT_LATENCY_SECONDS : LATENCY_SECONDS);
                    measured.addAll(ofCase);
                    System.out.print(JobTable.of(ofCase));
                }
                if (json != null) {
                    Files.writeString(json, JobTable.json(measured));
                }
            }
        }
        return 0;
    }
}
