package io.logitstream.operator;

import io.logitstream.codec.JsonPredictionEncoder;
import io.logitstream.config.JobFile;
import io.logitstream.kernel.RowKernels;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.Header;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import io.logitstream.record.ScoreRecord;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Turns each decoded row into an encoded prediction (main output), a loss term, or a dead letter
 * (side outputs {@link Outputs}). Decisions are the {@link RowClassifier}'s. Keeps no state, so it
 * runs where the row was read.
 *
 * <p>A row whose window is past its allowed lateness still gets its prediction; its loss goes to
 * the dead letters as {@code too-late}.
 */
public final class ClassifyFunction extends ProcessFunction<ScoreInput, OutputRecord> {

    private static final long serialVersionUID = 1L;

    private final List<ModelSpec> models;
    private final boolean wholeDistribution;
    private final long windowMillis;
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
        this.models = job.models();
        this.wholeDistribution = job.predictions().emit() == JobFile.Emit.FULL;
        JobFile.Losses losses = job.losses();
        this.windowMillis = losses == null ? 0 : losses.windowMillis();
        this.allowedLatenessMillis = losses == null ? 0 : losses.allowedLatenessMillis();
        this.limit = limit;
    }

    @Override
    public void open(OpenContext context) {
        KernelNotice.giveOnce();
        classifier =
                new RowClassifier(models, RowKernels.create(), wholeDistribution, windowMillis);
        encoder = new JsonPredictionEncoder();
        deadLetters = new DeadLetters(limit);
        metrics = new ModelMetrics(getRuntimeContext().getMetricGroup(), models);
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
            return;
        }
        counters.predictions.inc();
        if (classifier.isLabelled()) {
            counters.labelled.inc();
        }
        if (windowMillis > 0) {
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
        long lastMillis = term.windowStartMillis() + windowMillis - 1;
        long watermark = context.timerService().currentWatermark();
        if (lastMillis + allowedLatenessMillis <= watermark) {
            counters.late.inc();
            bury(raw, tooLate(term, watermark), counters, context);
            return;
        }
        context.output(Outputs.LOSS_TERMS, term);
    }

    private Fault tooLate(LossTerm term, long watermark) {
        return new Fault(
                FaultReason.TOO_LATE,
                "its window starting at %d closed for good at %d, the watermark is at %d; the prediction was written, the loss not counted"
                        .formatted(
                                term.windowStartMillis(),
                                term.windowStartMillis() + windowMillis + allowedLatenessMillis,
                                watermark));
    }

    private void bury(RawRecord raw, Fault fault, ModelMetrics.Counters counters, Context context) {
        counters.deadLetters(fault.reason()).inc();
        context.output(Outputs.DEAD_LETTERS, deadLetters.of(raw, fault));
    }
}
