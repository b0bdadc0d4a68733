package io.logitstream.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads a number for each class. */
final class Weights {

    /** The most a count can be without losing its last digit. */
    static final double MAX_COUNT = 0x1p53;

    private Weights() {}

    /**
     * Reads the numbers that a key gives, whose value is valid.
     *
     * @param beside what a path is beside
     * @param section what the key stands in
     * @param key the key
     * @param numClasses how many there must be, or null if that is not known
     * @param max the largest allowed number
     * @return the numbers, or null after reporting why they can't be used
     */
    static double @Nullable [] read(
            Path beside,
            CheckedSection section,
            String key,
            @Nullable Integer numClasses,
            double max,
            Faults faults) {
        int keep = numClasses == null ? Integer.MAX_VALUE : numClasses;
        TextLines lines = TextLines.read(beside, section, key, keep, faults);
        if (lines == null) {
            return null;
        }
        if (numClasses != null && lines.size() != numClasses) {
            faults.refuse(
                    section,
                    key,
                    "has %s, but the model has %d classes".formatted(lines.count(), numClasses),
                    "one number for each class");
            return null;
        }
        KeyType.Decimal type = new KeyType.Decimal(0, max);
        double[] weights = new double[lines.size()];
        for (int i = 0; i < weights.length; i++) {
            String text = lines.text(i).strip();
            String refused = type.refuse(text);
            if (refused == null) {
                // -0 would be another weight than 0; adding 0 changes nothing else.
                weights[i] = Double.parseDouble(text) + 0.0;
            } else {
                lines.refuse(i, lines.shown(i) + " " + refused, type.allowed());
            }
        }
        return lines.areFaulty() ? null : weights;
    }
}
