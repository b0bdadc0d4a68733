package io.logitstream.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.config.JobFile;
import io.logitstream.record.ModelDirectory;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Takes a model from a job that runs. */
@Command(
        name = "retire",
        mixinStandardHelpOptions = true,
        description = {
            "Takes a model from the job that runs, and prints the record it sent.",
            "Exit code 2 if there is no such model."
        },
        footer = {
            "",
            "Example:",
            "  logitstream models retire --job jobs/text-classification.yaml --set control.topic=models langdetect"
        })
final class RetireModel implements Callable<Integer> {

    @Mixin private JobOptions options;

    @Parameters(paramLabel = "NAME", description = "The model.")
    private String name;

    @Override
    public Integer call() throws Exception {
        JobFile job = options.read();
        ControlledJob controlled = ControlledJob.toChange(job);
        ModelDirectory.Standing standing = controlled.models().find(name);
        if (standing == null) {
            throw new Failures.CannotStart("model " + name + ": the job has no such model");
        }
        if (standing.isRetired()) {
            throw new Failures.CannotStart(
                    "model " + name + ": is retired since version " + standing.version());
        }
        ObjectMapper json = new ObjectMapper();
        byte[] value =
                json.writeValueAsBytes(
                        json.createObjectNode()
                                .put("name", name)
                                .put("version", standing.version() + 1)
                                .put("retired", true));
        controlled.send(name, value);
        return 0;
    }
}
