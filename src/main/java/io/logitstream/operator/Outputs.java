package io.logitstream.operator;

import io.logitstream.record.LossPartial;
import io.logitstream.record.LossTerm;
import io.logitstream.record.OutputRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.OutputTag;

/** The side outputs of the job. */
public final class Outputs {

    /** Records that could not be used, as they are written to the dead-letter topic. */
    public static final OutputTag<OutputRecord> DEAD_LETTERS =
            new OutputTag<>("dead-letters", TypeInformation.of(OutputRecord.class));

    /** What each classified row adds to its loss window. */
    public static final OutputTag<LossTerm> LOSS_TERMS =
            new OutputTag<>("loss-terms", TypeInformation.of(LossTerm.class));

    /**
     * Partial losses whose window was gone, because their source had been idle while others went
     * on.
     */
    public static final OutputTag<LossPartial> LATE_PARTIALS =
            new OutputTag<>("late-partials", TypeInformation.of(LossPartial.class));

    private Outputs() {}
}
