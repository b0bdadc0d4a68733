package io.logitstream.operator;

import io.logitstream.codec.JsonPredictionEncoder;
import io.logitstream.config.JobFile;
import io.logitstream.kernel.RowKernels;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.Header;
import io.logitstream.record.LossTerm;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import io.logitstream.record.ScoreRecord;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Turns each decoded row into an encoded prediction (main output), a loss term, what has to wait
 * for a label, or a dead letter (side outputs {@link Outputs}). Decisions are the {@link
 * RowClassifier}'s. Keeps no state, so it runs where the row was read.
 *
 * <p>A row whose window is past its allowed lateness still gets its prediction; its loss goes to
 * the dead letters as {@code too-late}.
 */
public final class ClassifyFunction extends ProcessFunction<ScoreInput, OutputRecord> {

    private static final long serialVersionUID = 1L;

    private final ScoringPlan plan;
    private final long allowedLatenessMillis;
    private final OutputLimit limit;

    private transient RowClassifier classifier;
    private transient JsonPredictionEncoder encoder;
    private transient DeadLetters deadLetters;
    private transient ModelMetrics metrics;

    /**
     * Creates the function of a job.
     *
     * @param job the job file
     * @param limit how large an output may be
     */
    public ClassifyFunction(JobFile job, OutputLimit limit) {
        this.plan = ScoringPlan.of(job);
        JobFile.Losses losses = job.losses();
        this.allowedLatenessMillis = losses == null ? 0 : losses.allowedLatenessMillis();
        this.limit = limit;
    }

    @Override
    public void open(OpenContext context) {
        KernelNotice.giveOnce();
        classifier = new RowClassifier(plan, RowKernels.create());
        encoder = new JsonPredictionEncoder();
        deadLetters = new DeadLetters(limit);
        metrics = new ModelMetrics(getRuntimeContext().getMetricGroup(), plan.models());
    }

    @Override
    public void processElement(ScoreInput input, Context context, Collector<OutputRecord> out) {
        ScoreRecord row = input.score();
        ModelMetrics.Counters counters = metrics.of(row == null ? null : row.model());
        counters.records.inc();
        Fault fault = row == null ? input.fault() : classifier.classify(row);
        if (row != null && fault == null) {
            fault = emitPrediction(row, out);
        }
        if (fault != null) {
            bury(input.raw(), fault, counters, context);
            if (row != null && fault.reason() != FaultReason.OUTPUT_TOO_LARGE) {
                emitRefused(row, context);
            }
            return;
        }
        counters.predictions.inc();
        if (classifier.isLabelled()) {
            counters.labelled.inc();
        }
        if (plan.windowMillis() > 0) {
            emitLossTerm(input.raw(), counters, context);
        }
    }

    private @Nullable Fault emitPrediction(ScoreRecord row, Collector<OutputRecord> out) {
        byte[] key = row.id().getBytes(StandardCharsets.UTF_8);
        byte[] value = encoder.encode(classifier.prediction(), classifier.model());
        int maxBytes = limit.maxValueBytes(key);
        if (value.length > maxBytes) {
            return new Fault(
                    FaultReason.OUTPUT_TOO_LARGE,
                    "the prediction has "
                            + value.length
                            + " bytes, but kafka.max.request.size leaves room for "
                            + maxBytes);
        }
        out.collect(new OutputRecord(key, value, Header.NONE));
        return null;
    }

    private void emitLossTerm(RawRecord raw, ModelMetrics.Counters counters, Context context) {
        LossTerm term = classifier.lossTerm();
        long watermark = context.timerService().currentWatermark();
        if (isTooLate(term, watermark)) {
            counters.late.inc();
            bury(raw, tooLate(term, watermark), counters, context);
            return;
        }
        context.output(Outputs.LOSS_TERMS, term);
        if (classifier.isWaiting()) {
            context.output(Outputs.WAITING_ROWS, classifier.waitingRow());
        }
    }

    private void emitRefused(ScoreRecord row, Context context) {
        LossTerm term = plan.windowMillis() == 0 ? null : classifier.refusedTerm(row);
        if (term != null && !isTooLate(term, context.timerService().currentWatermark())) {
            context.output(Outputs.LOSS_TERMS, term);
        }
    }

    private boolean isTooLate(LossTerm term, long watermark) {
        long lastMillis = term.windowStartMillis() + plan.windowMillis() - 1;
        return lastMillis + allowedLatenessMillis <= watermark;
    }

    private Fault tooLate(LossTerm term, long watermark) {
        long end = term.windowStartMillis() + plan.windowMillis();
        return new Fault(
                FaultReason.TOO_LATE,
                "its window starting at %d closed for good at %d, the watermark is at %d; the prediction was written, the loss not counted"
                        .formatted(
                                term.windowStartMillis(), end + allowedLatenessMillis, watermark));
    }

    private void bury(RawRecord raw, Fault fault, ModelMetrics.Counters counters, Context context) {
        counters.deadLetters(fault.reason()).inc();
        context.output(Outputs.DEAD_LETTERS, deadLetters.of(raw, fault));
    }
}
