package io.logitstream.record;

import io.logitstream.kernel.RowLoss;
import io.logitstream.kernel.RowSummary;
import io.logitstream.kernel.SparseThreshold;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a waiting row behind its event time, of version 1 of {@link PackedRow}. Big-endian,
 * the components in their order: the best classes stand behind their number (int32), their scores
 * behind them; the sparse threshold of the summary behind a byte that says whether there is one;
 * the form is its ordinal (1 byte); the kept scores stand behind the number of their bytes (int32).
 */
final class WaitingRowFormat {

    /** Of a row without a sparse threshold, best classes or scores. */
    private static final int LEAST_BYTES = 106;

    private static final int SPARSE_BYTES = 32;
    private static final int BYTES_EACH = Integer.BYTES + Float.BYTES;

    private WaitingRowFormat() {}

    static byte[] pack(WaitingRow row) {
        int sparse = row.summary().sparse() == null ? 0 : SPARSE_BYTES;
        int best = BYTES_EACH * row.topClasses().length;
        ByteBuffer out = ByteBuffer.allocate(LEAST_BYTES + sparse + best + row.scores().length);
        out.putDouble(row.weight());
        putSummary(row.summary(), out);
        out.putDouble(row.sumTo());
        out.putInt(row.topClasses().length);
        for (int topClass : row.topClasses()) {
            out.putInt(topClass);
        }
        for (float topScore : row.topScores()) {
            out.putFloat(topScore);
        }
        out.putFloat(row.least());
        out.putInt(row.unmasked());
        out.putInt(row.masked());
        out.put((byte) row.form().ordinal());
        out.putInt(row.scores().length);
        out.put(row.scores());
        out.putDouble(row.loss().labelSmoothing());
        out.putDouble(row.loss().focalGamma());
        return out.array();
    }

    static WaitingRow open(PackedRow packed) {
        ByteBuffer in = ByteBuffer.wrap(packed.rest());
        double weight = in.getDouble();
        RowSummary summary = summary(in);
        double sumTo = in.getDouble();
        int best = in.getInt();
        int[] topClasses = new int[best];
        for (int rank = 0; rank < best; rank++) {
            topClasses[rank] = in.getInt();
        }
        float[] topScores = new float[best];
        for (int rank = 0; rank < best; rank++) {
            topScores[rank] = in.getFloat();
        }
        float least = in.getFloat();
        int unmasked = in.getInt();
        int masked = in.getInt();
        Keep.Form form = Keep.Form.of(in.get());
        byte[] scores = new byte[in.getInt()];
        in.get(scores);
        return new WaitingRow(
                packed.model(),
                packed.id(),
                packed.segment(),
                packed.timestampMillis(),
                weight,
                summary,
                sumTo,
                topClasses,
                topScores,
                least,
                unmasked,
                masked,
                form,
                scores,
                new RowLoss(in.getDouble(), in.getDouble()));
    }

    private static void putSummary(RowSummary summary, ByteBuffer out) {
        out.putDouble(summary.temperature());
        out.putFloat(summary.max());
        out.putDouble(summary.sum());
        out.putDouble(summary.scatter());
        out.putDouble(summary.squares());
        out.putDouble(summary.meanCrossEntropy());
        out.putDouble(summary.bestNorm());
        SparseThreshold sparse = summary.sparse();
        out.put((byte) (sparse == null ? 0 : 1));
        if (sparse != null) {
            out.putInt(sparse.power());
            out.putDouble(sparse.tau());
            out.putInt(sparse.support());
            out.putDouble(sparse.entropy());
            out.putDouble(sparse.mean());
        }
    }

    private static RowSummary summary(ByteBuffer in) {
        return new RowSummary(
                in.getDouble(),
                in.getFloat(),
                in.getDouble(),
                in.getDouble(),
                in.getDouble(),
                in.getDouble(),
                in.getDouble(),
                sparse(in));
    }

    private static @Nullable SparseThreshold sparse(ByteBuffer in) {
        return in.get() == 0
                ? null
                : new SparseThreshold(
                        in.getInt(), in.getDouble(), in.getInt(), in.getDouble(), in.getDouble());
    }
}
