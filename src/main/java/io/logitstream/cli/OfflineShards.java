package io.logitstream.cli;

import io.logitstream.config.JobFile;
import io.logitstream.kernel.RowKernels;
import io.logitstream.operator.ClassifiedRow;
import io.logitstream.operator.MemoryShardSlot;
import io.logitstream.operator.ScoringPlan;
import io.logitstream.operator.ShardDistribution;
import io.logitstream.operator.ShardMerger;
import io.logitstream.record.Fault;
import io.logitstream.record.LabelKey;
import io.logitstream.record.LossTerm;
import io.logitstream.record.RawRecord;
import io.logitstream.record.RowNorm;
import io.logitstream.record.ShardKey;
import io.logitstream.record.ShardScores;
import io.logitstream.record.ShardState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The job's own merger of shards without Flink: rows wait for their shards until the end of the
 * input. Not thread-safe.
 */
final class OfflineShards {

    private final Map<LabelKey, MemoryShardSlot> slots = new LinkedHashMap<>();
    private final Map<ShardKey, ShardScores> scores = new HashMap<>();
    private final ScoringPlan plan;
    private final ShardMerger merger;
    private final ShardDistribution distribution;

    /** What happens to rows, and to what is refused. */
    interface Action extends OfflineScoring.RowAction {

        void onFault(RawRecord raw, Fault fault) throws IOException;
    }

    OfflineShards(JobFile.Shards shards, ScoringPlan plan, Action action) {
        this.plan = plan;
        this.merger =
                new ShardMerger(
                        plan,
                        shards.waitMillis(),
                        shards.missing() == JobFile.MissingShards.PARTIAL,
                        new Decisions(action));
        this.distribution = new ShardDistribution(plan, RowKernels.create());
    }

    /**
     * Adds a shard.
     *
     * @param shard what it was reduced to
     * @param logits its scores, not kept
     */
    void add(ShardState shard, float[] logits) {
        LabelKey row = new LabelKey(shard.model(), shard.id());
        MemoryShardSlot slot = slots.computeIfAbsent(row, key -> new MemoryShardSlot());
        boolean isKept = plan.wholeDistribution() && !slot.memory().isOver();
        if (isKept) {
            scores.put(shard.key(), ShardScores.of(shard, logits.clone()));
        }
        merger.onShard(slot, shard, Long.MIN_VALUE);
        int index = shard.shard().index();
        boolean isWanted =
                index < slot.memory().count() && slot.memory().digests()[index] == shard.digest();
        if (isKept && !isWanted) {
            scores.remove(shard.key());
        }
    }

    /** Ends all waits. */
    void finish() {
        slots.values().forEach(slot -> merger.onTime(slot, Long.MAX_VALUE));
    }

    private final class Decisions implements ShardMerger.Output {
        private final Action action;

        Decisions(Action action) {
            this.action = action;
        }

        @Override
        public void row(ClassifiedRow row, RawRecord origin) {
            try {
                action.onRow(row);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void refused(ShardState shard, Fault fault) {
            try {
                action.onFault(shard.origin(), fault);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void term(LossTerm term) {
            action.onRefused(term);
        }

        @Override
        public void norm(RowNorm norm) {
            ShardScores kept = scores.remove(norm.key());
            if (!norm.isGiven()) {
                return;
            }
            try {
                action.onDistribution(distribution.encode(kept, norm));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void wakeAt(long millis) {}
    }
}
