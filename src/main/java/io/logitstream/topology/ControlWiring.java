package io.logitstream.topology;

import io.logitstream.operator.CheckModelsFunction;
import io.logitstream.operator.ControlPlan;
import io.logitstream.operator.OperatorIds;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.RawRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;

/**
 * How the models of a job change. The subtasks hear of changes by themselves, so that no edge of
 * the graph stands between a record and its source; one subtask more reads them for their dead
 * letters.
 *
 * @param plan how the models change
 * @param said the records as they were read, by one subtask
 * @param check reads them
 */
public record ControlWiring(
        ControlPlan plan, DataStream<RawRecord> said, CheckModelsFunction check) {

    /** Returns the dead letters of records that change nothing. */
    DataStream<OutputRecord> deadLetters() {
        return said.process(check, TypeInformation.of(OutputRecord.class))
                .setParallelism(1)
                .setMaxParallelism(1)
                .uid(OperatorIds.CHECK_MODELS)
                .name(OperatorIds.CHECK_MODELS);
    }
}
