package io.logitstream.operator;

import io.logitstream.record.ControlRecord;
import io.logitstream.record.Fault;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.RawRecord;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Reads every record that changes a model, once for the whole job, and makes dead letters of those
 * that change nothing. The subtasks whose models change decide the same by themselves.
 */
public final class CheckModelsFunction extends ProcessFunction<RawRecord, OutputRecord>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private final ControlPlan plan;
    private final @Nullable String modelsTopic;
    private final OutputLimit limit;

    private transient LiveModels models;
    private transient DeadLetters deadLetters;

    /**
     * Creates the function.
     *
     * @param modelsTopic where whole models are read, null if nowhere
     */
    public CheckModelsFunction(ControlPlan plan, @Nullable String modelsTopic, OutputLimit limit) {
        this.plan = plan;
        this.modelsTopic = modelsTopic;
        this.limit = limit;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        // After a restore the source goes on where the state is, be it behind the job's start.
        models =
                context.isRestored()
                        ? LiveModels.restored(plan, context.getOperatorStateStore())
                        : LiveModels.atStart(plan, context.getOperatorStateStore());
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) {}

    @Override
    public void open(OpenContext context) {
        deadLetters = new DeadLetters(limit);
    }

    @Override
    public void processElement(RawRecord raw, Context context, Collector<OutputRecord> out)
            throws Exception {
        ControlRecord record = ControlRecord.of(raw, modelsTopic);
        Fault fault = models.offer(record);
        // A change that is sent twice is no mistake.
        if (fault != null && !models.holds(record)) {
            out.collect(deadLetters.of(raw, fault));
        }
    }
}
