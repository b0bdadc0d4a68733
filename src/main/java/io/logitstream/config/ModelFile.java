package io.logitstream.config;

import io.logitstream.config.ConfigNode.Section;
import io.logitstream.record.ModelDirectory;
import io.logitstream.record.ModelSpec;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reads one model from a file of its own: YAML or JSON, the keys of a model of the job file and,
 * optionally, its version. Files it names are beside it. Nothing is put in for {@code ${...}}: what
 * it says is sent to all who read the control topic.
 */
public final class ModelFile {

    private static final String KIND = "model file";

    private ModelFile() {}

    /**
     * A model that can be sent.
     *
     * @param spec the model, with its version
     * @param value the record's value, which names no files; the caller's
     */
    public record Sendable(ModelSpec spec, byte[] value) {}

    /**
     * Reads and checks a model.
     *
     * @param file UTF-8, at most 1 MiB
     * @param job the job it is for
     * @param known the models there are, whose last version it follows
     * @throws JobFileException with all faults, if there are any
     */
    public static Sendable read(Path file, JobFile job, ModelDirectory known)
            throws JobFileException {
        String name = file.toString();
        Faults faults = new Faults(name);
        Place start = new Place(name, 1, 1);
        String yaml = JobFileReader.readText(file, KIND, start, faults);
        Section section = yaml == null ? null : YamlTree.parse(name, KIND, yaml, faults);
        faults.throwIfAny();
        if (section == null) {
            throw new IllegalStateException("a model file without a section has a fault");
        }
        CheckedSection model =
                new SectionCheck(faults)
                        .check("", section.place(), section, ModelRecords.keysOfModel(false));
        ModelSpec spec = new ModelReader(ModelContext.of(job), file, faults).read(model);
        String modelName = model.text("name");
        ModelDirectory.Standing standing = modelName == null ? null : known.find(modelName);
        long version = version(model, standing, faults);
        if (spec != null && standing != null && standing.spec() != null) {
            checkClasses(model, spec, standing, standing.spec(), faults);
        }
        faults.throwIfAny();
        if (spec == null) {
            throw new IllegalStateException("a model that can't be made has a fault");
        }
        ModelSpec versioned = spec.withVersion(version);
        return new Sendable(versioned, ModelWriter.write(model, version, file));
    }

    private static long version(
            CheckedSection model, ModelDirectory.@Nullable Standing standing, Faults faults) {
        long last = standing == null ? 0 : standing.version();
        String given = model.text("version");
        if (given == null) {
            return last + 1;
        }
        long version = Long.parseLong(given);
        if (version <= last) {
            String why = "is not above " + last + ", the model's last version";
            faults.refuse(model, "version", why, "at least " + (last + 1));
        }
        return version;
    }

    private static void checkClasses(
            CheckedSection model,
            ModelSpec spec,
            ModelDirectory.Standing standing,
            ModelSpec before,
            Faults faults) {
        String allowed = "the classes it had, or another name";
        if (spec.numClasses() != before.numClasses()) {
            String why = "is not the " + before.numClasses() + " of version " + standing.version();
            faults.refuse(model, "classes", why, allowed);
        } else if (!spec.hasClassesOf(before)) {
            faults.add(
                    model.placeOf("labels"),
                    model.pathOf("labels"),
                    (model.has("labels") ? "are not" : "are missing: give")
                            + " the class names of version "
                            + standing.version(),
                    allowed);
        } else if (!spec.normalizer().hasLossOf(before.normalizer())) {
            faults.add(
                    model.placeOf("normalizer"),
                    model.pathOf("normalizer"),
                    "has another loss than the "
                            + before.normalizer().code()
                            + " of version "
                            + standing.version(),
                    "one with the loss it had, or another name");
        } else if (!spec.hasLossOf(before)) {
            faults.add(
                    model.placeOf("loss"),
                    model.pathOf("loss"),
                    "is not the loss of version " + standing.version(),
                    "the loss it had, or another name");
        }
    }
}
