package io.logitstream.config;

import io.logitstream.config.ConfigNode.Field;
import io.logitstream.config.ConfigNode.Items;
import io.logitstream.config.ConfigNode.Scalar;
import io.logitstream.config.ConfigNode.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts one {@code path=value} from the command line into what was read. The value is text, never
 * YAML. Where the path leads through something of the wrong kind nothing is put: the check of the
 * file reports that.
 */
final class Overrides {

    private static final Pattern SEGMENT = Pattern.compile("([^.\\[]*)(?:\\[([0-9]{1,6})\\])?");
    private static final String ALLOWED = "path=value, such as predictions.emit=full";

    private final String argument;
    private final int number;
    private final Faults faults;

    private Overrides(String argument, int number, Faults faults) {
        this.argument = argument;
        this.number = number;
        this.faults = faults;
    }

    /** Applies all, the later ones winning. */
    static void apply(List<String> overrides, Section root, Faults faults) {
        for (int i = 0; i < overrides.size(); i++) {
            new Overrides(overrides.get(i), i + 1, faults).apply(root);
        }
    }

    private void apply(Section root) {
        int equals = argument.indexOf('=');
        if (equals < 0) {
            // The argument is not shown: without the sign, part of it may be a secret.
            faults.add(at(0), "override", "has no =", ALLOWED);
            return;
        }
        descend(root, JobKeys.ROOT, 0, equals);
    }

    private void descend(Section section, List<KeySpec> keys, int from, int equals) {
        Matcher segment = SEGMENT.matcher(argument).region(from, equals);
        segment.lookingAt();
        String name = segment.group(1);
        KeySpec key = keys.stream().filter(k -> k.name().equals(name)).findFirst().orElse(null);
        List<String> known = keys.stream().map(KeySpec::name).toList();
        if (key == null) {
            String why = NearestKey.explain(name, known);
            refuse(from, segment.end(1), why, String.join(", ", known));
            return;
        }
        boolean hasIndex = segment.group(2) != null;
        boolean isList = key instanceof KeySpec.Sections;
        boolean isValue = key instanceof KeySpec.Value || key instanceof KeySpec.Lines;
        boolean isEnd = segment.end() == equals;
        if (isValue && isEnd && !hasIndex) {
            put(section, name, from, equals);
        } else if (isValue || hasIndex && !isList) {
            refuse(segment.end(1), equals, "is a single value", name + "=value");
        } else if (isList && !hasIndex) {
            refuse(from, equals, "is a list", name + "[0].key=value");
        } else if (isEnd || argument.charAt(segment.end()) != '.' || segment.end() + 1 == equals) {
            refuse(from, equals, "is not one value", segment.group() + ".key=value");
        } else {
            enter(section, key, segment, equals);
        }
    }

    private void enter(Section section, KeySpec key, Matcher segment, int equals) {
        int from = segment.end() + 1;
        Place place = at(segment.start());
        if (key instanceof KeySpec.Sections list) {
            Items items = new Items(place, new ArrayList<>());
            ConfigNode node = child(section, key.name(), place, items);
            if (node instanceof Items existing) {
                enterItem(existing, list, segment, equals);
            }
            return;
        }
        ConfigNode node = child(section, key.name(), place, Section.empty(place));
        if (!(node instanceof Section below)) {
            return;
        }
        if (key instanceof KeySpec.Section known) {
            descend(below, known.keys(), from, equals);
        } else {
            put(below, argument.substring(from, equals), from, equals);
        }
    }

    private void enterItem(Items items, KeySpec.Sections list, Matcher segment, int equals) {
        int index = Integer.parseInt(segment.group(2));
        int size = items.items().size();
        if (index > size) {
            String allowed = size == 0 ? "0" : "0 to " + size + ", the last to add one";
            refuse(segment.start(2), segment.end(2), "is beyond the end of the list", allowed);
            return;
        }
        if (index == size) {
            items.items().add(Section.empty(at(segment.start())));
        }
        if (items.items().get(index) instanceof Section below) {
            descend(below, list.keys(), segment.end() + 1, equals);
        }
    }

    private static ConfigNode child(Section section, String name, Place place, ConfigNode fresh) {
        return section.fields().computeIfAbsent(name, key -> new Field(place, fresh)).value();
    }

    private void put(Section section, String name, int from, int equals) {
        Scalar value = Scalar.of(at(equals + 1), argument.substring(equals + 1));
        section.fields().put(name, new Field(at(from), value));
    }

    private void refuse(int from, int to, String why, String allowed) {
        String what = Shown.plain(argument.substring(0, to));
        faults.add(at(from), what.isEmpty() ? "override" : what, why, allowed);
    }

    private Place at(int index) {
        return new Place(Place.OVERRIDE, number, argument.codePointCount(0, index) + 1);
    }
}
