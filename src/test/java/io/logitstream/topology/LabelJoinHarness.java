package io.logitstream.topology;

import io.logitstream.config.JobFile;
import io.logitstream.operator.JoinLabelsFunction;
import io.logitstream.operator.Outputs;
import io.logitstream.operator.types.RecordType;
import io.logitstream.record.Label;
import io.logitstream.record.LabelKey;
import io.logitstream.record.LossTerm;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.WaitingRow;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** All subtasks of the label join of a job, in harnesses. */
final class LabelJoinHarness implements AutoCloseable {

    private final List<
                    KeyedTwoInputStreamOperatorTestHarness<LabelKey, WaitingRow, Label, LossTerm>>
            subtasks = new ArrayList<>();

    /** Opens the subtasks, from the state of others if there is one. */
    static LabelJoinHarness open(JobFile job, int parallelism, Subtasks.@Nullable Snapshot from)
            throws Exception {
        LabelJoinHarness join = new LabelJoinHarness();
        for (int index = 0; index < parallelism; index++) {
            var subtask =
                    new KeyedTwoInputStreamOperatorTestHarness<>(
                            new KeyedCoProcessOperator<>(new JoinLabelsFunction(job)),
                            (WaitingRow row) -> new LabelKey(row.model(), row.id()),
                            (Label label) -> new LabelKey(label.model(), label.id()),
                            RecordType.LABEL_KEY,
                            ScoringTopology.MAX_PARALLELISM,
                            parallelism,
                            index);
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

    void row(WaitingRow row) throws Exception {
        subtask(row.id()).processElement1(new StreamRecord<>(row, row.timestampMillis()));
    }

    void label(Label label) throws Exception {
        subtask(label.id()).processElement2(new StreamRecord<>(label, label.timestampMillis()));
    }

    private KeyedTwoInputStreamOperatorTestHarness<LabelKey, WaitingRow, Label, LossTerm> subtask(
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

    /** Returns the terms since the last call. */
    List<LossTerm> terms() {
        return Subtasks.output(subtasks);
    }

    List<OutputRecord> ledger() {
        return Subtasks.side(subtasks, Outputs.LABEL_LEDGER);
    }

    /** Returns how many entries of state and timers there are. */
    int entries() {
        int entries = 0;
        for (var subtask : subtasks) {
            entries += subtask.numKeyedStateEntries() + subtask.numEventTimeTimers();
        }
        return entries;
    }

    /** Returns how many entries of state there are. */
    int stateEntries() {
        int entries = 0;
        for (var subtask : subtasks) {
            entries += subtask.numKeyedStateEntries();
        }
        return entries;
    }

    /** Sets the wall clock that times to live are measured with. */
    void wallClock(long millis) {
        for (var subtask : subtasks) {
            subtask.setStateTtlProcessingTime(millis);
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
