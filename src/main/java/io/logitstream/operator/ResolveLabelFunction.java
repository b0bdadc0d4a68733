package io.logitstream.operator;

import io.logitstream.config.JobFile;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.Label;
import io.logitstream.record.LabelInput;
import io.logitstream.record.LabelRecord;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.RawRecord;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/**
 * Finds the class of each label, or makes a dead letter of it. What a label is held to is the
 * {@link LabelResolver}'s. Keeps nothing of the labels it has resolved.
 */
public final class ResolveLabelFunction extends ControlledFunction<LabelInput, Label> {

    private static final long serialVersionUID = 1L;

    private final List<ModelSpec> models;
    private final OutputLimit limit;

    private transient LabelResolver resolver;
    private transient DeadLetters deadLetters;
    private transient ModelMetrics metrics;

    /**
     * Creates the function of a job.
     *
     * @param control how its models change, or null if they do not
     */
    public ResolveLabelFunction(JobFile job, @Nullable ControlPlan control, OutputLimit limit) {
        super(control, LabelInput.class);
        this.models = job.models();
        this.limit = limit;
    }

    @Override
    public void open(OpenContext context) {
        resolver = new LabelResolver(models);
        deadLetters = new DeadLetters(limit);
        metrics = new ModelMetrics(getRuntimeContext().getMetricGroup(), models);
        learnModels();
    }

    @Override
    void know(ModelSpec model) {
        resolver.put(model);
        metrics.know(model);
    }

    @Override
    void forget(String model, long version) {
        resolver.retire(model, version);
    }

    @Override
    @Nullable String modelOf(LabelInput input) {
        return input.label() == null ? null : input.label().model();
    }

    @Override
    LabelInput copy(LabelInput input) {
        return input;
    }

    @Override
    void process(LabelInput input, Context context, Collector<Label> out) {
        LabelRecord label = input.label();
        ModelMetrics.Counters counters = metrics.of(label == null ? null : label.model());
        counters.records.inc();
        Fault fault = label == null ? input.fault() : resolver.check(label);
        if (fault == null && label.timestampMillis() == RawRecord.NO_TIMESTAMP) {
            fault =
                    new Fault(
                            FaultReason.INVALID_TIMESTAMP,
                            "neither the label nor Kafka gives a timestamp, which tells its score");
        }
        if (fault != null) {
            counters.deadLetters(fault.reason()).inc();
            context.output(Outputs.DEAD_LETTERS, deadLetters.of(input.raw(), fault));
            return;
        }
        out.collect(resolver.resolve(label));
    }
}
