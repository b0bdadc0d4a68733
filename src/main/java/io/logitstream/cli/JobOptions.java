package io.logitstream.cli;

import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileException;
import io.logitstream.config.JobFileReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The options that name a job file and change it. */
final class JobOptions {

    @Option(
            names = "--job",
            required = true,
            paramLabel = "FILE",
            description = "The job file, for example jobs/text-classification.yaml.")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description =
                    "Overrides a key of the job file, for example predictions.emit=full or models[0].temperature=2. May be given several times.")
    private List<String> overrides = new ArrayList<>();

    JobFile read() throws JobFileException {
        return JobFileReader.read(file, overrides, System.getenv());
    }
}
