package io.logitstream.operator;

import io.logitstream.record.LossPartial;
import io.logitstream.record.LossState;
import io.logitstream.record.LossStateFormat;
import org.apache.flink.api.common.functions.AggregateFunction;

/**
 * Merges the partial losses of a window. What is kept are the bytes of {@link LossStateFormat},
 * empty for nothing yet.
 */
public final class MergeLossStates implements AggregateFunction<LossPartial, byte[], byte[]> {

    private static final long serialVersionUID = 1L;

    @Override
    public byte[] createAccumulator() {
        return new byte[0];
    }

    @Override
    public byte[] add(LossPartial partial, byte[] accumulator) {
        return merge(accumulator, partial.state());
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
        LossState merged = LossStateFormat.decode(a);
        merged.mergeWith(LossStateFormat.decode(b));
        return LossStateFormat.encode(merged);
    }
}
