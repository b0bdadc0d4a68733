package io.logitstream.operator;

import io.logitstream.config.JobFile;
import io.logitstream.operator.types.RecordType;
import io.logitstream.record.HeldMemory;
import io.logitstream.record.JoinMemory;
import io.logitstream.record.Label;
import io.logitstream.record.LabelKey;
import io.logitstream.record.LossTerm;
import io.logitstream.record.PackedRow;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.FlinkRuntimeException;

/**
 * Holds the state and the timers of a {@link LabelJoin}: main output the loss terms, side output
 * {@link Outputs#LABEL_LEDGER} what did not find each other.
 *
 * <p>State per (model, id): the waiting row, from its arrival until event time has passed the label
 * it was joined to, or the row by the wait; beside it a small memory, for twice the wait. Waits end
 * by {@link JoinWakes}, on the slower of the two inputs, so that neither of them, read faster than
 * the other, ends the other's. Where the job's settings ask for that, a checkpoint passes between
 * its lists: a jump of event time may end the wait of a million rows at once.
 *
 * <p>If event time has stood still, since it moved or the job was started, for a week of wall-clock
 * time beyond twice the wait, what is held then is given as long again, and then ends as if its
 * time had come: it stands in the ledger as expired or orphan. So again each time as much has
 * passed. A time to live for each state would bound it too, but would drop without a word, count
 * the time that the job is stopped, and cost a fifth of the join.
 *
 * <p>Beside it, for the metrics, each subtask's number of rows without a label; only their sum
 * survives a change of parallelism.
 */
public final class JoinLabelsOperator extends AbstractStreamOperator<LossTerm>
        implements TwoInputStreamOperator<PackedRow, Label, LossTerm>,
                Triggerable<LabelKey, Long>,
                JoinOutput.Clock {

    private static final long serialVersionUID = 1L;

    private static final Duration GRACE = Duration.ofDays(7);
    private static final long NO_LIST = 0;

    private final ScoringPlan plan;
    private final long waitMillis;
    private final long patienceMillis;
    private final JoinClock clock;
    private final boolean hasLedger;

    private transient ListState<Long> waitingCounts;
    private transient JoinMetrics metrics;
    private transient JoinOutput ahead;
    private transient LabelJoin join;
    private transient KeyedJoinSlot slot;
    private transient JoinWakes wakes;
    private transient InternalTimerService<Long> timers;
    private transient long movedAtMillis;
    private transient long rowsMillis;
    private transient Watermark last;

    /** Creates the operator of a job with labels. */
    public JoinLabelsOperator(JobFile job) {
        plan = ScoringPlan.of(job);
        waitMillis = job.labels().waitMillis();
        hasLedger = job.labelLedger() != null;
        clock = JoinClock.of(job);
        patienceMillis = 2 * waitMillis + clock.behindMillis() + GRACE.toMillis();
    }

    @Override
    public boolean useInterruptibleTimers() {
        return true;
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        waitingCounts =
                context.getOperatorStateStore()
                        .getListState(new ListStateDescriptor<>(StateIds.ROWS_WAITING, Types.LONG));
        long waiting = 0;
        for (long count : waitingCounts.get()) {
            waiting += count;
        }
        metrics = new JoinMetrics(getMetricGroup(), waiting);
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        waitingCounts.update(List.of(metrics.waiting()));
    }

    @Override
    public void open() throws Exception {
        rowsMillis = Long.MIN_VALUE;
        last = new Watermark(Long.MIN_VALUE);
        ahead = new JoinOutput(output, this);
        output = ahead;
        super.open();
        slot =
                new KeyedJoinSlot(
                        getPartitionedState(memory()),
                        getPartitionedState(
                                new ValueStateDescriptor<>(
                                        StateIds.WAITING_ROW, RecordType.WAITING_ROW)));
        KeyedStateBackend<LabelKey> backend = getKeyedStateBackend();
        ListState<LabelKey> lists =
                getOrCreateKeyedState(
                        LongSerializer.INSTANCE,
                        new ListStateDescriptor<>(StateIds.JOIN_WAKES, RecordType.LABEL_KEY));
        timers = getInternalTimerService("wakes", LongSerializer.INSTANCE, this);
        wakes =
                new JoinWakes(
                        backend,
                        lists,
                        timers,
                        getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks());
        join =
                new LabelJoin(
                        plan,
                        waitMillis,
                        plan.windowMillis(),
                        new JoinDecisions(plan.models(), hasLedger, metrics, output));
        movedAtMillis = getProcessingTimeService().getCurrentProcessingTime();
        lookAgain(movedAtMillis);
    }

    private static ValueStateDescriptor<HeldMemory> memory() {
        return new ValueStateDescriptor<>(StateIds.JOIN_MEMORY, RecordType.JOIN_MEMORY);
    }

    @Override
    public void processElement1(StreamRecord<PackedRow> row) throws Exception {
        slot.load((LabelKey) getCurrentKey());
        join.onRow(slot, row.getValue(), wakes.nowMillis());
        store();
    }

    @Override
    public void processElement2(StreamRecord<Label> label) throws Exception {
        slot.load((LabelKey) getCurrentKey());
        join.onLabel(slot, label.getValue(), wakes.nowMillis());
        store();
    }

    /** Looks at the ids of a list. */
    @Override
    public void onEventTime(InternalTimer<LabelKey, Long> timer) throws Exception {
        long list = timer.getNamespace();
        for (LabelKey id : wakes.take(list)) {
            setCurrentKey(id);
            slot.load(id);
            // Else it has ended since it was put on the list, or is on another.
            if (slot.memory().wakeMillis() == list) {
                join.onTime(slot, wakes.nowMillis());
                store();
            }
        }
    }

    /** Ends what event time does not, unless that has moved since, or the job was started again. */
    @Override
    public void onProcessingTime(InternalTimer<LabelKey, Long> timer) throws Exception {
        if (movedAtMillis <= timer.getTimestamp() - 2 * patienceMillis) {
            slot.load(timer.getKey());
            join.onTime(slot, Long.MAX_VALUE);
            store();
        }
    }

    private void store() throws Exception {
        slot.store();
        long millis = slot.wakesAnew();
        if (millis != JoinMemory.NEVER) {
            wakes.add(slot.key(), millis);
        }
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        movedAtMillis = getProcessingTimeService().getCurrentProcessingTime();
        last = mark;
        super.processWatermark(mark);
    }

    @Override
    public void processWatermark1(Watermark mark) throws Exception {
        rowsMillis = mark.getTimestamp();
        super.processWatermark1(mark);
        // The join's own time may be where the labels are, but it is sent further ahead now.
        ahead.moved();
    }

    @Override
    public void processWatermark2(Watermark mark) throws Exception {
        join.labelsPassed(mark.getTimestamp());
        super.processWatermark2(mark);
    }

    /** Timers of the last watermark that gave way would fire behind the end (FLINK-39481). */
    @Override
    public void finish() throws Exception {
        if (last.equals(Watermark.MAX_WATERMARK)) {
            endOverdue();
        }
        super.finish();
    }

    /** Ends what timers that gave way have left. */
    private void endOverdue() throws Exception {
        if (last.getTimestamp() > Long.MIN_VALUE) {
            getTimeServiceManager().orElseThrow().advanceWatermark(last);
            output.emitWatermark(last);
        }
    }

    @Override
    public long ahead(long millis) {
        return clock.ahead(millis, rowsMillis);
    }

    @Override
    public void pauses() {
        try {
            endOverdue();
        } catch (Exception e) {
            throw new FlinkRuntimeException("the waits that are over could not be ended", e);
        }
    }

    private void lookAgain(long fromMillis) {
        getProcessingTimeService().registerTimer(fromMillis + patienceMillis, this::onPatience);
    }

    /** Gives what is held as long again as event time has stood still already. */
    private void onPatience(long nowMillis) throws Exception {
        if (nowMillis < movedAtMillis + patienceMillis) {
            lookAgain(movedAtMillis);
            return;
        }
        wakes.sweep(
                (id, list) -> {
                    slot.load(id);
                    return slot.memory().wakeMillis() == list;
                });
        long due = nowMillis + patienceMillis;
        getKeyedStateBackend()
                .applyToAllKeys(
                        VoidNamespace.INSTANCE,
                        VoidNamespaceSerializer.INSTANCE,
                        memory(),
                        (key, memory) -> timers.registerProcessingTimeTimer(NO_LIST, due));
        lookAgain(nowMillis);
    }
}
