package io.logitstream.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads class names. They are not trimmed (white space is a class name in some models); none is
 * empty, no two are alike.
 */
final class ClassNames {

    private static final String ALLOWED = "as many lines as classes, none empty, no two alike";

    private ClassNames() {}

    /**
     * Reads the class names of a model whose {@code labels} are valid.
     *
     * @param beside what a path is beside
     * @param numClasses how many there must be, or null if that is not known
     * @return the names, or null after reporting why they can't be used
     */
    static @Nullable List<String> read(
            Path beside, CheckedSection model, @Nullable Integer numClasses, Faults faults) {
        int keep = numClasses == null ? Integer.MAX_VALUE : numClasses;
        TextLines lines = TextLines.read(beside, model, "labels", keep, faults);
        if (lines == null) {
            return null;
        }
        checkEach(lines);
        if (numClasses != null && lines.size() != numClasses) {
            faults.refuse(
                    model,
                    "labels",
                    "has %s, but the model has %d classes".formatted(lines.count(), numClasses),
                    ALLOWED);
            return null;
        }
        return lines.areFaulty() ? null : lines.texts();
    }

    private static void checkEach(TextLines lines) {
        Map<String, Integer> firstOf = new HashMap<>();
        for (int i = 0; i < lines.texts().size(); i++) {
            Integer first = firstOf.putIfAbsent(lines.text(i), i);
            if (lines.text(i).isEmpty()) {
                lines.refuse(i, "is empty", ALLOWED);
            } else if (first != null) {
                lines.refuse(i, "is the same name as " + lines.what(first), ALLOWED);
            }
        }
    }
}
