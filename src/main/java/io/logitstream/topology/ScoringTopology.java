package io.logitstream.topology;

import io.logitstream.config.JobFile;
import io.logitstream.operator.ClassifyFunction;
import io.logitstream.operator.LatePartialFunction;
import io.logitstream.operator.MergeLossStates;
import io.logitstream.operator.OperatorIds;
import io.logitstream.operator.OutputLimit;
import io.logitstream.operator.Outputs;
import io.logitstream.operator.PreAggregateLossOperator;
import io.logitstream.operator.PublishLossFunction;
import io.logitstream.record.LossKey;
import io.logitstream.record.LossPartial;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.ScoreInput;
import java.time.Duration;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.jspecify.annotations.Nullable;

/**
 * How the operators are wired.
 *
 * <pre>
 *  scores (decoded in the source)
 *    |
 *    v
 *  classify -----------------------------------------------> predictions-sink
 *    |  |                          chained, no shuffle, no copy
 *    |  +-- loss-terms --> pre-aggregate-loss   (same chain)
 *    |                           |
 *    |                     keyBy(model, segment)      the only shuffle: one state per window and subtask
 *    |                           v
 *    |                      loss-window ------------------> losses-sink
 *    |                           |
 *    |                           +-- late-partials --+
 *    +-- dead-letters -------------------------------+----> dead-letters-sink
 * </pre>
 *
 * Without a {@code losses} section the middle part is absent.
 */
public final class ScoringTopology {

    /**
     * Fixed for ever: it decides how keyed state is spread. The job runs at parallelism 1 to this.
     */
    public static final int MAX_PARALLELISM = 512;

    private ScoringTopology() {}

    /**
     * Where the outputs go.
     *
     * @param predictions one record per classified row
     * @param losses one upsert per published window; null if the job has no losses
     * @param deadLetters what could not be used
     */
    public record Sinks(
            Sink<OutputRecord> predictions,
            @Nullable Sink<OutputRecord> losses,
            Sink<OutputRecord> deadLetters) {}

    /**
     * Wires the job.
     *
     * @param scores decoded scores with timestamps and watermarks
     * @param job the job file
     * @param limit how large an output record may be
     * @param sinks where the outputs go
     */
    public static void build(
            DataStream<ScoreInput> scores, JobFile job, OutputLimit limit, Sinks sinks) {
        SingleOutputStreamOperator<OutputRecord> predictions =
                scores.process(
                                new ClassifyFunction(job, limit),
                                TypeInformation.of(OutputRecord.class))
                        .uid(OperatorIds.CLASSIFY)
                        .name(OperatorIds.CLASSIFY);
        write(predictions, sinks.predictions(), OperatorIds.PREDICTIONS_SINK);
        DataStream<OutputRecord> deadLetters = predictions.getSideOutput(Outputs.DEAD_LETTERS);
        if (job.losses() != null && sinks.losses() != null) {
            SingleOutputStreamOperator<OutputRecord> losses = losses(predictions, job.losses());
            write(losses, sinks.losses(), OperatorIds.LOSSES_SINK);
            deadLetters =
                    deadLetters.union(
                            losses.getSideOutput(Outputs.LATE_PARTIALS)
                                    .map(
                                            new LatePartialFunction(job.losses().topic(), limit),
                                            TypeInformation.of(OutputRecord.class))
                                    .uid(OperatorIds.LATE_PARTIALS)
                                    .name(OperatorIds.LATE_PARTIALS));
        }
        write(deadLetters, sinks.deadLetters(), OperatorIds.DEAD_LETTERS_SINK);
    }

    private static SingleOutputStreamOperator<OutputRecord> losses(
            SingleOutputStreamOperator<OutputRecord> classified, JobFile.Losses losses) {
        TypeInformation<byte[]> bytes = PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;
        return classified
                .getSideOutput(Outputs.LOSS_TERMS)
                .transform(
                        OperatorIds.PRE_AGGREGATE_LOSS,
                        TypeInformation.of(LossPartial.class),
                        new PreAggregateLossOperator())
                .uid(OperatorIds.PRE_AGGREGATE_LOSS)
                .keyBy(
                        partial -> new LossKey(partial.model(), partial.segment()),
                        TypeInformation.of(LossKey.class))
                .window(TumblingEventTimeWindows.of(Duration.ofMillis(losses.windowMillis())))
                .allowedLateness(Duration.ofMillis(losses.allowedLatenessMillis()))
                .sideOutputLateData(Outputs.LATE_PARTIALS)
                .aggregate(
                        new MergeLossStates(),
                        new PublishLossFunction(),
                        bytes,
                        bytes,
                        TypeInformation.of(OutputRecord.class))
                .uid(OperatorIds.LOSS_WINDOW)
                .name(OperatorIds.LOSS_WINDOW);
    }

    private static void write(DataStream<OutputRecord> stream, Sink<OutputRecord> sink, String id) {
        stream.sinkTo(sink).uid(id).name(id);
    }
}
