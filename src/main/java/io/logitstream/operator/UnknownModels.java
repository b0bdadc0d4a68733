package io.logitstream.operator;

import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Says why a model is not known. Not thread-safe. */
final class UnknownModels {

    private static final int MOST_NAMED = 10;

    private final Map<String, Long> retired = new HashMap<>();

    /** Notes with which version a model was taken away. */
    void retire(String name, long version) {
        retired.put(name, version);
    }

    /** Returns the fault of what belongs to a model that is not among those that are known. */
    Fault fault(String name, Collection<String> known) {
        Long version = retired.get(name);
        return new Fault(
                FaultReason.UNKNOWN_MODEL,
                version == null
                        ? "model '%s' is none of the job, which has %s"
                                .formatted(name, first(known))
                        : "model '%s' was retired with version %d; there are %s"
                                .formatted(name, version, first(known)));
    }

    /** Each row of an unknown model says this. */
    private static String first(Collection<String> known) {
        if (known.size() <= MOST_NAMED) {
            return known.toString();
        }
        return known.stream().limit(MOST_NAMED).toList()
                + " and "
                + (known.size() - MOST_NAMED)
                + " more";
    }
}
