package io.logitstream.cli;

import io.logitstream.codec.JsonLossAggregateEncoder;
import io.logitstream.config.JobFile;
import io.logitstream.operator.ClassifiedRow;
import io.logitstream.operator.ScoringPlan;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelCard;
import io.logitstream.record.PackedRow;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Scores in, loss aggregates out, without Kafka or Flink. */
@Command(
        name = "evaluate",
        mixinStandardHelpOptions = true,
        description = {
            "Reads scores on stdin and writes their loss, without Kafka or Flink; labels come with them or from a file.",
            "One aggregate per model and segment, and one per model over all segments. The figures are the job's own,",
            "bit for bit. Refused records go to stderr as JSON lines; exit code 3 if there were any."
        },
        footer = {
            "",
            "Example:",
            "  gzip -dc jobs/recorded/fashion-10.jsonl.gz | logitstream evaluate --job jobs/image-classification.yaml",
            "  logitstream evaluate --job jobs/late-labels.yaml --labels labels.jsonl --windows --json < scores.jsonl"
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

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description =
                    "Labels for the rows that have none, one JSON object a line, gzipped if the name ends in .gz; joined as the job joins its labels topic.")
    private @Nullable Path labels;

    @Override
    public Integer call() throws Exception {
        JobFile job = options.read();
        if (windows && job.losses() == null) {
            throw new Failures.CannotStart("--windows needs a losses section in the job file");
        }
        if (labels != null && job.labels() == null) {
            throw new Failures.CannotStart(
                    "--labels needs a labels section in the job file, which says how long rows wait; for instance --set labels.topic=labels --set labels.wait=5min");
        }
        ScoringPlan plan = ScoringPlan.of(job);
        plan = windows ? plan : plan.withoutWindows();
        LossTable losses = new LossTable(job, plan.windowMillis());
        long refused = evaluate(job, plan, losses);
        try (OutputStream out = new BufferedOutputStream(System.out, 1 << 16)) {
            write(job, losses.aggregates(), out);
        }
        Failures.requireWritten(System.out);
        return refused == 0 ? 0 : ExitCodes.SOME_REFUSED;
    }

    private long evaluate(JobFile job, ScoringPlan plan, LossTable losses) throws IOException {
        OfflineLabels joined =
                job.labels() == null ? null : new OfflineLabels(job, plan, losses::add);
        long refused = 0;
        if (labels != null) {
            try (InputStream in = ScoreReplay.open(labels)) {
                refused = joined.read(in, System.err);
            }
        }
        refused +=
                new OfflineScoring(job, plan)
                        .run(System.in, new Adding(losses, joined), System.err);
        if (joined != null) {
            joined.finish();
        }
        return refused;
    }

    /** Adds rows to the losses and, where they wait, to the join. */
    private record Adding(LossTable losses, @Nullable OfflineLabels labels)
            implements OfflineScoring.RowAction {

        @Override
        public void onRow(ClassifiedRow row) {
            if (!row.isComplete()) {
                return;
            }
            losses.add(row.lossTerm());
            if (labels != null && row.isWaiting()) {
                labels.add(PackedRow.of(row.waitingRow()));
            }
        }

        @Override
        public void onRefused(LossTerm refused) {
            losses.add(refused);
        }
    }

    private void write(JobFile job, List<LossAggregate> aggregates, OutputStream out)
            throws IOException {
        if (!json) {
            PrintStream text = new PrintStream(out, false, StandardCharsets.UTF_8);
            LossText.write(text, aggregates);
            text.flush();
            return;
        }
        JsonLossAggregateEncoder encoder = new JsonLossAggregateEncoder();
        for (LossAggregate aggregate : aggregates) {
            out.write(encoder.encode(aggregate, ModelCard.of(job.model(aggregate.model()))));
            out.write('\n');
        }
    }
}
