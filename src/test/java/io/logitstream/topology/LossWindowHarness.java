package io.logitstream.topology;

import io.logitstream.config.JobFile;
import io.logitstream.operator.CheckModelsFunction;
import io.logitstream.operator.ControlPlan;
import io.logitstream.operator.OperatorIds;
import io.logitstream.operator.OutputLimit;
import io.logitstream.operator.Outputs;
import io.logitstream.operator.TestJobs;
import io.logitstream.record.Header;
import io.logitstream.record.LossKey;
import io.logitstream.record.LossPartial;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreInput;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedBackendSerializationProxy;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.api.operators.StreamOperatorFactory;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;

/** All subtasks of the loss window as the topology wires it, in harnesses. */
final class LossWindowHarness {

    private static final ScoreInput ANY =
            new ScoreInput(new RawRecord("scores", 0, 0, 0, null, null, Header.NONE), null, null);

    private static final OutputLimit ROOMY = new OutputLimit(1 << 20);
    private static final JobFile SMALL =
            TestJobs.job(JobFile.Emit.TOP_K, TestJobs.LOSSES, TestJobs.model("m", 2));

    private final List<KeyedOneInputStreamOperatorTestHarness<LossKey, LossPartial, OutputRecord>>
            subtasks = new ArrayList<>();

    /** Opens the subtasks of a small job, from the state of others if there is one. */
    static LossWindowHarness open(int parallelism, Subtasks.@Nullable Snapshot from)
            throws Exception {
        return open(SMALL, parallelism, from);
    }

    /** Opens the subtasks of a job. */
    static LossWindowHarness open(JobFile job, int parallelism, Subtasks.@Nullable Snapshot from)
            throws Exception {
        return open(job, ROOMY, parallelism, from);
    }

    /** Opens the subtasks of a job whose outputs have a limit. */
    static LossWindowHarness open(
            JobFile job, OutputLimit limit, int parallelism, Subtasks.@Nullable Snapshot from)
            throws Exception {
        return open(job, null, limit, parallelism, from);
    }

    /** Opens the subtask of a job whose models change. */
    static LossWindowHarness open(
            JobFile job, ControlPlan control, Subtasks.@Nullable Snapshot from) throws Exception {
        return open(job, control, ROOMY, 1, from);
    }

    private static LossWindowHarness open(
            JobFile job,
            @Nullable ControlPlan control,
            OutputLimit limit,
            int parallelism,
            Subtasks.@Nullable Snapshot from)
            throws Exception {
        LossWindowHarness window = new LossWindowHarness();
        for (int index = 0; index < parallelism; index++) {
            var subtask = subtask(job, control, limit, parallelism, index);
            Subtasks.restore(subtask, from, parallelism, index);
            subtask.open();
            window.subtasks.add(subtask);
        }
        return window;
    }

    /** Returns the names of the keyed state, as they are written. */
    static List<String> stateNames(OperatorSubtaskState state) throws Exception {
        List<String> names = new ArrayList<>();
        for (KeyedStateHandle handle : state.getManagedKeyedState()) {
            var proxy =
                    new KeyedBackendSerializationProxy<LossKey>(
                            LossWindowHarness.class.getClassLoader());
            try (var in = ((KeyGroupsStateHandle) handle).openInputStream()) {
                proxy.read(new DataInputViewStreamWrapper(in));
            }
            proxy.getStateMetaInfoSnapshots().forEach(each -> names.add(each.getName()));
        }
        return names;
    }

    @SuppressWarnings("unchecked") // The graph forgets the types, the wiring does not.
    private static KeyedOneInputStreamOperatorTestHarness<LossKey, LossPartial, OutputRecord>
            subtask(
                    JobFile job,
                    @Nullable ControlPlan control,
                    OutputLimit limit,
                    int parallelism,
                    int index)
                    throws Exception {
        StreamNode node = node(job, control, limit, OperatorIds.LOSS_WINDOW);
        return new KeyedOneInputStreamOperatorTestHarness<>(
                (StreamOperatorFactory<OutputRecord>) node.getOperatorFactory(),
                (KeySelector<LossPartial, LossKey>) node.getStatePartitioners()[0],
                TypeInformation.of(LossKey.class),
                ScoringTopology.MAX_PARALLELISM,
                parallelism,
                index);
    }

    /** Returns a harness of what turns late partials into dead letters. */
    @SuppressWarnings("unchecked")
    static OneInputStreamOperatorTestHarness<LossPartial, OutputRecord> latePartials()
            throws Exception {
        return new OneInputStreamOperatorTestHarness<>(
                (StreamOperatorFactory<OutputRecord>)
                        node(SMALL, null, ROOMY, OperatorIds.LATE_PARTIALS).getOperatorFactory(),
                1,
                1,
                0);
    }

    private static StreamNode node(
            JobFile job, @Nullable ControlPlan control, OutputLimit limit, String uid) {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        ScoringTopology.build(
                env.fromData(TypeInformation.of(ScoreInput.class), ANY),
                null,
                job,
                limit,
                new ScoringTopology.Sinks(
                        new DiscardingSink<>(),
                        null,
                        null,
                        new DiscardingSink<>(),
                        new DiscardingSink<>(),
                        null,
                        new DiscardingSink<>(),
                        null,
                        null),
                control == null
                        ? null
                        : new ControlWiring(
                                control,
                                env.fromData(TypeInformation.of(RawRecord.class), ANY.raw()),
                                new CheckModelsFunction(control, "models", limit)));
        return env.getStreamGraph().getStreamNodes().stream()
                .filter(node -> uid.equals(node.getTransformationUID()))
                .findFirst()
                .orElseThrow();
    }

    /** Gives a partial to the subtask that has its key. */
    void process(LossPartial partial) throws Exception {
        int index =
                KeyGroupRangeAssignment.assignKeyToParallelOperator(
                        new LossKey(partial.model(), partial.segment()),
                        ScoringTopology.MAX_PARALLELISM,
                        subtasks.size());
        subtasks.get(index)
                .processElement(new StreamRecord<>(partial, partial.windowStartMillis()));
    }

    void watermark(long millis) throws Exception {
        for (var subtask : subtasks) {
            subtask.processWatermark(millis);
        }
    }

    /** Returns what was published since the last call. */
    List<OutputRecord> published() {
        return Subtasks.output(subtasks);
    }

    /** Returns the partials that came after their window was gone. */
    List<LossPartial> late() {
        return Subtasks.side(subtasks, Outputs.LATE_PARTIALS);
    }

    /** Returns all alerts so far. */
    List<OutputRecord> alerts() {
        return Subtasks.side(subtasks, Outputs.ALERTS);
    }

    /** Returns all calibrations so far. */
    List<OutputRecord> calibrations() {
        return Subtasks.side(subtasks, Outputs.CALIBRATIONS);
    }

    /** Returns all dead letters so far. */
    List<OutputRecord> deadLetters() {
        return Subtasks.side(subtasks, Outputs.DEAD_LETTERS);
    }

    /** Returns how many entries of state and timers there are. */
    int entries() {
        int entries = 0;
        for (var subtask : subtasks) {
            entries += subtask.numKeyedStateEntries() + subtask.numEventTimeTimers();
        }
        return entries;
    }

    Subtasks.Snapshot snapshot() throws Exception {
        return Subtasks.snapshot(subtasks);
    }

    void close() throws Exception {
        for (var subtask : subtasks) {
            subtask.close();
        }
    }
}
