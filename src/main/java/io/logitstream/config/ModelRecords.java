package io.logitstream.config;

import io.logitstream.config.ConfigNode.Section;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.ModelChange;
import io.logitstream.record.ModelSpec;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads records of the control topic. The value is one JSON object of at most 4 MiB: the keys of a
 * model of the job file, lists in place of files, and its version; or its name, a version and
 * {@code "retired":true}. Nothing is put in for {@code ${...}}. The key is the model's name.
 * Immutable and thread-safe.
 */
public final class ModelRecords implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Versions that any JSON reader can tell apart. */
    private static final KeyType VERSIONS = new KeyType.Whole(1, (1L << 53) - 1);

    private static final KeySpec VERSION = version(true);

    private static final List<KeySpec> MODEL = keysOfModel(true);

    private static final List<KeySpec> RETIREMENT =
            List.of(
                    KeySpec.Value.required("name", KeyTexts.MODEL_NAME, "The model."),
                    VERSION,
                    KeySpec.Value.required(
                            "retired", new KeyType.Choice(List.of("true")), "It is no more."));

    /** Records name no files, so nothing is beside them. */
    private static final Path NOWHERE = Path.of("");

    private static final String RECORD = "";

    private final ModelContext context;

    private ModelRecords(ModelContext context) {
        this.context = context;
    }

    /** Returns a reader of the models that a job can have. */
    public static ModelRecords of(JobFile job) {
        return new ModelRecords(ModelContext.of(job));
    }

    /**
     * What a record says: either a change or a fault.
     *
     * @param change what it does to its model, or null if there is a fault
     * @param fault why it is refused, with the place of each thing that is wrong, or null
     */
    public record Reading(@Nullable ModelChange change, @Nullable Fault fault) {}

    /** Reads a record, whatever its bytes are. */
    public Reading read(byte @Nullable [] key, byte @Nullable [] value) {
        if (value == null) {
            return refused("the value is absent, which has no version; use models retire");
        }
        Faults faults = new Faults(RECORD);
        Section section = JsonTree.parse(RECORD, value, faults);
        ModelChange change = section == null ? null : change(section, key, faults);
        List<ConfigFault> found = faults.inOrder();
        if (found.isEmpty() && change != null) {
            return new Reading(change, null);
        }
        return refused(
                found.stream()
                        .map(fault -> fault.toString().substring(RECORD.length() + 1))
                        .collect(Collectors.joining("; ")));
    }

    private static Reading refused(String detail) {
        return new Reading(null, new Fault(FaultReason.INVALID_MODEL, detail));
    }

    private @Nullable ModelChange change(Section section, byte @Nullable [] key, Faults faults) {
        boolean isRetirement = section.fields().containsKey("retired");
        CheckedSection checked =
                new SectionCheck(faults, false)
                        .check("", section.place(), section, isRetirement ? RETIREMENT : MODEL);
        String name = checked.text("name");
        if (name != null && (key == null || !Arrays.equals(key, utf8(name)))) {
            String why = "is not the key of the record";
            faults.refuse(checked, "name", why, "the model's name as key");
        }
        String version = checked.text("version");
        if (isRetirement) {
            return name == null || version == null
                    ? null
                    : new ModelChange.Retire(name, Long.parseLong(version));
        }
        ModelSpec spec = new ModelReader(context, NOWHERE, faults).read(checked);
        return spec == null || version == null
                ? null
                : new ModelChange.Put(spec.withVersion(Long.parseLong(version)));
    }

    /** Returns the keys of a model that has a version. */
    static List<KeySpec> keysOfModel(boolean requiresVersion) {
        List<KeySpec> keys = new ArrayList<>(ModelKeys.MODELS.keys());
        keys.add(1, version(requiresVersion));
        return keys;
    }

    private static KeySpec version(boolean required) {
        return new KeySpec.Value(
                "version", VERSIONS, null, required, "Above all the model had before.");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
