package io.logitstream.topology;

import io.logitstream.operator.CheckModelsFunction;
import io.logitstream.operator.ControlPlan;
import io.logitstream.operator.ControlledFunction;
import io.logitstream.operator.OperatorIds;
import io.logitstream.operator.Outputs;
import io.logitstream.record.ControlRecord;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.RawRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.MultipleConnectedStreams;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.transformations.MultipleInputTransformation;

/**
 * How changes of models reach the operators: checked in one place, then broadcast to every subtask
 * of those that know models.
 *
 * @param plan how the models change
 * @param checked what can be done, and dead letters beside it
 */
public record ControlWiring(ControlPlan plan, SingleOutputStreamOperator<ControlRecord> checked) {

    /**
     * Wires what is said of models.
     *
     * @param said the records as they were read, by one subtask
     * @param plan how the models change
     * @param check reads them
     */
    public static ControlWiring of(
            DataStream<RawRecord> said, ControlPlan plan, CheckModelsFunction check) {
        return new ControlWiring(
                plan,
                said.process(check, TypeInformation.of(ControlRecord.class))
                        .setParallelism(1)
                        .setMaxParallelism(1)
                        .uid(OperatorIds.CHECK_MODELS)
                        .name(OperatorIds.CHECK_MODELS));
    }

    /** Returns the records that were refused. */
    DataStream<OutputRecord> deadLetters() {
        return checked.getSideOutput(Outputs.DEAD_LETTERS);
    }

    /** Puts a function into the task of its source, and tells it what changes. */
    <I, O> SingleOutputStreamOperator<O> behindSource(
            DataStream<I> source,
            ControlledFunction<I, O> function,
            TypeInformation<O> type,
            String id) {
        MultipleInputTransformation<O> together =
                new MultipleInputTransformation<>(
                        id, ControlledFunction.operator(function), type, source.getParallelism());
        together.addInput(source.getTransformation());
        together.addInput(checked.broadcast().getTransformation());
        together.setUid(id);
        return new MultipleConnectedStreams(source.getExecutionEnvironment()).transform(together);
    }
}
