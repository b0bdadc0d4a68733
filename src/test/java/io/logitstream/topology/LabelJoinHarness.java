package io.logitstream.topology;

import io.logitstream.config.JobFile;
import io.logitstream.operator.JoinLabelsOperator;
import io.logitstream.operator.Outputs;
import io.logitstream.operator.StateIds;
import io.logitstream.operator.types.RecordType;
import io.logitstream.record.Label;
import io.logitstream.record.LabelKey;
import io.logitstream.record.LossTerm;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.PackedRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.StreamTaskActionExecutor;
import org.apache.flink.streaming.runtime.tasks.mailbox.Mail;
import org.apache.flink.streaming.runtime.tasks.mailbox.MailboxExecutorImpl;
import org.apache.flink.streaming.runtime.tasks.mailbox.TaskMailbox;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** All subtasks of the label join of a job, in harnesses; timers give way to mail. */
final class LabelJoinHarness implements AutoCloseable {

    private final List<KeyedTwoInputStreamOperatorTestHarness<LabelKey, PackedRow, Label, LossTerm>>
            subtasks = new ArrayList<>();

    /** Opens the subtasks, from the state of others if there is one. */
    static LabelJoinHarness open(JobFile job, int parallelism, Subtasks.@Nullable Snapshot from)
            throws Exception {
        return open(job, parallelism, new HashMapStateBackend(), from);
    }

    /** Opens the subtasks, from the state of others if there is one. */
    static LabelJoinHarness open(
            JobFile job, int parallelism, StateBackend backend, Subtasks.@Nullable Snapshot from)
            throws Exception {
        LabelJoinHarness join = new LabelJoinHarness();
        for (int index = 0; index < parallelism; index++) {
            JoinLabelsOperator operator = new JoinLabelsOperator(job);
            var subtask =
                    new KeyedTwoInputStreamOperatorTestHarness<>(
                            operator,
                            (PackedRow row) -> new LabelKey(row.model(), row.id()),
                            (Label label) -> new LabelKey(label.model(), label.id()),
                            RecordType.LABEL_KEY,
                            ScoringTopology.MAX_PARALLELISM,
                            parallelism,
                            index);
            subtask.setStateBackend(backend);
            subtask.getEnvironment()
                    .getJobConfiguration()
                    .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1))
                    .set(CheckpointingOptions.ENABLE_UNALIGNED, true)
                    .set(CheckpointingOptions.ENABLE_UNALIGNED_INTERRUPTIBLE_TIMERS, true);
            operator.setMailboxExecutor(
                    new MailboxExecutorImpl(
                            subtask.getTaskMailbox(), 0, StreamTaskActionExecutor.IMMEDIATE));
            Subtasks.restore(subtask, from, parallelism, index);
            subtask.open();
            join.subtasks.add(subtask);
        }
        return join;
    }

    /** Returns the names of the keyed state, as they are written. */
    static List<String> stateNames() throws Exception {
        try (LabelJoinHarness join = open(LabelJoinStateTest.JOB, 1, null)) {
            join.row(LabelJoinStateTest.row("r", 0));
            return List.copyOf(new TreeSet<>(join.snapshot().stateNames()));
        }
    }

    void row(PackedRow row) throws Exception {
        subtask(row.id()).processElement1(new StreamRecord<>(row, row.timestampMillis()));
    }

    void label(Label label) throws Exception {
        subtask(label.id()).processElement2(new StreamRecord<>(label, label.timestampMillis()));
    }

    private KeyedTwoInputStreamOperatorTestHarness<LabelKey, PackedRow, Label, LossTerm> subtask(
            String id) {
        return subtasks.get(
                KeyGroupRangeAssignment.assignKeyToParallelOperator(
                        new LabelKey("m", id), ScoringTopology.MAX_PARALLELISM, subtasks.size()));
    }

    void scoreWatermark(long millis) throws Exception {
        for (var subtask : subtasks) {
            subtask.processWatermark1(new Watermark(millis));
        }
    }

    void labelWatermark(long millis) throws Exception {
        for (var subtask : subtasks) {
            subtask.processWatermark2(new Watermark(millis));
        }
    }

    /** No row came for a while, and nobody waits for them. */
    void rowsPause() throws Exception {
        for (var subtask : subtasks) {
            subtask.processWatermarkStatus1(WatermarkStatus.IDLE);
        }
    }

    /** Returns what the first subtask sent that is not a term: watermarks and their status. */
    List<Object> times() {
        return subtasks.get(0).getOutput().stream()
                .filter(each -> !(each instanceof StreamRecord))
                .map(Object.class::cast)
                .toList();
    }

    /** Returns everything that the first subtask sent. */
    List<Object> sent() {
        return List.copyOf(subtasks.get(0).getOutput());
    }

    /** No label came for a while, and nobody waits for them. */
    void labelsPause() throws Exception {
        for (var subtask : subtasks) {
            subtask.processWatermarkStatus2(WatermarkStatus.IDLE);
        }
    }

    /** Returns the terms since the last call. */
    List<LossTerm> terms() {
        return Subtasks.output(subtasks);
    }

    List<OutputRecord> ledger() {
        return Subtasks.side(subtasks, Outputs.LABEL_LEDGER);
    }

    /** Returns how many entries of state and timers there are; in RocksDB, without lists. */
    int entries() {
        int entries = 0;
        for (var subtask : subtasks) {
            KeyedStateBackend<LabelKey> state =
                    ((JoinLabelsOperator) subtask.getOperator()).getKeyedStateBackend();
            entries += subtask.numEventTimeTimers();
            entries +=
                    state instanceof HeapKeyedStateBackend<?> heap
                            ? heap.numKeyValueStateEntries()
                            : keys(state, StateIds.JOIN_MEMORY) + keys(state, StateIds.WAITING_ROW);
        }
        return entries;
    }

    private static int keys(KeyedStateBackend<LabelKey> state, String name) {
        try (Stream<LabelKey> keys = state.getKeys(name, VoidNamespace.INSTANCE)) {
            return (int) keys.count();
        }
    }

    /** Puts something into the mailbox of each subtask, for which interruptible timers give way. */
    void mail() {
        for (var subtask : subtasks) {
            TaskMailbox mailbox = subtask.getTaskMailbox();
            mailbox.put(new Mail(() -> {}, TaskMailbox.MAX_PRIORITY, "a test's"));
        }
    }

    /** All input was read. */
    void finish() throws Exception {
        for (var subtask : subtasks) {
            subtask.getOperator().finish();
        }
    }

    /** Lets wall-clock time pass. */
    void wallClock(long millis) throws Exception {
        for (var subtask : subtasks) {
            subtask.setProcessingTime(millis);
        }
    }

    Subtasks.Snapshot snapshot() throws Exception {
        return Subtasks.snapshot(subtasks);
    }

    @Override
    public void close() throws Exception {
        for (var subtask : subtasks) {
            subtask.close();
        }
    }
}
