package io.logitstream.operator;

import io.logitstream.operator.types.RecordType;
import io.logitstream.record.LossPartial;
import io.logitstream.record.LossTerm;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.PackedRow;
import io.logitstream.record.RowNorm;
import io.logitstream.record.ShardScores;
import io.logitstream.record.ShardState;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.OutputTag;

/** The side outputs of the job. */
public final class Outputs {

    /** Records that could not be used, as they are written to the dead-letter topic. */
    public static final OutputTag<OutputRecord> DEAD_LETTERS =
            new OutputTag<>("dead-letters", TypeInformation.of(OutputRecord.class));

    /** What each row adds to its loss window. */
    public static final OutputTag<LossTerm> LOSS_TERMS =
            new OutputTag<>("loss-terms", TypeInformation.of(LossTerm.class));

    /**
     * Partial losses whose window was gone, because their source had been idle while others went
     * on.
     */
    public static final OutputTag<LossPartial> LATE_PARTIALS =
            new OutputTag<>("late-partials", TypeInformation.of(LossPartial.class));

    /** Classified rows that wait for their label. */
    public static final OutputTag<PackedRow> WAITING_ROWS =
            new OutputTag<>("waiting-rows", RecordType.WAITING_ROW);

    /** What shards of rows were reduced to. */
    public static final OutputTag<ShardState> SHARDS =
            new OutputTag<>("shards", TypeInformation.of(ShardState.class));

    /** The scores of shards that wait to become a part of a distribution. */
    public static final OutputTag<ShardScores> SHARD_SCORES =
            new OutputTag<>("shard-scores", TypeInformation.of(ShardScores.class));

    /** What these shards wait for. */
    public static final OutputTag<RowNorm> ROW_NORMS =
            new OutputTag<>("row-norms", TypeInformation.of(RowNorm.class));

    /** Scores and labels that did not find each other, as they are written. */
    public static final OutputTag<OutputRecord> LABEL_LEDGER =
            new OutputTag<>("label-ledger", TypeInformation.of(OutputRecord.class));

    /** Alerts that start or end, as they are written. */
    public static final OutputTag<OutputRecord> ALERTS =
            new OutputTag<>("alerts", TypeInformation.of(OutputRecord.class));

    /** Fitted temperatures, as they are written. */
    public static final OutputTag<OutputRecord> CALIBRATIONS =
            new OutputTag<>("calibrations", TypeInformation.of(OutputRecord.class));

    /** Gradients of labelled rows, as they are written. */
    public static final OutputTag<OutputRecord> GRADIENTS =
            new OutputTag<>("gradients", TypeInformation.of(OutputRecord.class));

    private Outputs() {}
}
