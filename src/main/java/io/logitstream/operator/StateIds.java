package io.logitstream.operator;

/**
 * The names of the state the job declares: part of the savepoint format, so never renamed. The loss
 * windows' content is in Flink's own {@code window-contents}; sources and sinks keep theirs under
 * Flink's names too.
 */
public final class StateIds {

    /** Per window of {@link OperatorIds#LOSS_WINDOW}: how often it has been published. */
    public static final String LOSS_REVISION = "loss-revision";

    private StateIds() {}
}
