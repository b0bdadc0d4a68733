package io.logitstream.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/**
 * The command line: {@code logitstream COMMAND [options]}. Data goes to stdout, everything else to
 * stderr.
 */
@Command(
        name = "logitstream",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description =
                "Softmax, top-k and live loss for model scores on Kafka, as an Apache Flink job.",
        footer = {
            "",
            "Examples:",
            "  logitstream demo                       a real broker, a real job, recorded scores",
            "  logitstream validate jobs/two-class.yaml",
            "  printf '{\"id\":\"r1\",\"scores\":[3.0,1.0]}\\n' | logitstream classify --job jobs/two-class.yaml",
            "",
            "Exit codes: 0 done, 1 failed while running, 2 wrong usage or configuration, 3 done but some",
            "records were refused (classify, evaluate)."
        },
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            ClassifyCommand.class,
            EvaluateCommand.class,
            ValidateCommand.class,
            ModelsCommand.class,
            ReplayCommand.class,
            ClusterCommand.class,
            BenchCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Main {

    private Main() {}

    /**
     * Runs a command and ends the process with its exit code; returns normally if that is 0, as
     * Flink's client needs.
     */
    public static void main(String[] args) {
        int exitCode = commandLine().execute(args);
        if (exitCode != 0) {
            System.exit(exitCode);
        }
    }

    static CommandLine commandLine() {
        return inHouseStyle(new CommandLine(new Main()));
    }

    /** Makes a command line explain itself and fail as all of logitstream's do. */
    public static CommandLine inHouseStyle(CommandLine commandLine) {
        return commandLine
                .setUsageHelpWidth(108)
                .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
                .setExecutionExceptionHandler(new Failures());
    }

    /** Tells the version the jar was built as. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"logitstream " + (version == null ? "(not packaged)" : version)};
        }
    }
}
