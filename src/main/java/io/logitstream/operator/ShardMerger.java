package io.logitstream.operator;

import io.logitstream.kernel.RowState;
import io.logitstream.kernel.RowStateFormat;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossTerm;
import io.logitstream.record.RawRecord;
import io.logitstream.record.RowNorm;
import io.logitstream.record.Shard;
import io.logitstream.record.ShardMemory;
import io.logitstream.record.ShardState;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts rows together whose shards come one by one, in any order. Shards are merged in the order of
 * their classes when the last one came, so the order of arrival changes no bit of what they say. Of
 * shards that contradict each other the first to arrive counts:
 *
 * <ul>
 *   <li>A shard that comes again changes nothing. One that says something else than the shard that
 *       came before in its place, or another number of shards, is refused by itself.
 *   <li>A row is refused as a whole if its shards leave a gap, overlap, or do not agree on label,
 *       segment and weight.
 *   <li>A row that is not complete {@code wait} after the event time of its earliest shard, or
 *       after that shard came if it was late, is refused, or given as far as it came. So is one
 *       whose shards are further apart in event time.
 *   <li>That a row is over is remembered for twice as long again. A shard that comes then, or later
 *       than anything is remembered, is too late by itself.
 *   <li>The row's event time is that of its first shard in the order of classes.
 * </ul>
 *
 * Knows nothing of Flink. Not thread-safe.
 */
public final class ShardMerger {

    private final ScoringPlan plan;
    private final long waitMillis;
    private final boolean givesPartial;
    private final Output out;
    private final Map<String, ShardModel> models = new HashMap<>();

    /** Where decisions go. */
    public interface Output {
        /** A row is complete, or as complete as it gets; valid until the next one. */
        void row(ClassifiedRow row, RawRecord origin);

        /** A shard, or a row that this shard is of, cannot be used. */
        void refused(ShardState shard, Fault fault);

        /** A row changes its window without being part of the loss. */
        void term(LossTerm term);

        /** A shard of a row that is over gets what it needs to become a distribution, or not. */
        void norm(RowNorm norm);

        /** {@link #onTime} has to be called once the time has passed this. */
        void wakeAt(long millis);
    }

    /**
     * Creates a merger.
     *
     * @param plan the models and what is wanted of their rows
     * @param waitMillis how long shards wait for each other
     * @param givesPartial whether rows are given of which shards are missing
     */
    public ShardMerger(ScoringPlan plan, long waitMillis, boolean givesPartial, Output out) {
        this.plan = plan;
        this.waitMillis = waitMillis;
        this.givesPartial = givesPartial;
        this.out = out;
        plan.models().forEach(spec -> models.put(spec.name(), new ShardModel(spec, plan)));
    }

    /**
     * A shard came.
     *
     * @param nowMillis how far event time has come, {@link Long#MIN_VALUE} if nobody knows
     */
    public void onShard(ShardSlot slot, ShardState shard, long nowMillis) {
        ShardMemory memory = slot.memory();
        Shard place = shard.shard();
        if (memory.isNone()) {
            if (isForgotten(shard, nowMillis)) {
                out.refused(shard, tooLate(shard, nowMillis));
                return;
            }
            memory = ShardMemory.ofRow(place.count());
        }
        if (place.count() != memory.count()) {
            String others = "%s, but its row has %d shards".formatted(place, memory.count());
            out.refused(shard, ShardReducer.invalid(others));
        } else if (memory.has(place.index())) {
            if (memory.digests()[place.index()] != shard.digest()) {
                String twice = place + " of this row came before and was different";
                out.refused(shard, ShardReducer.invalid(twice));
            }
        } else if (memory.isOver()) {
            out.refused(shard, tooLate(shard, nowMillis));
        } else {
            add(slot, memory, shard, nowMillis);
        }
    }

    private void add(ShardSlot slot, ShardMemory before, ShardState shard, long nowMillis) {
        ShardMemory memory = before.with(shard, waitsUntil(shard, nowMillis));
        if (memory.dueMillis() < before.dueMillis()) {
            out.wakeAt(memory.dueMillis());
        }
        slot.setShard(shard.shard().index(), shard);
        slot.setMemory(memory.isComplete() ? finish(slot, memory) : memory);
    }

    /** Returns whether a row of this time may have been there and be forgotten. */
    private boolean isForgotten(ShardState shard, long nowMillis) {
        return shard.timestampMillis() != RawRecord.NO_TIMESTAMP
                && nowMillis >= shard.timestampMillis() + 2 * waitMillis;
    }

    /** One that comes late has as long as others to find the rest of its row. */
    private long waitsUntil(ShardState shard, long nowMillis) {
        if (shard.timestampMillis() == RawRecord.NO_TIMESTAMP) {
            return Long.MAX_VALUE;
        }
        boolean isLate = nowMillis > shard.timestampMillis() && nowMillis < Long.MAX_VALUE;
        return (isLate ? nowMillis : shard.timestampMillis()) + waitMillis;
    }

    private static Fault tooLate(ShardState shard, long nowMillis) {
        return new Fault(
                FaultReason.TOO_LATE,
                "%s of time %d came when event time was at %d and its row over"
                        .formatted(shard.shard(), shard.timestampMillis(), nowMillis));
    }

    /**
     * Ends what has waited long enough. That a row is over is remembered until all its shards would
     * be too late: they are at most a wait apart, and too late after two.
     *
     * @param nowMillis no shard from before this will come any more, but late ones
     */
    public void onTime(ShardSlot slot, long nowMillis) {
        ShardMemory memory = slot.memory();
        if (memory.isNone()) {
            return;
        }
        if (!memory.isOver() && nowMillis >= memory.dueMillis()) {
            memory = finish(slot, memory);
        }
        if (nowMillis == Long.MAX_VALUE) {
            memory = ShardMemory.NONE;
        } else if (!memory.isOver()) {
            out.wakeAt(memory.dueMillis());
        } else if (nowMillis < memory.dueMillis() + 2 * waitMillis) {
            out.wakeAt(memory.dueMillis() + 2 * waitMillis);
        } else {
            memory = ShardMemory.NONE;
        }
        slot.setMemory(memory);
    }

    /** Ends a row that is complete, or will not be. */
    private ShardMemory finish(ShardSlot slot, ShardMemory memory) {
        List<ShardState> shards = new ArrayList<>();
        List<Integer> absent = new ArrayList<>();
        for (int index = 0; index < memory.count(); index++) {
            if (memory.has(index)) {
                shards.add(slot.shard(index));
            } else {
                absent.add(index);
            }
        }
        ShardState first = shards.get(0);
        ShardModel model = models.get(first.model());
        Fault fault =
                model == null || !model.takes(shards)
                        ? changed(first.model())
                        : ShardFit.check(shards, waitMillis);
        if (fault == null && !absent.isEmpty() && !givesPartial) {
            fault = missing(absent, memory.count());
        }
        if (fault == null) {
            fault = model.merge(shards, absent);
        }
        if (fault == null) {
            out.row(model.row(), first.origin());
        } else {
            out.refused(first, fault);
        }
        if (fault != null || !absent.isEmpty()) {
            refuseTerm(first);
        }
        if (plan.wholeDistribution()) {
            byte[] state = fault == null ? bytes(model.row().state()) : new byte[0];
            shards.forEach(shard -> out.norm(norm(shard, first, state, absent.isEmpty())));
        }
        slot.dropShards();
        return memory.over();
    }

    /** Returns the fault of a row whose job file changed while it waited. */
    static Fault changed(String model) {
        return new Fault(
                FaultReason.UNKNOWN_MODEL,
                "model '%s' of the job file was removed or changed while the row waited"
                        .formatted(model));
    }

    private Fault missing(List<Integer> absent, int count) {
        return new Fault(
                FaultReason.MISSING_SHARDS,
                "%s of %d did not come within %d ms: %s"
                        .formatted(
                                absent.size() == 1 ? "1 shard" : absent.size() + " shards",
                                count,
                                waitMillis,
                                ShardFit.ranges(absent)));
    }

    private void refuseTerm(ShardState first) {
        boolean timeless =
                plan.windowMillis() > 0 && first.timestampMillis() == RawRecord.NO_TIMESTAMP;
        if (!timeless) {
            out.term(
                    LossTerm.event(
                            LossTerm.Kind.REFUSED_ROW,
                            first.model(),
                            first.segment(),
                            LossAggregate.Window.startOf(
                                    first.timestampMillis(), plan.windowMillis())));
        }
    }

    private static RowNorm norm(ShardState shard, ShardState first, byte[] state, boolean isExact) {
        return new RowNorm(
                shard.model(),
                shard.id(),
                first.timestampMillis(),
                shard.shard(),
                shard.digest(),
                state,
                isExact,
                shard.origin());
    }

    private static byte[] bytes(RowState state) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 10);
        try {
            RowStateFormat.write(state, new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return bytes.toByteArray();
    }
}
