package io.logitstream.config;

import io.logitstream.config.ConfigNode.Field;
import io.logitstream.config.ConfigNode.Items;
import io.logitstream.config.ConfigNode.Scalar;
import io.logitstream.config.ConfigNode.Section;
import io.logitstream.config.ConfigNode.Unresolved;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts the environment and files into values: {@code ${NAME}}, {@code ${file:/path}}, and {@code
 * $${} for a plain {@code ${}. What was put in is not looked at again, and no fault ever shows it.
 */
final class Substitution {

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final String ALLOWED = "${NAME}, ${file:PATH}, or $${ for a plain ${";

    private final Path jobFile;
    private final Map<String, String> environment;
    private final Faults faults;

    /**
     * Creates a substitution.
     *
     * @param jobFile what relative paths are beside
     */
    Substitution(Path jobFile, Map<String, String> environment, Faults faults) {
        this.jobFile = jobFile;
        this.environment = environment;
        this.faults = faults;
    }

    /** Replaces the values in the section and all below it. */
    void applyTo(Section section, String path) {
        section.fields()
                .replaceAll(
                        (name, field) -> {
                            String below = path.isEmpty() ? name : path + "." + name;
                            return new Field(field.place(), resolve(field.value(), below));
                        });
    }

    private ConfigNode resolve(ConfigNode node, String path) {
        if (node instanceof Section section) {
            applyTo(section, path);
        } else if (node instanceof Items items) {
            for (int i = 0; i < items.items().size(); i++) {
                items.items().set(i, resolve(items.items().get(i), path + "[" + i + "]"));
            }
        } else if (node instanceof Scalar scalar) {
            return resolveScalar(scalar, Shown.plain(path));
        }
        return node;
    }

    private ConfigNode resolveScalar(Scalar scalar, String path) {
        String text = scalar.text();
        if (text == null || !text.contains("${")) {
            return scalar;
        }
        StringBuilder resolved = new StringBuilder();
        boolean substituted = false;
        int from = 0;
        for (int at = text.indexOf("${"); at >= 0; at = text.indexOf("${", from)) {
            if (at > from && text.charAt(at - 1) == '$') {
                resolved.append(text, from, at - 1).append("${");
                from = at + 2;
                continue;
            }
            substituted = true;
            resolved.append(text, from, at);
            int end = text.indexOf('}', at);
            if (end < 0) {
                faults.add(scalar.place(), path, "has a ${ without }", ALLOWED);
                return new Unresolved(scalar.place());
            }
            String value = lookUp(scalar.place(), path, text.substring(at + 2, end));
            if (value == null) {
                return new Unresolved(scalar.place());
            }
            resolved.append(value);
            from = end + 1;
        }
        resolved.append(text, from, text.length());
        return new Scalar(scalar.place(), resolved.toString(), substituted ? text : null);
    }

    private @Nullable String lookUp(Place place, String path, String reference) {
        if (reference.startsWith("file:")) {
            return ReferencedFile.read(
                    jobFile, reference.substring("file:".length()), place, path, faults);
        }
        if (!NAME.matcher(reference).matches()) {
            faults.add(place, path, "has a ${...} that is neither a name nor a file", ALLOWED);
            return null;
        }
        String value = environment.get(reference);
        if (value == null) {
            faults.add(
                    place,
                    path,
                    "names the environment variable "
                            + Shown.plain(reference)
                            + ", which is not set",
                    "");
        }
        return value;
    }
}
