package io.logitstream.record;

/**
 * What is wrong with a record, as a value.
 *
 * @param reason the kind of fault
 * @param detail one sentence with the offending and the expected value, of a model one for each
 *     fault; bounded, whatever the record holds
 */
public record Fault(FaultReason reason, String detail) {

    private static final int MAX_DETAIL_CHARS = 300;

    /** All faults of a model, as of a job file. */
    private static final int MAX_DETAIL_CHARS_OF_MODEL = 2_000;

    public Fault {
        int max =
                reason == FaultReason.INVALID_MODEL ? MAX_DETAIL_CHARS_OF_MODEL : MAX_DETAIL_CHARS;
        if (detail.length() > max) {
            detail = detail.substring(0, max) + "...";
        }
    }

    /**
     * Returns this as the fault of one of the rows of a record; as it is if that is the only one.
     */
    public Fault ofRow(int row) {
        return row == ScoreRecord.ONLY_ROW ? this : new Fault(reason, "row " + row + ": " + detail);
    }
}
