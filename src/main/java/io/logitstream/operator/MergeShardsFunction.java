package io.logitstream.operator;

import io.logitstream.config.JobFile;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.LabelKey;
import io.logitstream.record.LossTerm;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.RawRecord;
import io.logitstream.record.RowNorm;
import io.logitstream.record.ShardMemory;
import io.logitstream.record.ShardState;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Holds the state and the timers of a {@link ShardMerger}, and sends on what it decides.
 *
 * <p>State per (model, id): the reduced shards until the row is over, each of a few hundred bytes,
 * 8 more for each of the best classes, and the record's key and headers up to 8 KB; beside them
 * what came, 4 bytes a shard, for twice the wait.
 */
final class MergeShardsFunction extends KeyedProcessFunction<LabelKey, ShardState, OutputRecord> {

    private static final long serialVersionUID = 1L;

    private static final Fault TIMELESS =
            new Fault(
                    FaultReason.INVALID_TIMESTAMP,
                    "neither the record nor Kafka gives a timestamp, but shards need one to wait for each other");

    private final ScoringPlan plan;
    private final long waitMillis;
    private final boolean givesPartial;
    private final long allowedLatenessMillis;
    private final OutputLimit limit;

    private transient Slot slot;
    private transient ShardMerger merger;
    private transient Decisions decisions;

    MergeShardsFunction(JobFile job, OutputLimit limit) {
        this.plan = ScoringPlan.of(job);
        this.waitMillis = job.shards().waitMillis();
        this.givesPartial = job.shards().missing() == JobFile.MissingShards.PARTIAL;
        JobFile.Losses losses = job.losses();
        this.allowedLatenessMillis = losses == null ? 0 : losses.allowedLatenessMillis();
        this.limit = limit;
    }

    @Override
    public void open(OpenContext context) {
        slot =
                new Slot(
                        getRuntimeContext()
                                .getState(
                                        new ValueStateDescriptor<>(
                                                StateIds.SHARD_MEMORY,
                                                TypeInformation.of(ShardMemory.class))),
                        getRuntimeContext()
                                .getMapState(
                                        new MapStateDescriptor<>(
                                                StateIds.SHARDS,
                                                Types.INT,
                                                TypeInformation.of(ShardState.class))));
        decisions =
                new Decisions(
                        new RowEmitter(
                                plan,
                                allowedLatenessMillis,
                                limit,
                                getRuntimeContext().getMetricGroup()));
        merger = new ShardMerger(plan, waitMillis, givesPartial, decisions);
    }

    @Override
    public void processElement(ShardState shard, Context context, Collector<OutputRecord> out) {
        decisions.context = context;
        decisions.out = out;
        if (shard.timestampMillis() == RawRecord.NO_TIMESTAMP) {
            decisions.refused(shard, TIMELESS);
            return;
        }
        merger.onShard(slot, shard, decisions.watermark);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<OutputRecord> out) {
        decisions.context = context;
        decisions.out = out;
        merger.onTime(slot, Math.max(timestamp, context.timerService().currentWatermark()));
    }

    /** Notes that what follows is told that event time has come so far. */
    void passed(long watermark) {
        decisions.watermark = watermark;
    }

    /** The state of the current key. */
    private record Slot(ValueState<ShardMemory> memories, MapState<Integer, ShardState> shards)
            implements ShardSlot {

        @Override
        public ShardMemory memory() {
            try {
                ShardMemory memory = memories.value();
                return memory == null ? ShardMemory.NONE : memory;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void setMemory(ShardMemory memory) {
            try {
                memories.update(memory.isNone() ? null : memory);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public ShardState shard(int index) {
            try {
                return shards.get(index);
            } catch (Exception e) {
                throw new IllegalStateException("shard " + index + " cannot be read", e);
            }
        }

        @Override
        public void setShard(int index, ShardState shard) {
            try {
                shards.put(index, shard);
            } catch (Exception e) {
                throw new IllegalStateException("shard " + index + " cannot be written", e);
            }
        }

        @Override
        public void dropShards() {
            shards.clear();
        }
    }

    /** Sends on what the merger decides. */
    private static final class Decisions implements ShardMerger.Output {
        private final RowEmitter emitter;

        /**
         * What follows knows: a row that a timer ends goes before the watermark that set it off.
         */
        long watermark = Long.MIN_VALUE;

        Context context;
        Collector<OutputRecord> out;

        Decisions(RowEmitter emitter) {
            this.emitter = emitter;
        }

        @Override
        public void row(ClassifiedRow row, RawRecord origin) {
            emitter.emit(row, origin, watermark, out, context::output);
        }

        @Override
        public void refused(ShardState shard, Fault fault) {
            emitter.bury(shard.origin(), fault, emitter.countersOf(shard.model()), context::output);
        }

        @Override
        public void term(LossTerm term) {
            emitter.emitRefused(term, watermark, context::output);
        }

        @Override
        public void norm(RowNorm norm) {
            context.output(Outputs.ROW_NORMS, norm);
        }

        @Override
        public void wakeAt(long millis) {
            context.timerService().registerEventTimeTimer(millis);
        }
    }
}
