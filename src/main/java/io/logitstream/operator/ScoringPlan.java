package io.logitstream.operator;

import io.logitstream.config.JobFile;
import io.logitstream.record.Keep;
import io.logitstream.record.ModelSpec;
import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is wanted of the rows of a job.
 *
 * @param models the models, at least one
 * @param wholeDistribution whether predictions carry all probabilities
 * @param windowMillis length of the loss windows, or 0 if rows need no window (then they need no
 *     time either)
 * @param perClass models with at most this many classes have them counted one by one
 * @param keep what a row without a label keeps for it, or null if no label will come
 */
public record ScoringPlan(
        List<ModelSpec> models,
        boolean wholeDistribution,
        long windowMillis,
        int perClass,
        @Nullable Keep keep)
        implements Serializable {

    /** Returns the plan of a job. */
    public static ScoringPlan of(JobFile job) {
        JobFile.Losses losses = job.losses();
        JobFile.Labels labels = job.labels();
        return new ScoringPlan(
                job.models(),
                job.predictions().emit() == JobFile.Emit.FULL,
                losses == null ? 0 : losses.windowMillis(),
                losses == null ? 0 : losses.perClass(),
                labels == null ? null : labels.keep());
    }

    /** Returns the same without windows. */
    public ScoringPlan withoutWindows() {
        return new ScoringPlan(models, wholeDistribution, 0, perClass, keep);
    }

    boolean countsClasses(ModelSpec model) {
        return model.numClasses() <= perClass;
    }
}
