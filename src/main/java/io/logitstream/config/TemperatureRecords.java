package io.logitstream.config;

import io.logitstream.config.ConfigNode.Field;
import io.logitstream.config.ConfigNode.Scalar;
import io.logitstream.config.ConfigNode.Section;
import io.logitstream.kernel.RowState;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.ModelChange;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads which temperature a calibration sets, from the record that says so. Fields that do not bear
 * on that may be any.
 */
public final class TemperatureRecords {

    private static final KeyType VERSION = new KeyType.Whole(0, (1L << 53) - 1);
    private static final KeyType TEMPERATURE =
            new KeyType.Decimal(RowState.MIN_TEMPERATURE, RowState.MAX_TEMPERATURE);
    private static final String RECORD = "";

    private TemperatureRecords() {}

    /** Reads a record, whatever its bytes are; one that sets nothing has neither of the two. */
    public static ModelRecords.Reading read(byte @Nullable [] key, byte @Nullable [] value) {
        Faults faults = new Faults(RECORD);
        ModelChange change = null;
        Section section = value == null ? null : JsonTree.parse(RECORD, value, faults);
        Field applied = section == null ? null : section.fields().get("applied");
        if (applied != null) {
            change = change(key, section, applied, faults);
        }
        List<ConfigFault> found = faults.inOrder();
        return found.isEmpty()
                ? new ModelRecords.Reading(change, null)
                : new ModelRecords.Reading(
                        null,
                        new Fault(
                                FaultReason.INVALID_MODEL,
                                found.stream()
                                        .map(fault -> fault.toString().substring(1))
                                        .collect(Collectors.joining("; "))));
    }

    private static @Nullable ModelChange change(
            byte @Nullable [] key, Section section, Field applied, Faults faults) {
        if (key == null) {
            faults.add(section.place(), "key", "is absent", "the model's name");
            return null;
        }
        if (!(applied.value() instanceof Section set)) {
            faults.add(applied.place(), "applied", "is " + applied.value().kind(), "an object");
            return null;
        }
        String modelVersion =
                section.fields().containsKey("modelVersion")
                        ? text(section, "modelVersion", VERSION, faults)
                        : "0";
        String temperature = text(set, "temperature", TEMPERATURE, faults);
        String version = text(set, "version", VERSION, faults);
        String specified = text(set, "specified", TEMPERATURE, faults);
        if (modelVersion == null || temperature == null || version == null || specified == null) {
            return null;
        }
        long number = Long.parseLong(version);
        return number == 0
                ? null
                : new ModelChange.Temper(
                        new String(key, StandardCharsets.UTF_8),
                        Long.parseLong(modelVersion),
                        number,
                        Double.parseDouble(temperature),
                        Double.parseDouble(specified));
    }

    private static @Nullable String text(
            Section section, String name, KeyType type, Faults faults) {
        Field field = section.fields().get(name);
        if (field == null) {
            faults.add(section.place(), name, "is required", type.allowed());
            return null;
        }
        String text = field.value() instanceof Scalar scalar ? scalar.text() : null;
        String refused = text == null ? "is not a number" : type.refuse(text);
        if (refused != null) {
            faults.add(field.place(), name, refused, type.allowed());
            return null;
        }
        return text;
    }
}
