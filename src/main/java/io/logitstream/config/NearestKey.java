package io.logitstream.config;

import java.util.Collection;
import java.util.Locale;

/** Finds the known key that an unknown one was probably meant to be. */
final class NearestKey {

    private NearestKey() {}

    /** Returns {@code "is not a key here"}, and what was probably meant if anything is near. */
    static String explain(String unknown, Collection<String> known) {
        String nearest = "";
        int smallest = Math.max(2, unknown.length() / 3) + 1;
        for (String key : known) {
            int distance = distance(unknown.toLowerCase(Locale.ROOT), key);
            if (distance < smallest) {
                smallest = distance;
                nearest = key;
            }
        }
        return nearest.isEmpty()
                ? "is not a key here"
                : "is not a key here; did you mean " + nearest + "?";
    }

    /** Counts the insertions, deletions and replacements that lead from one text to the other. */
    private static int distance(String from, String to) {
        if (Math.abs(from.length() - to.length()) > to.length()) {
            return Integer.MAX_VALUE;
        }
        int[] previous = new int[to.length() + 1];
        for (int j = 0; j <= to.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int[] current = new int[to.length() + 1];
            current[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = previous[j - 1] + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(replaced, 1 + Math.min(previous[j], current[j - 1]));
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
