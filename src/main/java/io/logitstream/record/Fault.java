package io.logitstream.record;

/**
 * What is wrong with a record, as a value.
 *
 * @param reason the kind of fault
 * @param detail one sentence with the offending and the expected value; bounded, whatever the
 *     record holds
 */
public record Fault(FaultReason reason, String detail) {

    private static final int MAX_DETAIL_CHARS = 300;

    public Fault {
        if (detail.length() > MAX_DETAIL_CHARS) {
            detail = detail.substring(0, MAX_DETAIL_CHARS) + "...";
        }
    }

    /**
     * Returns this as the fault of one of the rows of a record; as it is if that is the only one.
     */
    public Fault ofRow(int row) {
        return row == ScoreRecord.ONLY_ROW ? this : new Fault(reason, "row " + row + ": " + detail);
    }
}
