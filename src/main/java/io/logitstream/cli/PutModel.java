package io.logitstream.cli;

import io.logitstream.config.JobFile;
import io.logitstream.config.ModelFile;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Adds a model to a job that runs, or changes it. */
@Command(
        name = "put",
        mixinStandardHelpOptions = true,
        description = {
            "Adds a model to the job that runs, or changes it, and prints the record it sent.",
            "All faults are listed at once as file:line:column and nothing is sent; exit code 2 if there are any.",
            "A model keeps its classes and their names: with others it is another model."
        },
        footer = {
            "",
            "Example:",
            "  logitstream models put --job jobs/text-classification.yaml --set control.topic=models langdetect.yaml"
        })
final class PutModel implements Callable<Integer> {

    @Mixin private JobOptions options;

    @Parameters(
            paramLabel = "SPEC",
            description = {
                "A YAML or JSON file with one model as in the job file's models, and optionally a version, by default"
                        + " the one after the last. What the files it names hold is sent along."
            })
    private Path spec;

    @Override
    public Integer call() throws Exception {
        JobFile job = options.read();
        ControlledJob controlled = ControlledJob.toChange(job);
        ModelFile.Sendable model = ModelFile.read(spec, job, controlled.models());
        controlled.send(model.spec().name(), model.value());
        return 0;
    }
}
