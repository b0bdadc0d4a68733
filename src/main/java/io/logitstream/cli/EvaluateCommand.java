package io.logitstream.cli;

import io.logitstream.codec.JsonLossAggregateEncoder;
import io.logitstream.config.JobFile;
import io.logitstream.record.LossAggregate;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Scores in, loss aggregates out, without Kafka or Flink. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = {
            "Reads labelled scores on stdin and writes their loss, without Kafka or Flink.",
            "One aggregate per model and segment, and one per model over all segments. The figures are the job's own,",
            "bit for bit. Refused records go to stderr as JSON lines; exit code 3 if there were any."
        },
        footer = {
            "",
            "Example:",
            "  gzip -dc jobs/recorded/fashion-10.jsonl.gz | logitstream evaluate --job jobs/image-classification.yaml"
        })
final class EvaluateCommand implements Callable<Integer> {

    @Mixin private JobOptions options;

    @Option(
            names = "--windows",
            description =
                    "One aggregate per window of the job (losses.window); records then need a timestamp.")
    private boolean windows;

    @Option(
            names = "--json",
            description = "JSON lines, as the job writes them, in place of a table.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        JobFile job = options.read();
        if (windows && job.losses() == null) {
            throw new Failures.CannotStart("--windows needs a losses section in the job file");
        }
        long windowMillis = windows ? job.losses().windowMillis() : 0;
        LossTable losses = new LossTable(windowMillis);
        long refused =
                new OfflineScoring(job, windowMillis)
                        .run(System.in, row -> losses.add(row.lossTerm()), System.err);
        try (OutputStream out = new BufferedOutputStream(System.out, 1 << 16)) {
            write(losses.aggregates(), out);
        }
        return refused == 0 ? 0 : ExitCodes.SOME_REFUSED;
    }

    private void write(List<LossAggregate> aggregates, OutputStream out) throws Exception {
        if (!json) {
            PrintStream text = new PrintStream(out, false, StandardCharsets.UTF_8);
            LossText.header(text);
            aggregates.forEach(aggregate -> LossText.row(text, aggregate));
            text.flush();
            return;
        }
        JsonLossAggregateEncoder encoder = new JsonLossAggregateEncoder();
        for (LossAggregate aggregate : aggregates) {
            out.write(encoder.encode(aggregate));
            out.write('\n');
        }
    }
}
