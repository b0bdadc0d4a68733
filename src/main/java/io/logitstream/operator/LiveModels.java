package io.logitstream.operator;

import io.logitstream.config.ModelRecords;
import io.logitstream.config.TemperatureRecords;
import io.logitstream.record.ControlRecord;
import io.logitstream.record.Fault;
import io.logitstream.record.ModelDirectory;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.jspecify.annotations.Nullable;
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

    private LiveModels(ControlPlan plan, OperatorStateStore store) throws Exception {
        reader = plan.records();
        directory = new ModelDirectory(plan.models());
        records = store.getBroadcastState(RECORDS);
        for (var entry : records.immutableEntries()) {
            restore(entry.getValue());
        }
    }

    /** Returns the models of a state, or of the job file if there is none. */
    static LiveModels restored(ControlPlan plan, OperatorStateStore store) throws Exception {
        return new LiveModels(plan, store);
    }

    /** Returns the same with what was said before the job's start. */
    static LiveModels atStart(ControlPlan plan, OperatorStateStore store) throws Exception {
        LiveModels models = new LiveModels(plan, store);
        for (ControlRecord record : plan.atStart()) {
            models.offer(record);
        }
        return models;
    }

    /** What was accepted once is accepted again, unless this job cannot have it. */
    private void restore(ControlRecord record) {
        Fault fault = accept(read(record));
        if (fault != null) {
            LOG.warn(
                    "{} of model {} in the savepoint is left out: {}",
                    record.kind(),
                    new String(record.key(), StandardCharsets.UTF_8),
                    fault.detail());
        }
    }

    /**
     * Makes the change that a record asks for, and keeps the record.
     *
     * @return null if it was made or asks for nothing, else why it was not
     */
    @Nullable Fault offer(ControlRecord record) throws Exception {
        ModelRecords.Reading reading = read(record);
        Fault fault = accept(reading);
        if (fault == null && reading.change() != null) {
            records.put(record.kind() + "/" + reading.change().model(), record);
        }
        return fault;
    }

    private @Nullable Fault accept(ModelRecords.Reading reading) {
        return reading.change() == null ? reading.fault() : directory.offer(reading.change());
    }

    private ModelRecords.Reading read(ControlRecord record) {
        return switch (record.kind()) {
            case MODEL -> reader.read(orNull(record.key()), orNull(record.value()));
            case TEMPERATURE -> TemperatureRecords.read(record.key(), record.value());
        };
    }

    private static byte @Nullable [] orNull(byte[] bytes) {
        return bytes.length == 0 ? null : bytes;
    }

    /** Returns whether a record is the latest of its kind and model. */
    boolean isLatest(ControlRecord record) throws Exception {
        String model = new String(record.key(), StandardCharsets.UTF_8);
        return record.equals(records.get(record.kind() + "/" + model));
    }

    ModelDirectory directory() {
        return directory;
    }
}
