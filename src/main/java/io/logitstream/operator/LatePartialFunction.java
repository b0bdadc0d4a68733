package io.logitstream.operator;

import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.Header;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossPartial;
import io.logitstream.record.LossStateFormat;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.RawRecord;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;

/**
 * Makes a dead letter of a partial loss whose window is gone. It happens when a whole subtask was
 * idle while the others' watermark went on: its rows were in time by its own clock. The single rows
 * are known no more, but nothing is lost: the value is the merged loss state of {@link
 * LossStateFormat}, the key that of the window's aggregate.
 */
public final class LatePartialFunction extends RichMapFunction<LossPartial, OutputRecord> {

    private static final long serialVersionUID = 1L;

    private final String lossesTopic;
    private final OutputLimit limit;

    private transient DeadLetters deadLetters;

    public LatePartialFunction(String lossesTopic, OutputLimit limit) {
        this.lossesTopic = lossesTopic;
        this.limit = limit;
    }

    @Override
    public void open(OpenContext context) {
        deadLetters = new DeadLetters(limit);
    }

    @Override
    public OutputRecord map(LossPartial partial) {
        RawRecord raw =
                new RawRecord(
                        lossesTopic,
                        -1,
                        -1,
                        partial.windowStartMillis(),
                        LossAggregate.keyOf(partial).getBytes(StandardCharsets.UTF_8),
                        partial.state(),
                        Header.NONE);
        long records = LossStateFormat.decode(partial.state()).records();
        return deadLetters.of(
                raw,
                new Fault(
                        FaultReason.TOO_LATE,
                        "the loss of "
                                + records
                                + " records came from an idle source after their window closed; value is their merged loss state"));
    }
}
