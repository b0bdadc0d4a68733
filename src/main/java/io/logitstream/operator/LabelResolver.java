package io.logitstream.operator;

import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.Label;
import io.logitstream.record.LabelRecord;
import io.logitstream.record.ModelSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the class that a label which came by itself means. Not thread-safe. */
public final class LabelResolver {

    private final Map<String, LabelIndex> indexes = new HashMap<>();

    public LabelResolver(List<ModelSpec> models) {
        models.forEach(model -> indexes.put(model.name(), new LabelIndex(model)));
    }

    /** Returns what is wrong with a label, or null. */
    public @Nullable Fault check(LabelRecord label) {
        LabelIndex index = indexes.get(label.model());
        if (index == null) {
            return new Fault(
                    FaultReason.UNKNOWN_MODEL,
                    "model '"
                            + label.model()
                            + "' is not in the job file, which has "
                            + indexes.keySet());
        }
        return index.indexOf(label.labelName(), label.labelIndex()) == LabelIndex.UNKNOWN
                ? index.fault(label.labelName(), label.labelIndex(), label.model())
                : null;
    }

    /** Resolves a label that was {@linkplain #check checked}. */
    public Label resolve(LabelRecord label) {
        int classIndex = indexes.get(label.model()).indexOf(label.labelName(), label.labelIndex());
        return new Label(label.model(), label.id(), classIndex, label.timestampMillis());
    }
}
