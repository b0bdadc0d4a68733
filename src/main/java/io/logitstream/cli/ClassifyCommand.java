package io.logitstream.cli;

import io.logitstream.codec.JsonPredictionEncoder;
import io.logitstream.config.JobFile;
import io.logitstream.operator.ClassifiedRow;
import io.logitstream.operator.ScoringPlan;
import java.io.BufferedOutputStream;
import java.io.IOException;
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
        long refused;
        try (OutputStream out = new BufferedOutputStream(System.out, 1 << 16)) {
            refused = scoring.run(System.in, new Writing(out), System.err);
        }
        Failures.requireWritten(System.out);
        return refused == 0 ? 0 : ExitCodes.SOME_REFUSED;
    }

    /** Writes predictions as JSON lines. */
    private static final class Writing implements OfflineScoring.RowAction {
        private final JsonPredictionEncoder encoder = new JsonPredictionEncoder();
        private final OutputStream out;

        Writing(OutputStream out) {
            this.out = out;
        }

        @Override
        public void onRow(ClassifiedRow row) throws IOException {
            onDistribution(encoder.encode(row.prediction(), row.model()));
        }

        @Override
        public void onDistribution(byte[] json) throws IOException {
            out.write(json);
            out.write('\n');
        }
    }
}
