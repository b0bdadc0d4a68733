package io.logitstream.cli;

import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileException;
import io.logitstream.config.JobFileReader;
import io.logitstream.record.ModelSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Shows the real job on a real broker with recorded scores of a real model. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Runs the real job on a real Kafka broker and Flink, in this process, with recorded scores.",
            "Starts both, replays the scores of a real model, shows results as they come, and ends with a summary.",
            "Nothing is left behind."
        },
        footer = {
            "",
            "Examples:",
            "  logitstream demo",
            "  logitstream demo --job jobs/image-classification.yaml --for 30s --summary summary.json"
        })
final class DemoCommand implements Callable<Integer> {

    private static final String DEFAULT_JOB = "jobs/text-classification.yaml";

    @Option(
            names = "--job",
            paramLabel = "FILE",
            description = "The job file. Default: the project's " + DEFAULT_JOB + ".")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Overrides a key of the job file. May be given several times.")
    private List<String> overrides = new ArrayList<>();

    @Option(
            names = "--scores",
            paramLabel = "FILE",
            description =
                    "What to replay, JSON lines, gzipped if the name ends in .gz. Default: recorded/<model>-<classes>.jsonl.gz beside the job file.")
    private @Nullable Path scores;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = Seconds.class,
            defaultValue = "60s",
            description =
                    "How long to send, such as 60s or 2min. Without --rate, the file is spread over this time. Default: ${DEFAULT-VALUE}.")
    private Duration duration = Duration.ofSeconds(60);

    @Option(names = "--rate", paramLabel = "N", description = "Records per second.")
    private double rate;

    @Option(
            names = "--summary",
            paramLabel = "FILE",
            description = "Also writes the summary to a file, as JSON.")
    private @Nullable Path summary;

    @Override
    public Integer call() throws Exception {
        Path jobPath = file != null ? file : home().resolve(DEFAULT_JOB);
        Path scoresPath = scores != null ? scores : recordedBeside(jobPath);
        long lines = ScoreReplay.countLines(scoresPath);
        double pace = rate > 0 ? rate : lines / (double) duration.toSeconds();
        boolean terminal = Boolean.getBoolean("logitstream.terminal");
        Demo demo =
                new Demo(jobPath, overrides, scoresPath, lines, new DemoView(System.out, terminal));
        // Spread over the time, the last records are due at its very end: cut off there, some would
        // miss it by a hair.
        Duration sendFor = rate > 0 ? duration : duration.multipliedBy(10);
        DemoSummary result = demo.run(pace, sendFor);
        System.out.print(result.text());
        if (summary != null) {
            result.writeTo(summary);
        }
        return 0;
    }

    private static Path home() {
        return Path.of(System.getProperty("logitstream.home", ""));
    }

    private Path recordedBeside(Path jobPath) throws JobFileException, Failures.CannotStart {
        JobFile job = JobFileReader.read(jobPath, overrides, System.getenv());
        if (job.models().isEmpty()) {
            throw new Failures.CannotStart(
                    "the job file has no model to replay recorded scores of; name a file with --scores");
        }
        ModelSpec model = job.models().get(0);
        Path recorded =
                jobPath.toAbsolutePath()
                        .resolveSibling(
                                "recorded/"
                                        + model.name()
                                        + "-"
                                        + model.numClasses()
                                        + ".jsonl.gz");
        if (!Files.exists(recorded)) {
            throw new Failures.CannotStart(
                    "there are no recorded scores for model '"
                            + model.name()
                            + "' (no file "
                            + recorded
                            + "); name a file with --scores");
        }
        return recorded;
    }

    /** Reads {@code 90s} or {@code 2min}. */
    static final class Seconds implements ITypeConverter<Duration> {

        private static final Map<String, Integer> UNITS = Map.of("s", 1, "min", 60);

        @Override
        public Duration convert(String text) {
            String digits = text.replaceAll("[a-z]+$", "");
            Integer unit = UNITS.get(text.substring(digits.length()));
            if (unit == null || !digits.matches("[1-9][0-9]{0,5}")) {
                throw new TypeConversionException(
                        "'" + text + "' is not a time such as 60s or 2min");
            }
            return Duration.ofSeconds(Long.parseLong(digits) * unit);
        }
    }
}
