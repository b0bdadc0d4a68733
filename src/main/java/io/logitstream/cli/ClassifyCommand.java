package io.logitstream.cli;

import io.logitstream.codec.JsonPredictionEncoder;
import io.logitstream.config.JobFile;
import io.logitstream.operator.ScoringPlan;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Scores in, predictions out, without Kafka or Flink. */
@Command(
        name = "classify",
        mixinStandardHelpOptions = true,
        description = {
            "Reads scores on stdin and writes predictions on stdout, without Kafka or Flink.",
            "Decoder, kernel and encoder are the job's own. Refused records go to stderr as JSON lines;",
            "exit code 3 if there were any."
        },
        footer = {
            "",
            "Example:",
            "  printf '{\"id\":\"r1\",\"scores\":[3.0,1.0]}\\n' | \\",
            "    logitstream classify --job jobs/two-class.yaml --set predictions.emit=full"
        })
final class ClassifyCommand implements Callable<Integer> {

    @Mixin private JobOptions options;

    @Override
    public Integer call() throws Exception {
        JobFile job = options.read();
        OfflineScoring scoring = new OfflineScoring(job, ScoringPlan.of(job).withoutWindows());
        JsonPredictionEncoder encoder = new JsonPredictionEncoder();
        try (OutputStream out = new BufferedOutputStream(System.out, 1 << 16)) {
            long refused =
                    scoring.run(
                            System.in,
                            row -> {
                                out.write(encoder.encode(row.prediction(), row.model()));
                                out.write('\n');
                            },
                            System.err);
            return refused == 0 ? 0 : ExitCodes.SOME_REFUSED;
        }
    }
}
