package io.logitstream.operator;

import io.logitstream.codec.JsonLedgerEncoder;
import io.logitstream.config.JobFile;
import io.logitstream.operator.types.RecordType;
import io.logitstream.record.Header;
import io.logitstream.record.JoinMemory;
import io.logitstream.record.Label;
import io.logitstream.record.LabelKey;
import io.logitstream.record.LedgerEntry;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.PackedRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimeDomain;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Holds the state and the timers of a {@link LabelJoin}: main output the loss terms, side output
 * {@link Outputs#LABEL_LEDGER} what did not find each other.
 *
 * <p>State per (model, id): the waiting row, from its arrival until event time has passed the label
 * it was joined to, or the row by the wait; beside it a small memory, for twice the wait. Both are
 * dropped by timers on the slower of the two inputs, so that neither of them, read faster than the
 * other, ends the other's wait. If event time stands still, a timer of wall-clock time ends both,
 * see {@link JoinLabelsOperator}.
 *
 * <p>Beside it, for the metrics, each subtask's number of rows without a label; only their sum
 * survives a change of parallelism.
 */
public final class JoinLabelsFunction
        extends KeyedCoProcessFunction<LabelKey, PackedRow, Label, LossTerm>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private final ScoringPlan plan;
    private final long waitMillis;
    private final boolean hasLedger;

    private transient ValueState<JoinMemory> memories;
    private transient ValueState<PackedRow> rows;
    private transient ListState<Long> waitingCounts;
    private transient JoinMetrics metrics;
    private transient LabelJoin join;
    private transient Slot slot;
    private transient Decisions decisions;
    private transient long labelsMillis;

    /** Creates the function of a job that has labels. */
    public JoinLabelsFunction(JobFile job) {
        this.plan = ScoringPlan.of(job);
        this.waitMillis = job.labels().waitMillis();
        this.hasLedger = job.labelLedger() != null;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        waitingCounts =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>(StateIds.ROWS_WAITING, Types.LONG));
        long waiting = 0;
        for (long count : waitingCounts.get()) {
            waiting += count;
        }
        metrics = new JoinMetrics(getRuntimeContext().getMetricGroup(), waiting);
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        waitingCounts.update(List.of(metrics.waiting()));
    }

    @Override
    public void open(OpenContext context) {
        memories = getRuntimeContext().getState(memory());
        rows =
                getRuntimeContext()
                        .getState(
                                new ValueStateDescriptor<>(
                                        StateIds.WAITING_ROW, RecordType.WAITING_ROW));
        slot = new Slot();
        labelsMillis = Long.MIN_VALUE;
        decisions = new Decisions();
        join = new LabelJoin(plan, waitMillis, plan.windowMillis(), decisions);
    }

    /** Returns the state that every (model, id) has of which something is held. */
    static ValueStateDescriptor<JoinMemory> memory() {
        return new ValueStateDescriptor<>(StateIds.JOIN_MEMORY, RecordType.JOIN_MEMORY);
    }

    @Override
    public void processElement1(PackedRow row, Context context, Collector<LossTerm> out)
            throws IOException {
        prepare(context, context.getCurrentKey(), out);
        join.onRow(slot, row);
        slot.store();
    }

    @Override
    public void processElement2(Label label, Context context, Collector<LossTerm> out)
            throws IOException {
        prepare(context, context.getCurrentKey(), out);
        join.onLabel(slot, label);
        slot.store();
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<LossTerm> out)
            throws IOException {
        prepare(context, context.getCurrentKey(), out);
        if (context.timeDomain() == TimeDomain.PROCESSING_TIME) {
            dropTimers(slot.memory(), context.timerService());
            join.onTime(slot, Long.MAX_VALUE, Long.MAX_VALUE);
        } else {
            long now = Math.max(timestamp, context.timerService().currentWatermark());
            join.onTime(slot, now, labelsMillis);
        }
        slot.store();
    }

    /** Takes back the timers of what ends before they do. */
    private void dropTimers(JoinMemory held, TimerService timers) {
        if (held.hasScore()) {
            timers.deleteEventTimeTimer(held.scoreMillis() + waitMillis);
            timers.deleteEventTimeTimer(held.scoreMillis() + 2 * waitMillis);
        }
        for (int i = 0; i < held.labels().size(); i++) {
            timers.deleteEventTimeTimer(held.labels().millis(i) + waitMillis);
            timers.deleteEventTimeTimer(held.labels().millis(i) + LabelJoin.SETTLED);
        }
    }

    /** Notes how far the labels have come by themselves. */
    void labelsPassed(long watermark) {
        labelsMillis = watermark;
    }

    private void prepare(Context context, LabelKey key, Collector<LossTerm> out)
            throws IOException {
        slot.load(key);
        decisions.context = context;
        decisions.out = out;
    }

    /** The state of the current key; its memory is read and written once, however often asked. */
    private final class Slot implements JoinSlot {
        private LabelKey key;
        private JoinMemory stored;
        private JoinMemory memory;

        void load(LabelKey current) throws IOException {
            key = current;
            JoinMemory held = memories.value();
            stored = held == null ? JoinMemory.NONE : held;
            memory = stored;
        }

        void store() throws IOException {
            if (memory != stored) {
                memories.update(memory.isNone() ? null : memory);
            }
        }

        @Override
        public String model() {
            return key.model();
        }

        @Override
        public String id() {
            return key.id();
        }

        @Override
        public JoinMemory memory() {
            return memory;
        }

        @Override
        public void setMemory(JoinMemory changed) {
            memory = changed;
        }

        @Override
        public @Nullable PackedRow row() {
            try {
                return rows.value();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void setRow(@Nullable PackedRow row) {
            if (row != null) {
                metrics.came();
            }
            try {
                rows.update(row);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Sends on what the join decides. */
    private final class Decisions implements LabelJoin.Output {
        private final Map<String, ModelSpec> models = new HashMap<>();
        private final JsonLedgerEncoder encoder = new JsonLedgerEncoder();
        Context context;
        Collector<LossTerm> out;

        Decisions() {
            plan.models().forEach(model -> models.put(model.name(), model));
        }

        @Override
        public void term(LossTerm term) {
            metrics.ended(term);
            out.collect(term);
        }

        @Override
        public void ledger(LedgerEntry entry) {
            if (hasLedger) {
                context.output(
                        Outputs.LABEL_LEDGER,
                        new OutputRecord(
                                entry.id().getBytes(StandardCharsets.UTF_8),
                                encoder.encode(entry, models.get(entry.model())),
                                Header.NONE));
            }
        }

        @Override
        public void wakeAt(long millis) {
            TimerService timers = context.timerService();
            timers.registerEventTimeTimer(millis);
        }
    }
}
