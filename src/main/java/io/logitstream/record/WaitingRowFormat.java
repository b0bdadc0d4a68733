package io.logitstream.record;

import io.logitstream.kernel.RowLoss;
import io.logitstream.kernel.RowSummary;
import io.logitstream.kernel.SparseThreshold;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a waiting row, in state and on the way to the join. Version 1, big-endian: version
 * (1 byte), then the components in their order. Strings are {@link StringBytes}; the best classes
 * stand behind their number (int32), their scores behind them; the sparse threshold of the summary
 * behind a byte that says whether there is one; the form is its ordinal (1 byte); the kept scores
 * stand behind the number of their bytes (int32).
 */
public final class WaitingRowFormat {

    private static final byte VERSION = 1;

    private WaitingRowFormat() {}

    /** Writes a row. */
    public static void write(WaitingRow row, DataOutput out) throws IOException {
        out.writeByte(VERSION);
        StringBytes.write(row.model(), out);
        StringBytes.write(row.id(), out);
        StringBytes.write(row.segment(), out);
        out.writeLong(row.timestampMillis());
        out.writeDouble(row.weight());
        writeSummary(row.summary(), out);
        out.writeDouble(row.sumTo());
        out.writeInt(row.topClasses().length);
        for (int topClass : row.topClasses()) {
            out.writeInt(topClass);
        }
        for (float topScore : row.topScores()) {
            out.writeFloat(topScore);
        }
        out.writeFloat(row.least());
        out.writeInt(row.unmasked());
        out.writeInt(row.masked());
        out.writeByte(row.form().ordinal());
        out.writeInt(row.scores().length);
        out.write(row.scores());
        out.writeDouble(row.loss().labelSmoothing());
        out.writeDouble(row.loss().focalGamma());
    }

    /** Reads a row. */
    public static WaitingRow read(DataInput in) throws IOException {
        byte version = in.readByte();
        if (version != VERSION) {
            throw new IOException(
                    "a waiting row of version " + version + ", which a later logitstream wrote");
        }
        String model = StringBytes.read(in);
        String id = StringBytes.read(in);
        String segment = StringBytes.readNullable(in);
        long timestampMillis = in.readLong();
        double weight = in.readDouble();
        RowSummary summary = readSummary(in);
        double sumTo = in.readDouble();
        int best = in.readInt();
        int[] topClasses = new int[best];
        for (int rank = 0; rank < best; rank++) {
            topClasses[rank] = in.readInt();
        }
        float[] topScores = new float[best];
        for (int rank = 0; rank < best; rank++) {
            topScores[rank] = in.readFloat();
        }
        float least = in.readFloat();
        int unmasked = in.readInt();
        int masked = in.readInt();
        Keep.Form form = Keep.Form.of(in.readByte());
        byte[] scores = new byte[in.readInt()];
        in.readFully(scores);
        return new WaitingRow(
                model,
                id,
                segment,
                timestampMillis,
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
                new RowLoss(in.readDouble(), in.readDouble()));
    }

    private static void writeSummary(RowSummary summary, DataOutput out) throws IOException {
        out.writeDouble(summary.temperature());
        out.writeFloat(summary.max());
        out.writeDouble(summary.sum());
        out.writeDouble(summary.scatter());
        out.writeDouble(summary.squares());
        out.writeDouble(summary.meanCrossEntropy());
        out.writeDouble(summary.bestNorm());
        SparseThreshold sparse = summary.sparse();
        out.writeBoolean(sparse != null);
        if (sparse != null) {
            out.writeInt(sparse.power());
            out.writeDouble(sparse.tau());
            out.writeInt(sparse.support());
            out.writeDouble(sparse.entropy());
            out.writeDouble(sparse.mean());
        }
    }

    private static RowSummary readSummary(DataInput in) throws IOException {
        return new RowSummary(
                in.readDouble(),
                in.readFloat(),
                in.readDouble(),
                in.readDouble(),
                in.readDouble(),
                in.readDouble(),
                in.readDouble(),
                readSparse(in));
    }

    private static @Nullable SparseThreshold readSparse(DataInput in) throws IOException {
        return in.readBoolean()
                ? new SparseThreshold(
                        in.readInt(),
                        in.readDouble(),
                        in.readInt(),
                        in.readDouble(),
                        in.readDouble())
                : null;
    }
}
