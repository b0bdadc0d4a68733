package io.logitstream.operator;

import io.logitstream.kernel.RowState;
import io.logitstream.kernel.RowStateFormat;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.Shard;
import io.logitstream.record.ShardState;
import io.logitstream.record.WaitingRow;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Checks shards by themselves, and makes of a reduced one what is merged. Not thread-safe. */
final class ShardReducer {

    private static final int CHUNK = 4_096;

    /** Of what a shard came with: longer keys and headers are not kept for a dead letter. */
    private static final int MOST_ORIGIN_BYTES = 8_192;

    private final ScoringPlan plan;
    private final CRC32C crc = new CRC32C();
    private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK * Float.BYTES);
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 10);
    private final DataOutputStream out = new DataOutputStream(bytes);

    ShardReducer(ScoringPlan plan) {
        this.plan = plan;
    }

    /** Checks where a shard says it belongs. */
    @Nullable Fault check(Shard shard, int numScores, ModelSpec spec) {
        if (!plan.takesShards()) {
            return invalid("it is a shard, but the job file has no section shards");
        }
        if (spec.normalizer() != Normalizer.SOFTMAX) {
            return invalid(
                    "it is a shard, but only rows with a softmax can be merged, not with %s"
                            .formatted(spec.normalizer().code()));
        }
        if (shard.classes() != spec.numClasses()) {
            return new Fault(
                    FaultReason.WRONG_CLASS_COUNT,
                    "a shard of a row of %d classes, but model '%s' has %d"
                            .formatted(shard.classes(), spec.name(), spec.numClasses()));
        }
        if (shard.count() < 1 || shard.count() > Shard.MAX_COUNT) {
            return invalid(
                    "a row may have 1 to %d shards, not %d"
                            .formatted(Shard.MAX_COUNT, shard.count()));
        }
        if (shard.index() < 0 || shard.index() >= shard.count()) {
            return invalid(
                    "shard %d of %d: the first is 0".formatted(shard.index(), shard.count()));
        }
        if (shard.offset() < 0 || numScores > shard.classes() - shard.offset()) {
            return invalid(
                    "%d scores from class %d on do not fit into %d classes"
                            .formatted(numScores, shard.offset(), shard.classes()));
        }
        return null;
    }

    /** Returns the CRC-32C of all that a shard says of itself and its row, and of its scores. */
    private int digest(ScoreRecord record, int label) {
        crc.reset();
        float[] scores = record.scores();
        Shard shard = record.shard();
        chunk.putInt(label)
                .putInt(record.givesLabel() ? 1 : 0)
                .putDouble(record.weight())
                .putInt(shard.index())
                .putInt(shard.count())
                .putInt(shard.offset())
                .putInt(shard.classes());
        crc.update(chunk.flip());
        chunk.clear();
        if (record.segment() != null) {
            crc.update(record.segment().getBytes(StandardCharsets.UTF_8));
        }
        for (int start = 0; start < scores.length; start += CHUNK) {
            int n = Math.min(CHUNK, scores.length - start);
            chunk.asFloatBuffer().put(scores, start, n);
            crc.update(chunk.limit(n * Float.BYTES));
            chunk.clear();
        }
        int digest = (int) crc.getValue();
        return digest == 0 ? 1 : digest;
    }

    static Fault invalid(String detail) {
        return new Fault(FaultReason.INVALID_SHARD, detail);
    }

    /** Returns what a shard without fault was reduced to. */
    ShardState reduced(ScoreRecord record, RawRecord raw, int label, double mass, RowState state) {
        bytes.reset();
        try {
            RowStateFormat.write(state, out);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        boolean mayWait = plan.keep() != null && !record.givesLabel();
        return new ShardState(
                record.model(),
                record.id(),
                record.timestampMillis(),
                label,
                record.givesLabel(),
                record.segment(),
                record.weight(),
                record.shard(),
                record.scores().length,
                mass,
                mayWait ? WaitingRow.leastOf(record.scores()) : Float.NaN,
                digest(record, label),
                bytes.toByteArray(),
                originOf(raw));
    }

    /** All shards of a row are at hand at once when it ends, up to 1,024 of them. */
    private static RawRecord originOf(RawRecord raw) {
        RawRecord origin = raw.withoutValue();
        return origin.heapBytes() > MOST_ORIGIN_BYTES ? raw.withoutBytes() : origin;
    }
}
