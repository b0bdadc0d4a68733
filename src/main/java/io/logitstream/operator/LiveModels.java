package io.logitstream.operator;

import io.logitstream.config.ModelRecords;
import io.logitstream.config.TemperatureRecords;
import io.logitstream.record.ControlRecord;
import io.logitstream.record.ModelChange;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A subtask's {@link ModelDirectory}, which survives with the latest records it was told, in
 * broadcast state: as they were written, whose format is fixed. Not thread-safe.
 */
final class LiveModels {

    private static final Logger LOG = LoggerFactory.getLogger(LiveModels.class);

    private static final MapStateDescriptor<String, ControlRecord> RECORDS =
            new MapStateDescriptor<>(
                    StateIds.CONTROL_RECORDS,
                    Types.STRING,
                    TypeInformation.of(ControlRecord.class));

    private final ModelRecords reader;
    private final ModelDirectory directory;
    private final BroadcastState<String, ControlRecord> records;

    /** Restores the models, which are those of the state and of the job's start. */
    LiveModels(ControlPlan plan, OperatorStateStore store) throws Exception {
        reader = plan.records();
        directory = new ModelDirectory(plan.models());
        records = store.getBroadcastState(RECORDS);
        for (var entry : records.immutableEntries()) {
            restore(entry.getValue());
        }
        for (ControlRecord record : plan.atStart()) {
            ModelRecords.Reading reading = read(record);
            if (reading.change() != null && directory.isNews(reading.change())) {
                apply(reading.change(), record);
            }
        }
    }

    /** What was accepted once is applied, unless the job's file has changed and forbids it. */
    private void restore(ControlRecord record) {
        ModelRecords.Reading reading = read(record);
        if (reading.change() != null) {
            directory.apply(reading.change());
        } else {
            LOG.warn(
                    "Model {} of the savepoint is left out, since this job cannot have it: {}",
                    new String(record.key(), StandardCharsets.UTF_8),
                    reading.fault());
        }
    }

    /** Reads a record. */
    ModelRecords.Reading read(ControlRecord record) {
        return switch (record.kind()) {
            case MODEL -> reader.read(record.key(), record.value());
            case TEMPERATURE -> TemperatureRecords.read(record.key(), record.value());
        };
    }

    /** Makes a change and keeps the record that says so. */
    void apply(ModelChange change, ControlRecord record) throws Exception {
        directory.apply(change);
        records.put(record.kind() + "/" + change.model(), record);
    }

    /** Returns the record that made the latest change of this kind to a model, or null. */
    ControlRecord latest(ControlRecord.Kind kind, String model) throws Exception {
        return records.get(kind + "/" + model);
    }

    ModelDirectory directory() {
        return directory;
    }
}
