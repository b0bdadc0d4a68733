package io.logitstream.operator;

import io.logitstream.codec.JsonGradientEncoder;
import io.logitstream.codec.JsonPredictionEncoder;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.Gradient;
import io.logitstream.record.Header;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.PackedRow;
import io.logitstream.record.RawRecord;
import java.nio.charset.StandardCharsets;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * Sends on what a row says, whether it came whole or in shards: its prediction to the main output,
 * its gradient, its loss term, what has to wait for a label, and dead letters to the side outputs
 * {@link Outputs}. Not thread-safe.
 *
 * <p>A row whose prediction is too large to be written has its loss counted all the same. A row
 * whose window is past its allowed lateness still gets its prediction and its gradient; its loss
 * goes to the dead letters as {@code too-late}.
 */
final class RowEmitter {

    private final ScoringPlan plan;
    private final long allowedLatenessMillis;
    private final OutputLimit limit;
    private final JsonPredictionEncoder encoder = new JsonPredictionEncoder();
    private final JsonGradientEncoder gradientEncoder = new JsonGradientEncoder();
    private final DeadLetters deadLetters;
    private final ModelMetrics metrics;
    private @Nullable RawRecord buried;

    /** Where records go that are not predictions: the context of a process function. */
    interface SideOutput {
        <T> void output(OutputTag<T> tag, T value);
    }

    RowEmitter(ScoringPlan plan, long allowedLatenessMillis, OutputLimit limit, MetricGroup group) {
        this.plan = plan;
        this.allowedLatenessMillis = allowedLatenessMillis;
        this.limit = limit;
        this.deadLetters = new DeadLetters(limit);
        this.metrics = new ModelMetrics(group, plan.models());
    }

    /** From now on, the model has counters of its own. */
    void know(ModelSpec model) {
        metrics.know(model);
    }

    /** Returns the counters of a model. */
    ModelMetrics.Counters countersOf(@Nullable String model) {
        return metrics.of(model);
    }

    /** Emits a classified row that came in a record, the watermark being where it is. */
    void emit(
            ClassifiedRow row,
            RawRecord raw,
            long watermark,
            Collector<OutputRecord> out,
            SideOutput side) {
        ModelMetrics.Counters counters = metrics.of(row.model().name());
        byte[] key = row.id().getBytes(StandardCharsets.UTF_8);
        byte[] value = encoder.encode(row.prediction(), row.model());
        int maxBytes = limit.maxValueBytes(key);
        if (value.length > maxBytes) {
            Fault fault = tooLarge("prediction", value.length, maxBytes);
            bury(raw, fault.ofRow(row.row()), counters, side);
        } else {
            out.collect(new OutputRecord(key, value, Header.NONE));
            counters.predictions.inc();
        }
        if (row.isLabelled()) {
            counters.labelled.inc();
        }
        Gradient gradient = row.gradient();
        if (gradient != null) {
            emitGradient(gradient, row, raw, key, counters, side);
        }
        if (plan.windowMillis() > 0 && row.isComplete()) {
            emitLossTerm(row, raw, watermark, counters, side);
        }
    }

    private void emitGradient(
            Gradient gradient,
            ClassifiedRow row,
            RawRecord raw,
            byte[] key,
            ModelMetrics.Counters counters,
            SideOutput side) {
        byte[] value = gradientEncoder.encode(gradient, row.model());
        int maxBytes = limit.maxValueBytes(key);
        if (value.length > maxBytes) {
            Fault fault = tooLarge("gradient", value.length, maxBytes);
            bury(raw, fault.ofRow(row.row()), counters, side);
            return;
        }
        side.output(Outputs.GRADIENTS, new OutputRecord(key, value, Header.NONE));
    }

    static Fault tooLarge(String what, int bytes, int maxBytes) {
        return new Fault(
                FaultReason.OUTPUT_TOO_LARGE,
                "the "
                        + what
                        + " has "
                        + bytes
                        + " bytes, but kafka.max.request.size leaves room for "
                        + maxBytes);
    }

    private void emitLossTerm(
            ClassifiedRow row,
            RawRecord raw,
            long watermark,
            ModelMetrics.Counters counters,
            SideOutput side) {
        LossTerm term = row.lossTerm();
        if (isTooLate(term, watermark)) {
            counters.late.inc();
            bury(raw, tooLate(term, watermark).ofRow(row.row()), counters, side);
            return;
        }
        side.output(Outputs.LOSS_TERMS, term);
        if (row.isWaiting()) {
            side.output(Outputs.WAITING_ROWS, PackedRow.of(row.waitingRow()));
        }
    }

    /** Emits what a row adds that could not be classified, unless its window is gone. */
    void emitRefused(LossTerm term, long watermark, SideOutput side) {
        if (plan.windowMillis() > 0 && !isTooLate(term, watermark)) {
            side.output(Outputs.LOSS_TERMS, term);
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
                "its window starting at %d closed for good at %d, the watermark is at %d; its loss is not counted"
                        .formatted(
                                term.windowStartMillis(), end + allowedLatenessMillis, watermark));
    }

    /** Emits a dead letter; of several rows of one record only the first has its bytes. */
    void bury(RawRecord raw, Fault fault, ModelMetrics.Counters counters, SideOutput side) {
        counters.deadLetters(fault.reason()).inc();
        RawRecord shown = raw == buried ? raw.withoutBytes() : raw;
        buried = raw;
        side.output(Outputs.DEAD_LETTERS, deadLetters.of(raw, shown, fault));
    }
}
