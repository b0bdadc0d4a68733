package io.logitstream.operator;

import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/**
 * A process function right behind a source. When a job is drained, the source sends the last
 * watermark; but if it is idle at that moment, Flink drops it on the way to the next task, and what
 * waits for event time would be gone with the job. So this operator sends it again as its last act.
 *
 * @param <I> what it reads
 * @param <O> what it gives
 */
public class LastWatermarkOperator<I, O> extends ProcessOperator<I, O> {

    private static final long serialVersionUID = 1L;

    /** Creates the operator of a function. */
    public LastWatermarkOperator(ProcessFunction<I, O> function) {
        super(function);
    }

    /** Called at the end of input and by stop with drain, but by no other stop. */
    @Override
    public void finish() throws Exception {
        super.finish();
        output.emitWatermarkStatus(WatermarkStatus.ACTIVE);
        output.emitWatermark(Watermark.MAX_WATERMARK);
    }
}
