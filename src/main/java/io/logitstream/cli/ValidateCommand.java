package io.logitstream.cli;

import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileReader;
import io.logitstream.connector.FlinkChecks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks a job file and shows what it comes to. */
@Command(
        name = "validate",
        mixinStandardHelpOptions = true,
        description = {
            "Checks a job file, and prints it resolved and the topology it makes.",
            "All faults are listed at once as file:line:column, or, where there are none, the settings that Flink cannot read; exit code 2 if there are any. Secrets are not shown.",
            "Needs no broker."
        },
        footer = {"", "Example:", "  logitstream validate jobs/text-classification.yaml"})
final class ValidateCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FILE", description = "The job file.")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Overrides a key of the job file. May be given several times.")
    private List<String> overrides = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        JobFile job = JobFileReader.read(file, overrides, System.getenv());
        RunCommand.require(FlinkChecks.faults(job));
        System.out.println(job.describe());
        System.out.println(TopologyText.of(job));
        return 0;
    }
}
