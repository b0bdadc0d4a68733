package io.logitstream.codec;

import static io.logitstream.record.FaultReason.INVALID_FIELD;

import io.logitstream.record.ScoreRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The labels of a record of several rows, while it is decoded. Not thread-safe. */
final class RowLabels {

    private final List<RowLabel> labels = new ArrayList<>();

    private record RowLabel(int index, @Nullable String name) {}

    private boolean isBegun;

    void clear() {
        labels.clear();
        isBegun = false;
    }

    /** Notes that the record gives its labels in an array. */
    void begin() {
        isBegun = true;
    }

    boolean isBegun() {
        return isBegun;
    }

    /** Adds the label of the next row, as an index or a name, or neither. */
    void add(int index, @Nullable String name) throws FaultException {
        if (labels.size() == RecordFields.MAX_ROWS) {
            throw new FaultException(
                    INVALID_FIELD,
                    "label must have at most " + RecordFields.MAX_ROWS + " elements");
        }
        labels.add(new RowLabel(index, name));
    }

    /** Checks that each row has its label, if there are any. */
    void check(int rows) throws FaultException {
        if (isBegun && labels.size() != rows) {
            throw new FaultException(
                    INVALID_FIELD,
                    "label has " + labels.size() + " elements, but there are " + rows + " rows");
        }
    }

    int index(int row) {
        return labels.isEmpty() ? ScoreRecord.NO_LABEL : labels.get(row).index;
    }

    @Nullable String name(int row) {
        return labels.isEmpty() ? null : labels.get(row).name;
    }
}
