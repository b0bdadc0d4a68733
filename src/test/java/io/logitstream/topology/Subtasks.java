package io.logitstream.topology;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/** What the harnesses of all subtasks of an operator have in common. */
final class Subtasks {

    private Subtasks() {}

    /** The state of all subtasks. */
    record Snapshot(OperatorSubtaskState state, int parallelism) {

        /** Returns the names of the keyed state, as they are written. */
        List<String> stateNames() throws Exception {
            return LossWindowHarness.stateNames(state);
        }
    }

    /** Gives a subtask its part of a state, if there is one. */
    static void restore(
            AbstractStreamOperatorTestHarness<?> subtask,
            @Nullable Snapshot from,
            int parallelism,
            int index)
            throws Exception {
        if (from != null) {
            subtask.initializeState(
                    AbstractStreamOperatorTestHarness.repartitionOperatorState(
                            from.state,
                            ScoringTopology.MAX_PARALLELISM,
                            from.parallelism,
                            parallelism,
                            index));
        }
    }

    static Snapshot snapshot(List<? extends AbstractStreamOperatorTestHarness<?>> subtasks)
            throws Exception {
        OperatorSubtaskState[] states = new OperatorSubtaskState[subtasks.size()];
        for (int index = 0; index < states.length; index++) {
            states[index] = subtasks.get(index).snapshot(1, 1);
        }
        return new Snapshot(
                AbstractStreamOperatorTestHarness.repackageState(states), states.length);
    }

    /** Returns the main output since the last call. */
    static <T> List<T> output(List<? extends AbstractStreamOperatorTestHarness<T>> subtasks) {
        List<T> all = new ArrayList<>();
        for (AbstractStreamOperatorTestHarness<T> subtask : subtasks) {
            all.addAll(subtask.extractOutputValues());
            subtask.getOutput().clear();
        }
        return all;
    }

    /** Returns a side output so far. */
    static <T> List<T> side(
            List<? extends AbstractStreamOperatorTestHarness<?>> subtasks, OutputTag<T> tag) {
        List<T> all = new ArrayList<>();
        for (AbstractStreamOperatorTestHarness<?> subtask : subtasks) {
            var records = subtask.getSideOutput(tag);
            if (records != null) {
                records.forEach(record -> all.add(record.getValue()));
            }
        }
        return all;
    }
}
