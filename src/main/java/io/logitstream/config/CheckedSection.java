package io.logitstream.config;

import io.logitstream.config.ConfigNode.Field;
import io.logitstream.config.ConfigNode.Scalar;
import io.logitstream.config.ConfigNode.Section;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is valid in a section, defaults filled in. A value with a fault is absent, so that checks
 * across keys can still be made on the others.
 */
final class CheckedSection {

    private final String path;
    private final Place place;
    private final Section source;
    private final Map<String, String> values = new LinkedHashMap<>();
    private final Map<String, List<Scalar>> lines = new LinkedHashMap<>();
    private final Map<String, CheckedSection> sections = new LinkedHashMap<>();
    private final Map<String, List<CheckedSection>> lists = new LinkedHashMap<>();

    /**
     * Creates a section without values.
     *
     * @param path what to call it in faults, empty for the whole file
     * @param place where its key starts
     * @param source what was read
     */
    CheckedSection(String path, Place place, Section source) {
        this.path = path;
        this.place = place;
        this.source = source;
    }

    void put(String key, String value) {
        values.put(key, value);
    }

    void put(String key, CheckedSection section) {
        sections.put(key, section);
    }

    void put(String key, List<CheckedSection> items) {
        lists.put(key, items);
    }

    void putLines(String key, List<Scalar> items) {
        lines.put(key, items);
    }

    /** Returns the items of a list of single values, each with a text; null if there is none. */
    @Nullable List<Scalar> lines(String key) {
        return lines.get(key);
    }

    /** Returns whether the key has a valid or default value, or a valid list of them. */
    boolean hasValue(String key) {
        return values.containsKey(key) || lines.containsKey(key);
    }

    /** Returns the valid or default value, or null. */
    @Nullable String text(String key) {
        return values.get(key);
    }

    /** Returns whether the key is in the file, whatever its value. */
    boolean has(String key) {
        return source.fields().containsKey(key);
    }

    /** Returns a value that is there once the file has no faults. */
    String valueOf(String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalStateException("unchecked: " + pathOf(key));
        }
        return value;
    }

    /** Returns a valid duration in milliseconds. */
    long millisOf(String key) {
        Long millis = DurationText.parseMillis(valueOf(key));
        if (millis == null) {
            throw new IllegalStateException("unchecked: " + pathOf(key));
        }
        return millis;
    }

    /** Returns all valid values; of settings, those with a specification come last. */
    Map<String, String> values() {
        return values;
    }

    /** Returns the keys whose values came from the environment or from a file. */
    Set<String> substituted() {
        Set<String> keys = new TreeSet<>();
        source.fields()
                .forEach(
                        (key, field) -> {
                            if (field.value() instanceof Scalar scalar && scalar.isSubstituted()) {
                                keys.add(key);
                            }
                        });
        return keys;
    }

    @Nullable CheckedSection section(String key) {
        return sections.get(key);
    }

    /** Returns a section that is there once the file has no faults. */
    CheckedSection sectionOf(String key) {
        CheckedSection section = sections.get(key);
        if (section == null) {
            throw new IllegalStateException("unchecked: " + pathOf(key));
        }
        return section;
    }

    List<CheckedSection> items(String key) {
        return lists.getOrDefault(key, List.of());
    }

    Place place() {
        return place;
    }

    String path() {
        return path;
    }

    String pathOf(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    /** Returns where the value stands, or the section if the value is a default. */
    Place placeOf(String key) {
        Field field = source.fields().get(key);
        return field == null ? place : field.value().place();
    }

    /** Returns a value in quotes, as faults may show it; of a list, that it is one. */
    String shown(String key) {
        Field field = source.fields().get(key);
        if (lines.containsKey(key)) {
            return "the list";
        }
        return field != null && field.value() instanceof Scalar scalar
                ? scalar.shown()
                : Shown.quote(values.getOrDefault(key, ""));
    }
}
