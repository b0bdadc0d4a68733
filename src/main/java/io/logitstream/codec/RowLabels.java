package io.logitstream.codec;

import static io.logitstream.record.FaultReason.INVALID_FIELD;

import io.logitstream.record.GivenLabel;
import io.logitstream.record.ScoreRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The labels that a record gives in an array, while it is decoded: the set of its only row, or what
 * each of its rows has, which may be a set too. Not thread-safe.
 */
final class RowLabels {

    /** Most labels in all sets of a record: memory must not depend on what is sent. */
    private static final int MAX_IN_SETS = 100_000;

    private static final GivenLabel NONE = new GivenLabel(ScoreRecord.NO_LABEL, null);

    private final List<Element> elements = new ArrayList<>();

    /** The set that is being read as an element. */
    private @Nullable List<GivenLabel> open;

    private int inSets;
    private boolean isBegun;

    /** A label, be it none, or a set. */
    private record Element(GivenLabel label, @Nullable List<GivenLabel> set) {}

    void clear() {
        elements.clear();
        open = null;
        inSets = 0;
        isBegun = false;
    }

    /** Notes that the record gives its labels in an array. */
    void begin() {
        isBegun = true;
    }

    boolean isBegun() {
        return isBegun;
    }

    /** Notes that the labels from here on are a set in that array. */
    void beginSet() throws FaultException {
        if (open != null) {
            throw new FaultException(
                    INVALID_FIELD,
                    "label must be an array of labels or of sets of them, no deeper");
        }
        checkRoom("label", elements.size());
        open = new ArrayList<>();
    }

    /** Adds the next label, as an index or a name, or neither. */
    void add(int index, @Nullable String name) throws FaultException {
        if (open == null) {
            checkRoom("label", elements.size());
            elements.add(new Element(new GivenLabel(index, name), null));
        } else {
            checkRoom("a set of labels", open.size());
            if (inSets++ == MAX_IN_SETS) {
                throw new FaultException(
                        INVALID_FIELD,
                        "the sets of a record's labels must have at most %d elements together"
                                .formatted(MAX_IN_SETS));
            }
            open.add(checkGiven(new GivenLabel(index, name)));
        }
    }

    private static GivenLabel checkGiven(GivenLabel label) throws FaultException {
        if (label.equals(NONE)) {
            throw new FaultException(INVALID_FIELD, "a set of labels must not have null in it");
        }
        return label;
    }

    /** Notes that the set ends. */
    void endSet() {
        elements.add(new Element(NONE, open));
        open = null;
    }

    private static void checkRoom(String what, int size) throws FaultException {
        if (size == RecordFields.MAX_ROWS) {
            throw new FaultException(
                    INVALID_FIELD, what + " must have at most " + size + " elements");
        }
    }

    /** Checks that each row has its label, if there are any. */
    void check(int rows) throws FaultException {
        if (isBegun && elements.size() != rows) {
            throw new FaultException(
                    INVALID_FIELD,
                    "label has " + elements.size() + " elements, but there are " + rows + " rows");
        }
    }

    int index(int row) {
        return elements.isEmpty() ? ScoreRecord.NO_LABEL : elements.get(row).label.index();
    }

    @Nullable String name(int row) {
        return elements.isEmpty() ? null : elements.get(row).label.name();
    }

    @Nullable List<GivenLabel> set(int row) {
        return elements.isEmpty() ? null : elements.get(row).set;
    }

    /** Returns the set of the only row, or null if its label is no array. */
    @Nullable List<GivenLabel> onlySet() throws FaultException {
        if (!isBegun) {
            return null;
        }
        List<GivenLabel> set = new ArrayList<>(elements.size());
        for (Element element : elements) {
            if (element.set != null) {
                throw new FaultException(
                        INVALID_FIELD,
                        "label must not have arrays in it where scores are those of one row");
            }
            set.add(checkGiven(element.label));
        }
        return set;
    }
}
