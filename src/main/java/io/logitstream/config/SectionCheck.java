package io.logitstream.config;

import io.logitstream.config.ConfigNode.Field;
import io.logitstream.config.ConfigNode.Items;
import io.logitstream.config.ConfigNode.Scalar;
import io.logitstream.config.ConfigNode.Section;
import io.logitstream.config.ConfigNode.Unresolved;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Holds what was read against the {@link KeySpec}s, one key at a time, and fills in defaults. */
final class SectionCheck {

    private final Faults faults;
    private final boolean takesFiles;

    SectionCheck(Faults faults) {
        this(faults, true);
    }

    /**
     * Creates a check.
     *
     * @param takesFiles whether a key may name a file in place of a list
     */
    SectionCheck(Faults faults, boolean takesFiles) {
        this.faults = faults;
        this.takesFiles = takesFiles;
    }

    /**
     * Checks a section and all below it.
     *
     * @param path what to call it in faults, empty for the whole file
     * @param place where its key starts; missing keys are reported there
     */
    CheckedSection check(String path, Place place, Section section, List<KeySpec> keys) {
        CheckedSection checked = new CheckedSection(path, place, section);
        List<String> known = keys.stream().map(KeySpec::name).toList();
        String allowed = String.join(", ", known);
        section.fields()
                .forEach(
                        (name, field) -> {
                            if (!known.contains(name)) {
                                String what = Shown.plain(checked.pathOf(name));
                                String why = NearestKey.explain(name, known);
                                faults.add(field.place(), what, why, allowed);
                            }
                        });
        checkKnown(checked, section, keys);
        return checked;
    }

    private void checkKnown(CheckedSection checked, Section section, List<? extends KeySpec> keys) {
        for (KeySpec key : keys) {
            Field field = section.fields().get(key.name());
            if (field == null) {
                checkAbsent(checked, key);
            } else {
                checkPresent(checked, key, field);
            }
        }
    }

    private void checkAbsent(CheckedSection checked, KeySpec key) {
        if (key.required()) {
            String what = checked.pathOf(key.name());
            faults.add(checked.place(), what, "is required", key.allowed());
        } else if (key instanceof KeySpec.Value value && value.fallback() != null) {
            checked.put(key.name(), value.fallback());
        }
    }

    private void checkPresent(CheckedSection checked, KeySpec key, Field field) {
        String path = checked.pathOf(key.name());
        ConfigNode node = field.value();
        if (node instanceof Unresolved) {
            return;
        }
        if (key instanceof KeySpec.Value value && node instanceof Scalar scalar) {
            String text = accept(path, scalar, value.type());
            if (text != null) {
                checked.put(key.name(), text);
            }
        } else if (key instanceof KeySpec.Lines && node instanceof Scalar scalar && takesFiles) {
            String name = accept(path, scalar, KeyTexts.PATH);
            if (name != null) {
                checked.put(key.name(), name);
            }
        } else if (key instanceof KeySpec.Lines && node instanceof Items items) {
            List<Scalar> lines = checkLines(path, items);
            if (lines != null) {
                checked.putLines(key.name(), lines);
            }
        } else if (key instanceof KeySpec.Section known && node instanceof Section section) {
            checked.put(key.name(), check(path, field.place(), section, known.keys()));
        } else if (key instanceof KeySpec.Settings known && node instanceof Section section) {
            checked.put(key.name(), checkSettings(path, field.place(), section, known));
        } else if (key instanceof KeySpec.Sections known && node instanceof Items items) {
            checked.put(key.name(), checkItems(path, items, known));
        } else {
            String why = "is " + node.kind() + ", not " + kind(key);
            boolean isList = key instanceof KeySpec.Lines && !takesFiles;
            String allowed = isList ? "a list of single values" : key.allowed();
            faults.add(node.place(), path, why, allowed);
        }
    }

    private String kind(KeySpec key) {
        if (key instanceof KeySpec.Value) {
            return "a single value";
        }
        if (key instanceof KeySpec.Lines && takesFiles) {
            return "a path or a list";
        }
        return key instanceof KeySpec.Sections || key instanceof KeySpec.Lines
                ? "a list"
                : "a section";
    }

    /** Returns the items, or null if one of them is at fault. */
    private @Nullable List<Scalar> checkLines(String path, Items items) {
        List<Scalar> lines = new ArrayList<>();
        for (int i = 0; i < items.items().size(); i++) {
            ConfigNode node = items.items().get(i);
            if (node instanceof Scalar scalar && scalar.text() != null) {
                if (isUnicode(path + "[" + i + "]", scalar, scalar.text())) {
                    lines.add(scalar);
                }
            } else if (!(node instanceof Unresolved)) {
                String why = "is " + node.kind() + ", not a single value";
                faults.add(node.place(), path + "[" + i + "]", why, "text or a number");
            }
        }
        return lines.size() == items.items().size() ? lines : null;
    }

    private List<CheckedSection> checkItems(String path, Items items, KeySpec.Sections known) {
        List<CheckedSection> checked = new ArrayList<>();
        if (items.items().isEmpty()) {
            faults.add(items.place(), path, "is empty", known.allowed());
        }
        for (int i = 0; i < items.items().size(); i++) {
            ConfigNode node = items.items().get(i);
            String item = path + "[" + i + "]";
            if (node instanceof Section section) {
                checked.add(check(item, node.place(), section, known.keys()));
            } else {
                String why = "is " + node.kind() + ", not a section";
                faults.add(node.place(), item, why, known.allowed());
            }
        }
        return checked;
    }

    private CheckedSection checkSettings(
            String path, Place place, Section section, KeySpec.Settings known) {
        CheckedSection checked = new CheckedSection(path, place, section);
        for (Map.Entry<String, Field> entry : section.fields().entrySet()) {
            String what = Shown.plain(checked.pathOf(entry.getKey()));
            Field field = entry.getValue();
            String reason = known.refused().get(entry.getKey());
            if (reason != null) {
                faults.add(field.place(), what, reason, "leave it out");
            } else if (known.checks(entry.getKey()) || field.value() instanceof Unresolved) {
                continue;
            } else if (field.value() instanceof Scalar scalar && scalar.text() != null) {
                checked.put(entry.getKey(), scalar.text());
            } else {
                String why = "is " + field.value().kind() + ", not a single value";
                faults.add(field.value().place(), what, why, known.allowed());
            }
        }
        checkKnown(checked, section, known.known());
        return checked;
    }

    /** Refuses what an escape made that no output could be written with. */
    private boolean isUnicode(String path, Scalar scalar, String text) {
        boolean isHalf =
                text.codePoints()
                        .anyMatch(
                                c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
        if (isHalf) {
            faults.add(scalar.place(), path, "has half a surrogate pair", "whole characters");
        }
        return !isHalf;
    }

    private @Nullable String accept(String path, Scalar scalar, KeyType type) {
        String text = scalar.text();
        if (text == null) {
            faults.add(scalar.place(), path, "has no value", type.allowed());
            return null;
        }
        if (!isUnicode(path, scalar, text)) {
            return null;
        }
        String refused = type.refuse(text);
        if (refused != null) {
            faults.add(scalar.place(), path, scalar.shown() + " " + refused, type.allowed());
            return null;
        }
        return text;
    }
}
