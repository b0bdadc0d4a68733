package io.logitstream.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Collects what is wrong, so that all of it can be reported together; of a record that anybody may
 * have written, no more than anybody reads. Not thread-safe.
 */
final class Faults {

    private static final int MOST = 1_000;

    private final String jobFile;
    private final List<ConfigFault> faults = new ArrayList<>();

    Faults(String jobFile) {
        this.jobFile = jobFile;
    }

    void add(Place place, String what, String why, String allowed) {
        if (faults.size() < MOST) {
            faults.add(
                    new ConfigFault(
                            place.file(), place.line(), place.column(), what, why, allowed));
        }
    }

    /** Refuses a value that its key alone allows. */
    void refuse(CheckedSection section, String key, String why, String allowed) {
        String shown = section.shown(key);
        add(section.placeOf(key), section.pathOf(key), shown + " " + why, allowed);
    }

    void throwIfAny() throws JobFileException {
        if (!faults.isEmpty()) {
            throw new JobFileException(inOrder());
        }
    }

    /** Returns all of them, each once, in the order of their places. */
    List<ConfigFault> inOrder() {
        return faults.stream()
                .distinct()
                .sorted(
                        Comparator.comparingInt((ConfigFault f) -> rank(f.file()))
                                .thenComparing(ConfigFault::file)
                                .thenComparingInt(ConfigFault::line)
                                .thenComparingInt(ConfigFault::column))
                .toList();
    }

    private int rank(String file) {
        if (file.equals(jobFile)) {
            return 0;
        }
        return file.equals(Place.OVERRIDE) ? 1 : 2;
    }
}
