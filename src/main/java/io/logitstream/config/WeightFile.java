package io.logitstream.config;

import io.logitstream.record.ModelLoss;
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
    private static final KeyType.Decimal WEIGHT =
            new KeyType.Decimal(0, ModelLoss.MAX_CLASS_WEIGHT);

    private WeightFile() {}

    /**
     * Reads the file that a key names, whose value is valid text.
     *
     * @param jobFile what the path is beside
     * @param section what the key stands in
     * @param key the key
     * @param numClasses how many there must be, or null if that is not known
     * @return the numbers, or null after reporting why they can't be used
     */
    static double @Nullable [] read(
            Path jobFile,
            CheckedSection section,
            String key,
            @Nullable Integer numClasses,
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
            return weights(lines, hidden ? shown : path.toString(), faults);
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

    private static double @Nullable [] weights(List<String> lines, String name, Faults faults) {
        double[] weights = new double[lines.size()];
        int numFaults = 0;
        for (int i = 0; i < weights.length; i++) {
            String text = lines.get(i).strip();
            String refused = WEIGHT.refuse(text);
            if (refused == null) {
                weights[i] = Double.parseDouble(text);
            } else if (++numFaults <= MAX_LINE_FAULTS) {
                int line = i + 1;
                String why = Shown.quote(text) + " " + refused;
                faults.add(new Place(name, line, 1), "line " + line, why, WEIGHT.allowed());
            }
        }
        return numFaults == 0 ? weights : null;
    }
}
