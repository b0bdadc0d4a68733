package io.logitstream.record;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The models as changes leave them. Whether a change counts follows from those of the same model
 * before it, so whoever has had the same changes in the order of their topic knows the same models,
 * however often some came again. Knows nothing of Flink; not thread-safe.
 */
public final class ModelDirectory {

    private final Map<String, Entry> entries = new HashMap<>();

    /** What is known of a name; a model that was retired is kept, for it may come again. */
    private static final class Entry {
        @Nullable ModelSpec spec;
        long version;
        boolean isRetired;
        ModelChange.@Nullable Temper temper;

        void apply(ModelChange change) {
            if (change instanceof ModelChange.Temper given) {
                temper = given;
                return;
            }
            version = change.version();
            isRetired = change instanceof ModelChange.Retire;
            if (change instanceof ModelChange.Put put) {
                spec = put.spec();
            }
        }
    }

    /** Creates the directory of the models of a job file. */
    public ModelDirectory(Collection<ModelSpec> models) {
        for (ModelSpec model : models) {
            Entry entry = new Entry();
            entry.spec = model;
            entries.put(model.name(), entry);
        }
    }

    /** Returns whether a change is of a temperature that is not later than the last. */
    public boolean isOutdated(ModelChange change) {
        Entry entry = entries.get(change.model());
        return change instanceof ModelChange.Temper given
                && entry != null
                && entry.temper != null
                && given.version() <= entry.temper.version();
    }

    /**
     * Makes a change, unless it is not later than what is known of its model or cannot be made. A
     * model's figures are of its classes and its loss: windows and waiting labels count by them.
     *
     * @return null if the change was made, else why it was not
     */
    public @Nullable Fault offer(ModelChange change) {
        Entry entry = entries.computeIfAbsent(change.model(), absent -> new Entry());
        String refusal = refusal(entry, change);
        if (refusal != null) {
            return new Fault(FaultReason.INVALID_MODEL, refusal);
        }
        entry.apply(change);
        return null;
    }

    private static @Nullable String refusal(Entry entry, ModelChange change) {
        String name = change.model();
        if (!(change instanceof ModelChange.Temper) && change.version() <= entry.version) {
            return "version %d is not above %d, the last of model %s"
                    .formatted(change.version(), entry.version, name);
        }
        ModelSpec spec = entry.spec;
        if (spec == null || !(change instanceof ModelChange.Put put)) {
            return null;
        }
        if (!put.spec().hasClassesOf(spec)) {
            return "version %d of model %s has other classes than version %d; give a model with other classes a name of its own"
                    .formatted(change.version(), name, spec.version());
        }
        return put.spec().hasLossOf(spec)
                ? null
                : "version %d of model %s has another loss than version %d; give a model with another loss a name of its own"
                        .formatted(change.version(), name, spec.version());
    }

    /**
     * Returns a model with the temperature that was fitted to it, null if it is not there. Only a
     * softmax has one, also if the model was a softmax when it was fitted.
     */
    public @Nullable ModelSpec model(String name) {
        Entry entry = entries.get(name);
        if (entry == null || entry.spec == null || entry.isRetired) {
            return null;
        }
        ModelChange.Temper temper = entry.temper;
        return temper == null
                        || entry.spec.normalizer() != Normalizer.SOFTMAX
                        || temper.modelVersion() != entry.spec.version()
                        || temper.specified() != entry.spec.specifiedTemperature()
                ? entry.spec
                : entry.spec.withTemperature(temper.temperature(), temper.version());
    }

    /** Returns the temperature that was last fitted to a model, null if none was. */
    public ModelChange.@Nullable Temper temperature(String name) {
        Entry entry = entries.get(name);
        return entry == null ? null : entry.temper;
    }

    /** Returns whether a model is or was there. */
    public boolean knows(String name) {
        Entry entry = entries.get(name);
        return entry != null && (entry.spec != null || entry.version > 0);
    }

    /**
     * How a model stands.
     *
     * @param name its name
     * @param version its last version but for its temperature, 0 for that of the job file
     * @param spec what it was last specified as; null if only its retirement is known
     * @param isRetired whether it is no more
     */
    public record Standing(
            String name, long version, @Nullable ModelSpec spec, boolean isRetired) {}

    /** Returns how a model stands, or null if it was never heard of. */
    public @Nullable Standing find(String name) {
        Entry entry = entries.get(name);
        return !knows(name) ? null : new Standing(name, entry.version, entry.spec, entry.isRetired);
    }

    /** Returns how each model stands, by name. */
    public List<Standing> all() {
        return entries.keySet().stream().sorted().map(this::find).filter(Objects::nonNull).toList();
    }
}
