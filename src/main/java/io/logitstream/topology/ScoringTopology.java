package io.logitstream.topology;

import io.logitstream.config.JobFile;
import io.logitstream.operator.ClassifyFunction;
import io.logitstream.operator.ControlPlan;
import io.logitstream.operator.ControlledFunction;
import io.logitstream.operator.ControlledOperator;
import io.logitstream.operator.LastWatermarkOperator;
import io.logitstream.operator.OperatorIds;
import io.logitstream.operator.OutputLimit;
import io.logitstream.operator.Outputs;
import io.logitstream.operator.ResolveLabelFunction;
import io.logitstream.operator.types.RecordType;
import io.logitstream.record.DecodedInput;
import io.logitstream.record.Label;
import io.logitstream.record.LabelInput;
import io.logitstream.record.LossPartial;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.PackedRow;
import io.logitstream.record.ScoreInput;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.jspecify.annotations.Nullable;

/**
 * How the operators are wired.
 *
 * <pre>
 *  scores (decoded in the source)                       labels (decoded in the source)
 *    |                                                     |
 *    v                                                     v
 *  classify --------------------> predictions-sink      resolve-labels ----------- dead-letters --+
 *    |  |   chained, no shuffle, no copy                   |                                      |
 *    |  +-- gradients --------> gradients-sink             |                                      |
 *    |  +-- waiting-rows == keyBy(model, id) ==+== keyBy ==+                                      |
 *    |  |                                      v                                                  |
 *    |  |                                 join-labels ---- label-ledger --> label-ledger-sink     |
 *    |  +-- loss-terms                         |                                                  |
 *    |         |                               |   (same chain)                                   |
 *    |         v                               v                                                  |
 *    |   pre-aggregate-loss           pre-aggregate-labels                                        |
 *    |         |                               |                                                  |
 *    |         +===== keyBy(model, segment) ===+     one state per window and subtask             |
 *    |                           v                                                                |
 *    |                      loss-window ---------------------------------> losses-sink            |
 *    |                           |  +-- alerts --------------------------> alerts-sink            |
 *    |                           |  +-- calibrations --------------------> calibrations-sink      |
 *    |                           +-- late-partials --+                                            |
 *    +-- dead-letters -------------------------------+--------------------------------------------+-> dead-letters-sink
 * </pre>
 *
 * Without a {@code losses} section only the left column is there, without {@code labels} the right
 * one is not.
 *
 * <p>With {@code shards}, what shards were reduced to goes from classify to {@code merge-shards},
 * keyed by (model, id): its rows go to a sink of their own and to the join, their loss terms
 * through {@code pre-aggregate-shards} to the window. With whole distributions, {@code
 * distribute-shards} joins the scores of each shard to the norm of its row.
 *
 * <p>Watermarks: windows are published when the watermark of the scores passes their end. The join
 * runs on the slower of scores and labels, and sends its watermark ahead by {@code allowed-lateness
 * - wait}, though not beyond its scores: labels hold windows back only when they are so far behind
 * that a window would otherwise be gone before its labels are there. Predictions are never held
 * back.
 */
public final class ScoringTopology {

    /**
     * Fixed for ever: it decides how keyed state is spread. The job runs at parallelism 1 to this.
     */
    public static final int MAX_PARALLELISM = 512;

    private final JobFile job;
    private final OutputLimit limit;
    private final Sinks sinks;
    private final @Nullable ControlWiring control;

    private ScoringTopology(
            JobFile job, OutputLimit limit, Sinks sinks, @Nullable ControlWiring control) {
        this.control = control;
        this.job = job;
        this.limit = limit;
        this.sinks = sinks;
    }

    /**
     * Where the outputs go.
     *
     * @param predictions one record per classified row
     * @param mergedPredictions one record per row that came in shards; null if none do
     * @param distributions one record per shard of such a row; null if they are not wanted
     * @param deadLetters what could not be used
     * @param losses one upsert per published window; null if the job has no losses
     * @param labelLedger what did not find its score or label; null if nobody asked for it
     * @param alerts alerts that start or end; null if the job has none
     * @param calibrations fitted temperatures; null if the job fits none
     * @param gradients one record per whole labelled row; null if they are not wanted
     */
    public record Sinks(
            Sink<OutputRecord> predictions,
            @Nullable Sink<OutputRecord> mergedPredictions,
            @Nullable Sink<OutputRecord> distributions,
            Sink<OutputRecord> deadLetters,
            @Nullable Sink<OutputRecord> losses,
            @Nullable Sink<OutputRecord> labelLedger,
            @Nullable Sink<OutputRecord> alerts,
            @Nullable Sink<OutputRecord> calibrations,
            @Nullable Sink<OutputRecord> gradients) {}

    /**
     * Wires the job.
     *
     * @param scores decoded scores with timestamps and watermarks
     * @param labels decoded labels with timestamps and watermarks; null if the job has none
     * @param job the job file
     * @param limit how large an output record may be
     * @param sinks where the outputs go
     * @param control how the models change while the job runs; null if they do not
     */
    public static void build(
            DataStream<ScoreInput> scores,
            @Nullable DataStream<LabelInput> labels,
            JobFile job,
            OutputLimit limit,
            Sinks sinks,
            @Nullable ControlWiring control) {
        new ScoringTopology(job, limit, sinks, control).wire(scores, labels);
    }

    private void wire(DataStream<ScoreInput> scores, @Nullable DataStream<LabelInput> labels) {
        SingleOutputStreamOperator<OutputRecord> predictions =
                behindSource(
                        scores,
                        new ClassifyFunction(job, plan(), limit),
                        TypeInformation.of(OutputRecord.class),
                        OperatorIds.CLASSIFY);
        write(predictions, sinks.predictions(), OperatorIds.PREDICTIONS_SINK);
        if (sinks.gradients() != null) {
            write(
                    predictions.getSideOutput(Outputs.GRADIENTS),
                    sinks.gradients(),
                    OperatorIds.GRADIENTS_SINK);
        }
        DataStream<OutputRecord> deadLetters = predictions.getSideOutput(Outputs.DEAD_LETTERS);
        if (control != null) {
            deadLetters = deadLetters.union(control.deadLetters());
        }
        SingleOutputStreamOperator<OutputRecord> merged = null;
        if (job.shards() != null) {
            ShardWiring shards = new ShardWiring(job, limit, sinks);
            merged = shards.merge(predictions);
            deadLetters = deadLetters.union(merged.getSideOutput(Outputs.DEAD_LETTERS));
            if (job.predictions().emit() == JobFile.Emit.FULL) {
                deadLetters = deadLetters.union(shards.distribute(predictions, merged));
            }
        }
        if (job.losses() != null) {
            LossWiring losses = new LossWiring(job, limit, sinks, plan());
            DataStream<LossPartial> partials =
                    losses.preAggregate(
                            predictions.getSideOutput(Outputs.LOSS_TERMS),
                            0,
                            OperatorIds.PRE_AGGREGATE_LOSS);
            if (merged != null) {
                partials =
                        partials.union(
                                losses.preAggregate(
                                        merged.getSideOutput(Outputs.LOSS_TERMS),
                                        job.shards().waitMillis(),
                                        OperatorIds.PRE_AGGREGATE_SHARDS));
            }
            if (labels != null) {
                SingleOutputStreamOperator<Label> resolved = resolve(labels);
                deadLetters = deadLetters.union(resolved.getSideOutput(Outputs.DEAD_LETTERS));
                DataStream<PackedRow> waiting = predictions.getSideOutput(Outputs.WAITING_ROWS);
                if (merged != null) {
                    waiting = waiting.union(merged.getSideOutput(Outputs.WAITING_ROWS));
                }
                partials = partials.union(losses.join(waiting, resolved));
            }
            deadLetters = deadLetters.union(losses.publish(partials));
        }
        write(deadLetters, sinks.deadLetters(), OperatorIds.DEAD_LETTERS_SINK);
    }

    private SingleOutputStreamOperator<Label> resolve(DataStream<LabelInput> labels) {
        return behindSource(
                labels,
                new ResolveLabelFunction(job, plan(), limit),
                RecordType.LABEL,
                OperatorIds.RESOLVE_LABELS);
    }

    private @Nullable ControlPlan plan() {
        return control == null ? null : control.plan();
    }

    private <I extends DecodedInput<I>, O> SingleOutputStreamOperator<O> behindSource(
            DataStream<I> source,
            ControlledFunction<I, O> function,
            TypeInformation<O> type,
            String id) {
        return source.transform(
                        id,
                        type,
                        control == null
                                ? new LastWatermarkOperator<>(function)
                                : new ControlledOperator<>(function))
                .uid(id);
    }

    static void write(DataStream<OutputRecord> stream, Sink<OutputRecord> sink, String id) {
        stream.sinkTo(sink).uid(id).name(id);
    }
}
