package io.logitstream.operator;

import io.logitstream.record.ControlRecord;
import io.logitstream.record.DecodedInput;
import io.logitstream.record.ModelDirectory;
import io.logitstream.record.ModelSpec;
import java.nio.charset.StandardCharsets;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Does something with records of models that may change while it runs. Each record is looked at
 * under one specification, the one that holds when it comes. Without a {@link ControlPlan} the
 * models are those of the job file and nothing is kept.
 *
 * @param <I> what it reads
 * @param <O> what it gives
 */
public abstract class ControlledFunction<I extends DecodedInput<I>, O> extends ProcessFunction<I, O>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    /** How long changes are made at once: longer would keep checkpoints waiting. */
    private static final long MOST_NANOS = 20_000_000;

    private final @Nullable ControlPlan control;
    private final Class<I> inputs;

    private transient @Nullable LiveModels models;
    private transient @Nullable WaitingInputs<I> waiting;
    private transient @Nullable ControlInbox inbox;
    private transient @Nullable AutoCloseable feed;

    ControlledFunction(@Nullable ControlPlan control, Class<I> inputs) {
        this.control = control;
        this.inputs = inputs;
    }

    /** A model is there, or is another one than before. */
    abstract void know(ModelSpec model);

    /** A model is there no more. */
    abstract void forget(String model, long version);

    /** Returns the model of a record, null if it could not be read. */
    abstract @Nullable String modelOf(I input);

    /** Returns a record that nobody else will write to. */
    abstract I copy(I input);

    /** Does what there is to do with a record, whether its model is known or not. */
    abstract void process(I input, Context context, Collector<O> out) throws Exception;

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        if (control == null) {
            return;
        }
        models = LiveModels.atStart(control, context.getOperatorStateStore());
        waiting =
                new WaitingInputs<>(
                        context.getOperatorStateStore(),
                        inputs,
                        control.waitMillis(),
                        control.maxWaiting());
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        if (waiting != null) {
            waiting.snapshot();
        }
    }

    /** Makes the models known that the job has so far; called once, when the function is ready. */
    final void learnModels() {
        if (control != null) {
            models.directory().all().forEach(each -> learn(each.name()));
            inbox = new ControlInbox();
            feed = control.feed().open(inbox);
        }
    }

    @Override
    public void close() throws Exception {
        if (feed != null) {
            inbox.close();
            feed.close();
        }
    }

    private void learn(String name) {
        ModelSpec model = models.directory().model(name);
        ModelDirectory.Standing standing = models.directory().find(name);
        if (model != null) {
            know(model);
        } else if (standing != null) {
            // Labels of a model that is no more still find its rows.
            if (standing.spec() != null) {
                know(standing.spec());
            }
            forget(name, standing.version());
        }
    }

    /** A model that was retired is not waited for. */
    private boolean isOfUnknownModel(I input) {
        String model = modelOf(input);
        return model != null && !models.directory().knows(model);
    }

    @Override
    public final void processElement(I input, Context context, Collector<O> out) throws Exception {
        if (waiting != null && waiting.hasRoom() && isOfUnknownModel(input)) {
            waiting.add(copy(input), context.timerService().currentProcessingTime());
        } else {
            process(input, context, out);
        }
    }

    /** Makes the changes that have come, and ends the wait of what has waited long enough. */
    final void look(long nowMillis, Context context, Collector<O> out) throws Exception {
        long start = System.nanoTime();
        boolean isLast = nowMillis == Long.MAX_VALUE;
        ControlRecord record = inbox.next();
        while (record != null) {
            change(record);
            boolean goesOn = isLast || System.nanoTime() - start < MOST_NANOS;
            record = goesOn ? inbox.next() : null;
        }
        for (I input : waiting.take(each -> !isOfUnknownModel(each), nowMillis)) {
            process(input, context, out);
        }
    }

    private void change(ControlRecord record) throws Exception {
        String name = new String(record.key(), StandardCharsets.UTF_8);
        ModelSpec before = models.directory().model(name);
        // Of what cannot be done somebody else makes a dead letter.
        models.offer(record);
        ModelSpec after = models.directory().model(name);
        if (!isSame(before, after)) {
            learn(name);
        }
    }

    private static boolean isSame(@Nullable ModelSpec before, @Nullable ModelSpec after) {
        return before == null || after == null
                ? before == after
                : before.version() == after.version()
                        && before.temperatureVersion() == after.temperatureVersion();
    }
}
