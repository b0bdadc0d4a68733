package io.logitstream.config;

import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.ModelChange;
import io.logitstream.record.ModelSpec;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The models of a job as its job file and the records of its control topic leave them. A change
 * counts if its version is above the model's last one, and if the classes are those it had, by
 * number and by name. Not thread-safe.
 */
public final class KnownModels {

    /**
     * How a model stands.
     *
     * @param name its name
     * @param version its last version, 0 for that of the job file
     * @param spec what it is or was; null if only its retirement is known
     * @param isRetired whether it is no more
     */
    public record Standing(
            String name, long version, @Nullable ModelSpec spec, boolean isRetired) {}

    private final ModelRecords records;
    private final Map<String, Standing> standings = new TreeMap<>();

    private KnownModels(ModelRecords records) {
        this.records = records;
    }

    /** Returns the models of the job file, before any record. */
    public static KnownModels of(JobFile job) {
        KnownModels known = new KnownModels(ModelRecords.of(job));
        for (ModelSpec model : job.models()) {
            known.standings.put(model.name(), new Standing(model.name(), 0, model, false));
        }
        return known;
    }

    /** Takes the next record of the topic; returns why it changes nothing, or null if it does. */
    public @Nullable Fault accept(byte @Nullable [] key, byte @Nullable [] value) {
        ModelRecords.Reading reading = records.read(key, value);
        ModelChange change = reading.change();
        if (change == null) {
            return reading.fault();
        }
        Standing before = standings.get(change.model());
        ModelSpec spec = before == null ? null : before.spec();
        if (before != null && change.version() <= before.version()) {
            return new Fault(
                    FaultReason.INVALID_MODEL,
                    "version %d is not above %d, the last of model %s"
                            .formatted(change.version(), before.version(), change.model()));
        }
        if (change instanceof ModelChange.Put put) {
            if (spec != null && !spec.hasClassesOf(put.spec())) {
                return new Fault(
                        FaultReason.INVALID_MODEL,
                        "version %d of model %s has other classes than version %d; a model with other classes has another name"
                                .formatted(change.version(), change.model(), before.version()));
            }
            spec = put.spec();
        }
        boolean isRetired = change instanceof ModelChange.Retire;
        standings.put(
                change.model(), new Standing(change.model(), change.version(), spec, isRetired));
        return null;
    }

    /** Returns how a model stands, or null if it was never heard of. */
    public @Nullable Standing find(String name) {
        return standings.get(name);
    }

    /** Returns how each model stands, by name. */
    public List<Standing> all() {
        return List.copyOf(standings.values());
    }
}
