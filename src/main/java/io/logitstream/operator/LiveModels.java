package io.logitstream.operator;

import io.logitstream.config.ControlledModels;
import io.logitstream.record.ControlRecord;
import io.logitstream.record.Fault;
import io.logitstream.record.ModelDirectory;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A subtask's {@link ControlledModels}, which survive with the latest record of each slot, in
 * broadcast state: as it was written, whose format is fixed. Not thread-safe.
 */
final class LiveModels {

    private static final Logger LOG = LoggerFactory.getLogger(LiveModels.class);

    private static final MapStateDescriptor<String, ControlRecord> RECORDS =
            new MapStateDescriptor<>(
                    StateIds.CONTROL_RECORDS,
                    Types.STRING,
                    TypeInformation.of(ControlRecord.class));

    private final ControlledModels models;
    private final BroadcastState<String, ControlRecord> records;

    private LiveModels(ControlPlan plan, OperatorStateStore store) throws Exception {
        models = new ControlledModels(plan.records(), plan.ofJobFile());
        records = store.getBroadcastState(RECORDS);
        Map<String, ControlRecord> bySlot = new TreeMap<>();
        records.immutableEntries().forEach(each -> bySlot.put(each.getKey(), each.getValue()));
        for (Map.Entry<String, ControlRecord> each : bySlot.entrySet()) {
            if (plan.kinds().contains(each.getValue().kind())) {
                restore(each.getKey(), each.getValue());
            } else {
                // Nothing would ever change it again.
                records.remove(each.getKey());
            }
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
    private void restore(String slot, ControlRecord record) {
        Fault fault = models.offer(record).fault();
        if (fault != null) {
            LOG.warn("{} of the savepoint is left out: {}", slot, fault.detail());
        }
    }

    /**
     * Makes the change that a record asks for, and keeps the record.
     *
     * @return why it cannot be made, or null
     */
    @Nullable Fault offer(ControlRecord record) throws Exception {
        ControlledModels.Outcome outcome = models.offer(record);
        if (outcome.slot() != null) {
            String name = new String(record.key(), StandardCharsets.UTF_8);
            records.put(outcome.slot(), record);
            ModelDirectory.Standing standing = directory().find(name);
            if (standing != null && !standing.isRetired()) {
                records.remove(ControlledModels.retirement(name));
            }
        }
        return outcome.fault();
    }

    /** Returns whether a record is one that holds. */
    boolean holds(ControlRecord record) throws Exception {
        for (var each : records.immutableEntries()) {
            if (each.getValue().equals(record)) {
                return true;
            }
        }
        return false;
    }

    ModelDirectory directory() {
        return models.directory();
    }
}
