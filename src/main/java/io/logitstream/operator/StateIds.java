package io.logitstream.operator;

/**
 * The names of the state the job declares: part of the savepoint format, so never renamed. The loss
 * windows' content is in Flink's own {@code window-contents}; sources and sinks keep theirs under
 * Flink's names too.
 */
public final class StateIds {

    /** Per window of {@link OperatorIds#LOSS_WINDOW}: how often it has been published. */
    public static final String LOSS_REVISION = "loss-revision";

    /** Per window of {@link OperatorIds#LOSS_WINDOW}: whether it changed since it was published. */
    public static final String LOSS_CHANGED = "loss-changed";

    /**
     * Per window of {@link OperatorIds#LOSS_WINDOW}: how often each class was predicted, while the
     * window may become part of the baseline.
     */
    public static final String DRIFT_WINDOW = "drift-window";

    /** Per key of {@link OperatorIds#LOSS_WINDOW}: what drift is measured against. */
    public static final String DRIFT_BASELINE = "drift-baseline";

    /** Per key of {@link OperatorIds#LOSS_WINDOW} and rule: the latest windows of an alert. */
    public static final String ALERTS = "alerts";

    /** Per key of {@link OperatorIds#JOIN_LABELS}: what is remembered of score and labels. */
    public static final String JOIN_MEMORY = "join-memory";

    /** Per key of {@link OperatorIds#JOIN_LABELS}: the row that waits. */
    public static final String WAITING_ROW = "waiting-row";

    /** Per key group and time of {@link OperatorIds#JOIN_LABELS}: the ids to look at then. */
    public static final String JOIN_WAKES = "join-wakes";

    /** Of {@link OperatorIds#JOIN_LABELS}, not keyed: how many rows have no label yet. */
    public static final String ROWS_WAITING = "rows-waiting";

    /** Per key of {@link OperatorIds#MERGE_SHARDS}: what is remembered of the row's shards. */
    public static final String SHARD_MEMORY = "shard-memory";

    /** Per key of {@link OperatorIds#MERGE_SHARDS}: the shards that came, by their index. */
    public static final String SHARDS = "shards";

    /** Per key of {@link OperatorIds#DISTRIBUTE_SHARDS}: the scores that wait for their norm. */
    public static final String SHARD_SCORES = "shard-scores";

    /** Per key of {@link OperatorIds#DISTRIBUTE_SHARDS}: the norm that waits for its scores. */
    public static final String ROW_NORM = "row-norm";

    /**
     * Of the operators that pre-aggregate and of {@link OperatorIds#MERGE_SHARDS}, not keyed: how
     * far event time had come at the subtasks that were not idle.
     */
    public static final String SENT_WATERMARK = "sent-watermark";

    /** The same of those that were. */
    public static final String IDLE_WATERMARK = "idle-watermark";

    /** Per key of {@link OperatorIds#LOSS_WINDOW}: the temperature that was last set. */
    public static final String APPLIED_TEMPERATURE = "applied-temperature";

    /**
     * Of the operators whose models change, not keyed: the latest record of each kind and model.
     */
    public static final String CONTROL_RECORDS = "control-records";

    /** Of these operators, not keyed: what waits for its model. */
    public static final String WAITING_INPUTS = "waiting-inputs";

    private StateIds() {}
}
