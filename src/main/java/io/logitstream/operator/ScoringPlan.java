package io.logitstream.operator;

import io.logitstream.config.JobFile;
import io.logitstream.kernel.RowState;
import io.logitstream.kernel.RowState.Sums;
import io.logitstream.record.GradientClasses;
import io.logitstream.record.Keep;
import io.logitstream.record.LabelFigures;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import java.io.Serializable;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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
 * @param takesShards whether rows may come in shards
 * @param fitShare the share of the labelled rows of a softmax whose temperature is fitted, 0 for
 *     none
 * @param gradients of which classes labelled rows have their gradient written, or null for none
 */
public record ScoringPlan(
        List<ModelSpec> models,
        boolean wholeDistribution,
        long windowMillis,
        int perClass,
        @Nullable Keep keep,
        boolean takesShards,
        double fitShare,
        @Nullable GradientClasses gradients)
        implements Serializable {

    /** Creates a plan without fits and gradients. */
    public ScoringPlan(
            List<ModelSpec> models,
            boolean wholeDistribution,
            long windowMillis,
            int perClass,
            @Nullable Keep keep,
            boolean takesShards) {
        this(models, wholeDistribution, windowMillis, perClass, keep, takesShards, 0, null);
    }

    /** Returns the plan of a job. */
    public static ScoringPlan of(JobFile job) {
        JobFile.Losses losses = job.losses();
        JobFile.Labels labels = job.labels();
        JobFile.Gradients gradients = job.gradients();
        return new ScoringPlan(
                job.models(),
                job.predictions().emit() == JobFile.Emit.FULL,
                losses == null ? 0 : losses.windowMillis(),
                losses == null ? 0 : losses.perClass(),
                labels == null ? null : labels.keep(),
                job.shards() != null,
                job.calibration() == null ? 0 : job.calibration().share(),
                gradients == null ? null : gradients.classes());
    }

    /** Returns the same without windows. */
    public ScoringPlan withoutWindows() {
        return new ScoringPlan(
                models, wholeDistribution, 0, perClass, keep, takesShards, fitShare, gradients);
    }

    /** Returns the identity of the states that rows of a model are reduced to. */
    RowState newState(ModelSpec model) {
        Set<Sums> sums = EnumSet.noneOf(Sums.class);
        if (model.normalizer() == Normalizer.SOFTMAX) {
            sums.add(Sums.MOMENTS);
            sums.addAll(model.loss().row().sums());
        }
        int k = Math.max(model.topK(), LabelFigures.RANKS);
        return new RowState(model.temperature(), keep == null ? k : Math.max(k, keep.best()), sums);
    }

    boolean fits(ModelSpec model) {
        return fitShare > 0 && model.normalizer() == Normalizer.SOFTMAX;
    }

    boolean countsClasses(int numClasses) {
        return numClasses <= perClass;
    }
}
