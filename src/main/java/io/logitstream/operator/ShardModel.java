package io.logitstream.operator;

import io.logitstream.kernel.RowState;
import io.logitstream.kernel.RowStateFormat;
import io.logitstream.record.Fault;
import io.logitstream.record.Inexact;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.ShardState;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Merges shards of one model's rows; reused from row to row, not thread-safe. */
final class ShardModel {

    private final ScoringPlan plan;
    private final ScoreDeclaration declaration;
    private final ClassifiedRow row;
    private final RowState part;

    ShardModel(ModelSpec spec, ScoringPlan plan) {
        this.plan = plan;
        this.declaration = ScoreDeclaration.of(spec);
        this.row = new ClassifiedRow(plan, spec);
        this.part = plan.newState(spec);
    }

    /** Returns the row that was merged last. */
    ClassifiedRow row() {
        return row;
    }

    /** Returns whether it is still the model that these shards were reduced for. */
    boolean takes(List<ShardState> shards) {
        return shards.stream().allMatch(this::takes);
    }

    private boolean takes(ShardState shard) {
        int classes = row.model().numClasses();
        boolean canWait = plan.keep() == null || shard.givesLabel() || !Float.isNaN(shard.least());
        return shard.shard().classes() == classes && shard.label() < classes && canWait;
    }

    /**
     * Merges shards that fit each other into {@link #row}.
     *
     * @param shards in the order of their classes
     * @param absent the indices of those that did not come
     * @return why there is no row, or null if there is one
     */
    @Nullable Fault merge(List<ShardState> shards, List<Integer> absent) {
        RowState state = row.state();
        state.clear();
        double mass = 0;
        float least = Float.POSITIVE_INFINITY;
        for (ShardState shard : shards) {
            try {
                read(shard.state(), part);
            } catch (IllegalArgumentException e) {
                return ShardMerger.changed(shard.model());
            }
            state.mergeWith(part);
            mass += shard.mass();
            least = Math.min(least, shard.least());
        }
        if (state.isAllMasked()) {
            return RowFaults.allMasked(state.classes());
        }
        Fault fault = absent.isEmpty() ? declaration.check(mass) : declaration.checkPart(mass);
        if (fault == null) {
            ShardState first = shards.get(0);
            int classes = first.shard().classes() - (int) state.classes();
            row.becomeMerged(
                    scoreless(first),
                    first.label(),
                    first.givesLabel(),
                    least,
                    absent.isEmpty() ? null : new Inexact.MissingShards(absent, classes));
        }
        return fault;
    }

    private static ScoreRecord scoreless(ShardState shard) {
        return new ScoreRecord(
                shard.id(),
                shard.model(),
                shard.timestampMillis(),
                new float[0],
                ScoreRecord.NO_LABEL,
                null,
                shard.segment(),
                shard.weight());
    }

    /**
     * Makes a state what some bytes say.
     *
     * @throws IllegalArgumentException if they are of a state of another kind
     */
    static void read(byte[] bytes, RowState into) {
        try {
            RowStateFormat.read(new DataInputStream(new ByteArrayInputStream(bytes)), into);
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory failed", e);
        }
    }
}
