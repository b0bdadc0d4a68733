package io.logitstream.config;

import io.logitstream.record.ControlRecord;
import io.logitstream.record.Fault;
import io.logitstream.record.ModelChange;
import io.logitstream.record.ModelDirectory;
import io.logitstream.record.ModelSpec;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The models of a job as records leave them. Not thread-safe. */
public final class ControlledModels {

    private final ModelRecords records;
    private final ModelDirectory directory;

    /**
     * What came of a record.
     *
     * @param slot what the record is the latest of: keep the latest of each slot, and the models
     *     can be made again, slot by slot in their order; null if it changed nothing
     * @param fault why it cannot be done, or null if it was done or asks for nothing
     */
    public record Outcome(@Nullable String slot, @Nullable Fault fault) {}

    /** Creates the models of a job file, before any record. */
    public ControlledModels(ModelRecords records, Collection<ModelSpec> models) {
        this.records = records;
        this.directory = new ModelDirectory(models);
    }

    /** Makes the change that a record asks for, if it can be made. */
    public Outcome offer(ControlRecord record) {
        byte[] key = orNull(record.key());
        byte[] value = orNull(record.value());
        ModelRecords.Reading reading =
                record.kind() == ControlRecord.Kind.MODEL
                        ? records.read(key, value)
                        : TemperatureRecords.read(key, value);
        ModelChange change = reading.change();
        if (change == null) {
            return new Outcome(null, reading.fault());
        }
        if (directory.isOutdated(change)) {
            return new Outcome(null, null);
        }
        Fault fault = directory.offer(change);
        return new Outcome(fault == null ? slot(change) : null, fault);
    }

    /** A retirement stands beside what was retired, which may come again with its classes. */
    private static String slot(ModelChange change) {
        if (change instanceof ModelChange.Temper) {
            return "temperature/" + change.model();
        }
        return change instanceof ModelChange.Put
                ? "model/" + change.model()
                : retirement(change.model());
    }

    /** Returns the slot of a model's retirement, which is empty once the model is there again. */
    public static String retirement(String model) {
        return "retirement/" + model;
    }

    private static byte @Nullable [] orNull(byte[] bytes) {
        return bytes.length == 0 ? null : bytes;
    }

    /** Returns the models. */
    public ModelDirectory directory() {
        return directory;
    }
}
