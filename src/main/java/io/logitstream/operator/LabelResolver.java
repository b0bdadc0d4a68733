package io.logitstream.operator;

import io.logitstream.record.Fault;
import io.logitstream.record.Label;
import io.logitstream.record.LabelRecord;
import io.logitstream.record.ModelLoss;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.ScoreRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the class that a label which came by itself means. Not thread-safe. */
public final class LabelResolver {

    private final Map<String, Model> models = new HashMap<>();
    private final UnknownModels unknown = new UnknownModels();

    private record Model(long version, LabelIndex labels, ModelLoss loss) {}

    public LabelResolver(List<ModelSpec> models) {
        models.forEach(this::put);
    }

    /** From now on, labels of this model mean its classes. */
    void put(ModelSpec spec) {
        Model before = models.get(spec.name());
        // Another temperature is nothing to a label.
        if (before == null || before.version != spec.version()) {
            models.put(spec.name(), new Model(spec.version(), new LabelIndex(spec), spec.loss()));
        }
    }

    /** From now on, there are no new rows of this model; those that were there have labels. */
    void retire(String name, long version) {
        unknown.retire(name, version);
    }

    /** Returns what is wrong with a label, or null. */
    public @Nullable Fault check(LabelRecord label) {
        Model model = models.get(label.model());
        if (model == null) {
            return unknown.fault(label.model(), models.keySet());
        }
        return model.labels.indexOf(label.labelName(), label.labelIndex()) == LabelIndex.UNKNOWN
                ? model.labels.fault(label.labelName(), label.labelIndex(), label.model())
                : null;
    }

    /** Resolves a label that was {@linkplain #check checked}. */
    public Label resolve(LabelRecord label) {
        Model model = models.get(label.model());
        int classIndex = model.labels.indexOf(label.labelName(), label.labelIndex());
        double weight = classIndex == ScoreRecord.NO_LABEL ? 1 : model.loss.weightOf(classIndex);
        return new Label(label.model(), label.id(), classIndex, weight, label.timestampMillis());
    }
}
