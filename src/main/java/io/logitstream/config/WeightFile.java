package io.logitstream.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads a number for each class, one decimal a line. */
final class WeightFile {

    private static final int MAX_LINE_FAULTS = 20;

    /** The most a count can be without losing its last digit. */
    static final double MAX_COUNT = 0x1p53;

    private WeightFile() {}

    /**
     * Reads the file that a key names, whose value is valid text.
     *
     * @param jobFile what the path is beside
     * @param section what the key stands in
     * @param key the key
     * @param numClasses how many there must be, or null if that is not known
     * @param max the largest allowed number
     * @return the numbers, or null after reporting why they can't be used
     */
    static double @Nullable [] read(
            Path jobFile,
            CheckedSection section,
            String key,
            @Nullable Integer numClasses,
            double max,
            Faults faults) {
        String shown = section.shown(key);
        String why;
        try {
            Path path = jobFile.resolveSibling(section.valueOf(key));
            List<String> lines = Files.readAllLines(path, StandardCharsets.UTF_8);
            if (numClasses != null && lines.size() != numClasses) {
                faults.add(
                        section.placeOf(key),
                        section.pathOf(key),
                        "%s has %d lines, but the model has %d classes"
                                .formatted(shown, lines.size(), numClasses),
                        "one number for each class");
                return null;
            }
            // What stands in the job file, not what was put in for it: that may be a secret.
            boolean hidden = section.substituted().contains(key);
            return weights(
                    lines, new KeyType.Decimal(0, max), hidden ? shown : path.toString(), faults);
        } catch (IOException e) {
            why = FileText.explain(e);
        } catch (InvalidPathException e) {
            why = "it is not a path";
        }
        faults.add(
                section.placeOf(key),
                section.pathOf(key),
                "names the file " + shown + ", but " + why,
                "");
        return null;
    }

    private static double @Nullable [] weights(
            List<String> lines, KeyType.Decimal type, String name, Faults faults) {
        double[] weights = new double[lines.size()];
        int numFaults = 0;
        for (int i = 0; i < weights.length; i++) {
            String text = lines.get(i).strip();
            String refused = type.refuse(text);
            if (refused == null) {
                weights[i] = Double.parseDouble(text);
            } else if (++numFaults <= MAX_LINE_FAULTS) {
                int line = i + 1;
                String why = Shown.quote(text) + " " + refused;
                faults.add(new Place(name, line, 1), "line " + line, why, type.allowed());
            }
        }
        return numFaults == 0 ? weights : null;
    }
}
