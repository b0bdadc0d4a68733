package io.logitstream.topology;

import io.logitstream.config.JobFile;
import io.logitstream.operator.ChangedAtWatermark;
import io.logitstream.operator.ControlPlan;
import io.logitstream.operator.JoinLabelsOperator;
import io.logitstream.operator.LatePartialFunction;
import io.logitstream.operator.MergeLossStates;
import io.logitstream.operator.OperatorIds;
import io.logitstream.operator.OutputLimit;
import io.logitstream.operator.Outputs;
import io.logitstream.operator.PreAggregateLossOperator;
import io.logitstream.operator.PublishLossFunction;
import io.logitstream.operator.types.RecordType;
import io.logitstream.record.Label;
import io.logitstream.record.LabelKey;
import io.logitstream.record.LossKey;
import io.logitstream.record.LossPartial;
import io.logitstream.record.LossTerm;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.PackedRow;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.jspecify.annotations.Nullable;

/**
 * How the operators are wired that make windows of loss terms.
 *
 * @param job a job with losses
 * @param control how its models change, or null if they do not
 */
record LossWiring(
        JobFile job,
        OutputLimit limit,
        ScoringTopology.Sinks sinks,
        @Nullable ControlPlan control) {

    /** How often, at most, a subtask sends the state of a window that is not over. */
    private static final int SENT_PER_WINDOW = 10;

    /** Joins rows to the labels that come by themselves. */
    DataStream<LossPartial> join(DataStream<PackedRow> rows, DataStream<Label> labels) {
        TypeInformation<LabelKey> key = RecordType.LABEL_KEY;
        SingleOutputStreamOperator<LossTerm> joined =
                rows.keyBy(row -> new LabelKey(row.model(), row.id()), key)
                        .connect(
                                labels.keyBy(label -> new LabelKey(label.model(), label.id()), key))
                        .transform(
                                OperatorIds.JOIN_LABELS,
                                TypeInformation.of(LossTerm.class),
                                new JoinLabelsOperator(job))
                        .uid(OperatorIds.JOIN_LABELS);
        if (sinks.labelLedger() != null) {
            ScoringTopology.write(
                    joined.getSideOutput(Outputs.LABEL_LEDGER),
                    sinks.labelLedger(),
                    OperatorIds.LABEL_LEDGER_SINK);
        }
        return preAggregate(joined, 0, OperatorIds.PRE_AGGREGATE_LABELS);
    }

    /**
     * Merges loss terms where they are.
     *
     * @param aheadMillis by how much their watermark is sent ahead
     */
    DataStream<LossPartial> preAggregate(DataStream<LossTerm> terms, long aheadMillis, String id) {
        long every = Math.max(1, job.losses().windowMillis() / SENT_PER_WINDOW);
        return terms.transform(
                        id,
                        TypeInformation.of(LossPartial.class),
                        new PreAggregateLossOperator(aheadMillis, every))
                .uid(id);
    }

    /** Publishes windows with all that comes of them; returns their dead letters. */
    DataStream<OutputRecord> publish(DataStream<LossPartial> partials) {
        TypeInformation<byte[]> bytes = PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
        JobFile.Losses losses = job.losses();
        SingleOutputStreamOperator<OutputRecord> published =
                partials.keyBy(
                                partial -> new LossKey(partial.model(), partial.segment()),
                                TypeInformation.of(LossKey.class))
                        .window(
                                TumblingEventTimeWindows.of(
                                        Duration.ofMillis(losses.windowMillis())))
                        .allowedLateness(Duration.ofMillis(job.windowsKeptMillis()))
                        .trigger(new ChangedAtWatermark(job.windowsKeptMillis()))
                        .sideOutputLateData(Outputs.LATE_PARTIALS)
                        .aggregate(
                                new MergeLossStates(),
                                new PublishLossFunction(job, control, limit),
                                bytes,
                                bytes,
                                TypeInformation.of(OutputRecord.class))
                        .uid(OperatorIds.LOSS_WINDOW)
                        .name(OperatorIds.LOSS_WINDOW);
        ScoringTopology.write(published, sinks.losses(), OperatorIds.LOSSES_SINK);
        if (sinks.alerts() != null) {
            ScoringTopology.write(
                    published.getSideOutput(Outputs.ALERTS),
                    sinks.alerts(),
                    OperatorIds.ALERTS_SINK);
        }
        if (sinks.calibrations() != null) {
            ScoringTopology.write(
                    published.getSideOutput(Outputs.CALIBRATIONS),
                    sinks.calibrations(),
                    OperatorIds.CALIBRATIONS_SINK);
        }
        return published.getSideOutput(Outputs.DEAD_LETTERS).union(lateDeadLetters(published));
    }

    private DataStream<OutputRecord> lateDeadLetters(
            SingleOutputStreamOperator<OutputRecord> published) {
        return published
                .getSideOutput(Outputs.LATE_PARTIALS)
                .map(
                        new LatePartialFunction(job.losses().topic(), limit),
                        TypeInformation.of(OutputRecord.class))
                .uid(OperatorIds.LATE_PARTIALS)
                .name(OperatorIds.LATE_PARTIALS);
    }
}
