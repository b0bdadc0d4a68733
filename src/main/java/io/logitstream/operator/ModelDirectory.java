package io.logitstream.operator;

import io.logitstream.record.ModelChange;
import io.logitstream.record.ModelSpec;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The models as changes leave them. Which change counts follows from its version, so whoever has
 * had the same changes knows the same models, in whatever order they came. Knows nothing of Flink;
 * not thread-safe.
 */
public final class ModelDirectory {

    private final Map<String, Entry> entries = new HashMap<>();

    /** What is known of a name; a model that was retired is kept, for it may come again. */
    private static final class Entry {
        @Nullable ModelSpec spec;
        long version;
        boolean isRetired;
        ModelChange.@Nullable Temper temper;
    }

    /** Creates the directory of the models of a job file. */
    public ModelDirectory(Collection<ModelSpec> models) {
        models.forEach(model -> entry(model.name()).spec = model);
    }

    private Entry entry(String name) {
        return entries.computeIfAbsent(name, absent -> new Entry());
    }

    /** Returns whether a change is later than what is known of its model. */
    public boolean isNews(ModelChange change) {
        Entry entry = entry(change.model());
        if (change instanceof ModelChange.Temper temper) {
            return entry.temper == null
                    || temper.modelVersion() > entry.temper.modelVersion()
                    || (temper.modelVersion() == entry.temper.modelVersion()
                            && temper.version() > entry.temper.version());
        }
        return change.version() > entry.version;
    }

    /**
     * Returns why a change that {@linkplain #isNews is news} cannot be made, or null if it can. A
     * model's figures are of its classes and its loss: windows and waiting labels count by them.
     */
    public @Nullable String refusal(ModelChange change) {
        Entry entry = entry(change.model());
        if (change instanceof ModelChange.Retire && (entry.spec == null || entry.isRetired)) {
            return "model '" + change.model() + "' is not there to be retired";
        }
        if (!(change instanceof ModelChange.Put put) || entry.spec == null) {
            return null;
        }
        if (!put.spec().hasClassesOf(entry.spec)) {
            return "model '%s' has other classes already: %d%s; give a model with other classes a name of its own"
                    .formatted(
                            change.model(),
                            entry.spec.numClasses(),
                            entry.spec.classNames().isEmpty() ? " without names" : " with names");
        }
        if (!put.spec().hasLossOf(entry.spec)) {
            return "model '%s' has another loss already; give a model with another loss a name of its own"
                    .formatted(change.model());
        }
        return null;
    }

    /** Makes a change that is news and can be made. */
    public void apply(ModelChange change) {
        Entry entry = entry(change.model());
        if (change instanceof ModelChange.Temper temper) {
            entry.temper = temper;
            return;
        }
        entry.version = change.version();
        entry.isRetired = change instanceof ModelChange.Retire;
        if (change instanceof ModelChange.Put put) {
            entry.spec = put.spec();
        }
    }

    /** Returns a model with the temperature that was fitted to it, null if it is not there. */
    public @Nullable ModelSpec model(String name) {
        Entry entry = entries.get(name);
        if (entry == null || entry.spec == null || entry.isRetired) {
            return null;
        }
        ModelChange.Temper temper = entry.temper;
        return temper == null || temper.modelVersion() != entry.spec.version()
                ? entry.spec
                : entry.spec.withTemperature(temper.temperature(), temper.version());
    }

    /** Returns the version of the latest change of a model but for its temperature, 0 for none. */
    public long version(String name) {
        Entry entry = entries.get(name);
        return entry == null ? 0 : entry.version;
    }

    /** Returns the names of all models that are or were there. */
    public Collection<String> names() {
        return entries.keySet();
    }
}
