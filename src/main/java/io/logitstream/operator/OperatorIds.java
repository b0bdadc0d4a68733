package io.logitstream.operator;

/**
 * The uids of the job's operators: part of the savepoint format, so never renamed. Changing the
 * list needs an ADR and a CHANGELOG line on savepoints.
 */
public final class OperatorIds {

    public static final String SCORES_SOURCE = "scores-source";
    public static final String CLASSIFY = "classify";
    public static final String PREDICTIONS_SINK = "predictions-sink";
    public static final String DEAD_LETTERS_SINK = "dead-letters-sink";
    public static final String PRE_AGGREGATE_LOSS = "pre-aggregate-loss";
    public static final String LOSS_WINDOW = "loss-window";
    public static final String LATE_PARTIALS = "late-partials";
    public static final String LOSSES_SINK = "losses-sink";

    public static final String LABELS_SOURCE = "labels-source";
    public static final String RESOLVE_LABELS = "resolve-labels";
    public static final String JOIN_LABELS = "join-labels";
    public static final String PRE_AGGREGATE_LABELS = "pre-aggregate-labels";
    public static final String LABEL_LEDGER_SINK = "label-ledger-sink";
    public static final String ALERTS_SINK = "alerts-sink";

    public static final String CONTROL_SOURCE = "control-source";
    public static final String CHECK_MODELS = "check-models";
    public static final String CALIBRATIONS_SINK = "calibrations-sink";
    public static final String MERGE_SHARDS = "merge-shards";
    public static final String MERGED_PREDICTIONS_SINK = "merged-predictions-sink";
    public static final String PRE_AGGREGATE_SHARDS = "pre-aggregate-shards";
    public static final String DISTRIBUTE_SHARDS = "distribute-shards";
    public static final String DISTRIBUTIONS_SINK = "distributions-sink";

    public static final String GRADIENTS_SINK = "gradients-sink";

    private OperatorIds() {}
}
