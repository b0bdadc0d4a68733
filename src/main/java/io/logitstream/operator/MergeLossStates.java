package io.logitstream.operator;

import io.logitstream.record.LossPartial;
import io.logitstream.record.WindowContent;
import org.apache.flink.api.common.functions.AggregateFunction;

/**
 * Merges the partial losses of a window. What is kept are the bytes of {@link WindowContent}, empty
 * for nothing yet.
 */
public final class MergeLossStates implements AggregateFunction<LossPartial, byte[], byte[]> {

    private static final long serialVersionUID = 1L;

    @Override
    public byte[] createAccumulator() {
        return new byte[0];
    }

    @Override
    public byte[] add(LossPartial partial, byte[] accumulator) {
        return merge(accumulator, new WindowContent(partial.card(), partial.state()).toBytes());
    }

    @Override
    public byte[] getResult(byte[] accumulator) {
        return accumulator;
    }

    @Override
    public byte[] merge(byte[] a, byte[] b) {
        if (a.length == 0) {
            return b;
        }
        if (b.length == 0) {
            return a;
        }
        return WindowContent.ofBytes(a).mergedWith(WindowContent.ofBytes(b)).toBytes();
    }
}
