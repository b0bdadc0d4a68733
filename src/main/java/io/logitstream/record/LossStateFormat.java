package io.logitstream.record;

import io.logitstream.kernel.CalibrationBins;
import io.logitstream.kernel.ExactSum;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import org.HdrHistogram.HistogramIterationValue;

/**
 * The bytes of a loss state, in checkpoints and in the {@value #HEADER} header of a loss aggregate:
 * equal states give equal bytes. Version 1, big-endian: version (1 byte), records, labelled,
 * infinite losses (int64 each), the nine exact sums of {@link LossState.Sums} (high and low int64
 * each), for each calibration bin its count (int64) and its three exact sums, the number of filled
 * quantile buckets (int32), then for each, ascending, its lowest value and its count (int64 each).
 *
 * <p>Anybody may merge such states, for instance to roll minutes up to hours without losing a bit.
 */
public final class LossStateFormat {

    /** The header of a loss aggregate that carries its state. */
    public static final String HEADER = "logitstream-loss-state";

    private static final byte VERSION = 1;
    private static final int FIXED_BYTES =
            1 + 3 * 8 + 9 * 16 + CalibrationBins.BINS * (8 + 3 * 16) + 4;

    private LossStateFormat() {}

    /** Returns the bytes of a state. */
    public static byte[] encode(LossState state) {
        int buckets = 0;
        for (HistogramIterationValue ignored : state.lossQuantiles.recordedValues()) {
            buckets++;
        }
        ByteBuffer out = ByteBuffer.allocate(FIXED_BYTES + buckets * 16);
        out.put(VERSION);
        out.putLong(state.counts.records)
                .putLong(state.counts.labelled)
                .putLong(state.counts.infiniteLosses);
        putSums(out, state.sums.all());
        for (int bin = 0; bin < CalibrationBins.BINS; bin++) {
            out.putLong(state.calibration.count(bin));
            putSums(out, state.calibration.sums(bin));
        }
        out.putInt(buckets);
        for (HistogramIterationValue bucket : state.lossQuantiles.recordedValues()) {
            out.putLong(state.lossQuantiles.lowestEquivalentValue(bucket.getValueIteratedTo()));
            out.putLong(bucket.getCountAddedInThisIterationStep());
        }
        return out.array();
    }

    /**
     * Returns the state of some bytes.
     *
     * @throws IllegalArgumentException if they are not a state of version 1
     */
    public static LossState decode(byte[] bytes) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            byte version = in.get();
            if (version != VERSION) {
                throw new IllegalArgumentException(
                        "loss state of version " + version + ", not " + VERSION);
            }
            LossState state = new LossState();
            state.counts.records = in.getLong();
            state.counts.labelled = in.getLong();
            state.counts.infiniteLosses = in.getLong();
            for (ExactSum sum : state.sums.all()) {
                sum.mergeWith(getSum(in));
            }
            for (int bin = 0; bin < CalibrationBins.BINS; bin++) {
                state.calibration.addSums(bin, in.getLong(), getSum(in), getSum(in), getSum(in));
            }
            int buckets = in.getInt();
            if (in.remaining() != 16L * buckets) {
                throw new IllegalArgumentException(
                        "loss state of "
                                + bytes.length
                                + " bytes cannot have "
                                + buckets
                                + " quantile buckets");
            }
            for (int left = buckets; left > 0; left--) {
                LossQuantiles.addBucket(state.lossQuantiles, in.getLong(), in.getLong());
            }
            return state;
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException(
                    "loss state cut off after " + bytes.length + " bytes", e);
        }
    }

    private static void putSums(ByteBuffer out, ExactSum[] sums) {
        for (ExactSum sum : sums) {
            out.putLong(sum.high()).putLong(sum.low());
        }
    }

    private static ExactSum getSum(ByteBuffer in) {
        return new ExactSum(in.getLong(), in.getLong());
    }
}
