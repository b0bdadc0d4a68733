package io.logitstream.operator;

import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.ScoreRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the class a label means. A label given as a number is an index; one that cannot be an index
 * comes as text. A label given as text is a class name if the model has that name, else an index in
 * decimal digits.
 */
final class LabelIndex {

    /** The label is not a class. */
    static final int UNKNOWN = -2;

    private static final int MAX_DIGITS = 9;

    private final int numClasses;
    private final Map<String, Integer> indexByName = new HashMap<>();
    private final @Nullable String ignored;
    private final int ignoredIndex;

    LabelIndex(ModelSpec spec) {
        numClasses = spec.numClasses();
        List<String> names = spec.classNames();
        for (int i = 0; i < names.size(); i++) {
            indexByName.put(names.get(i), i);
        }
        ignored = spec.loss().ignore();
        ignoredIndex = ignored == null ? UNKNOWN : indexOf(ignored);
    }

    /**
     * Returns the class, {@link ScoreRecord#NO_LABEL} if there is no label or one to ignore, or
     * {@link #UNKNOWN}.
     *
     * @param name the label if it was given as text, else null
     * @param given the label if it was given as an index, else {@link ScoreRecord#NO_LABEL}
     */
    int indexOf(@Nullable String name, int given) {
        if (name == null && given == ScoreRecord.NO_LABEL) {
            return ScoreRecord.NO_LABEL;
        }
        int index = name == null ? inRange(given) : indexOf(name);
        boolean ignore =
                index == UNKNOWN
                        ? (name == null ? Integer.toString(given) : name).equals(ignored)
                        : index == ignoredIndex;
        return ignore ? ScoreRecord.NO_LABEL : index;
    }

    /** Returns the fault of a label that is {@link #UNKNOWN}. */
    Fault fault(@Nullable String name, int given, String model) {
        return new Fault(
                FaultReason.UNKNOWN_LABEL,
                "label "
                        + (name == null ? "" + given : "'" + name + "'")
                        + " is not a class of model '"
                        + model
                        + "': "
                        + this);
    }

    private int indexOf(String name) {
        Integer named = indexByName.get(name);
        return named != null ? named : inRange(parseDigits(name));
    }

    private int inRange(int index) {
        return index >= 0 && index < numClasses ? index : UNKNOWN;
    }

    private static int parseDigits(String text) {
        if (text.isEmpty() || text.length() > MAX_DIGITS) {
            return UNKNOWN;
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                return UNKNOWN;
            }
            value = 10 * value + digit;
        }
        return value;
    }

    /** Says which labels are allowed. */
    @Override
    public String toString() {
        String indices = "an index from 0 to " + (numClasses - 1);
        return indexByName.isEmpty()
                ? indices
                : "one of its " + indexByName.size() + " class names or " + indices;
    }
}
