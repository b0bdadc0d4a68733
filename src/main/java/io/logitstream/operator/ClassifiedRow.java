package io.logitstream.operator;

import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.RowState;
import io.logitstream.kernel.RowSummary;
import io.logitstream.kernel.SparseRow;
import io.logitstream.kernel.TopK;
import io.logitstream.record.LabelFigures;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Prediction;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.WaitingRow;
import org.jspecify.annotations.Nullable;

/**
 * What a row that could be classified says, whether it came whole or in shards. One for each model,
 * reused from row to row; not thread-safe.
 */
public final class ClassifiedRow {

    private final ScoringPlan plan;
    private final ModelSpec model;
    private final RowState state;
    private final @Nullable SparseRow sparse;

    private ScoreRecord record;
    private int label;
    private boolean isWhole;
    private boolean givesLabel;
    private float least;
    private float @Nullable [] probabilities;
    private Prediction.@Nullable Missing missing;

    ClassifiedRow(ScoringPlan plan, ModelSpec model) {
        this.plan = plan;
        this.model = model;
        this.state = plan.newState(model);
        this.sparse =
                model.normalizer().isSparse()
                        ? new SparseRow(model.normalizer().sparsePower(), model.temperature())
                        : null;
    }

    /** Returns the state the row is reduced to. */
    RowState state() {
        return state;
    }

    /**
     * Becomes a row that came whole, its state being reduced.
     *
     * @param kernel the kernel that has just done so
     */
    void becomeWhole(ScoreRecord whole, int itsLabel, RowKernel kernel) {
        record = whole;
        label = itsLabel;
        isWhole = true;
        givesLabel = whole.givesLabel();
        missing = null;
        float[] scores = whole.scores();
        if (sparse != null) {
            sparse.become(kernel, scores, 0, scores.length, state.topK().score(0));
        }
        probabilities = plan.wholeDistribution() ? distribution(scores, kernel) : null;
    }

    private float[] distribution(float[] scores, RowKernel kernel) {
        float[] distribution = new float[scores.length];
        if (sparse == null) {
            kernel.probabilitiesInto(scores, 0, scores.length, state, distribution, 0);
        } else {
            sparse.probabilitiesInto(scores, 0, scores.length, distribution, 0);
        }
        return distribution;
    }

    /**
     * Becomes a row that came in shards, its state being merged.
     *
     * @param row the row without scores
     * @param leastScore the least score that is not masked
     * @param missingShards what did not come of it, or null if nothing is missing
     */
    void becomeMerged(
            ScoreRecord row,
            int itsLabel,
            boolean saysLabel,
            float leastScore,
            Prediction.@Nullable Missing missingShards) {
        record = row;
        label = itsLabel;
        isWhole = false;
        givesLabel = saysLabel;
        least = leastScore;
        probabilities = null;
        missing = missingShards;
    }

    /** Returns the model of the row. */
    public ModelSpec model() {
        return model;
    }

    /** Returns the row's id. */
    public String id() {
        return record.id();
    }

    /** Returns which row of its record it is, or {@link ScoreRecord#ONLY_ROW}. */
    int row() {
        return record.row();
    }

    /** Returns whether all of the row came, so that its figures are exact. */
    public boolean isExact() {
        return missing == null;
    }

    /** Returns whether the row has a label. */
    public boolean isLabelled() {
        return label != ScoreRecord.NO_LABEL;
    }

    /**
     * Returns whether the row has to wait for its label: one is to come by itself, and the record
     * had none, not even one to ignore.
     */
    public boolean isWaiting() {
        return plan.keep() != null && !givesLabel;
    }

    /** Returns the prediction. */
    public Prediction prediction() {
        TopK best = state.topK();
        int k = Math.min(best.size(), model.topK());
        int[] classes = new int[k];
        float[] scores = new float[k];
        float[] ofTop = new float[k];
        for (int rank = 0; rank < k; rank++) {
            classes[rank] = best.classAt(rank);
            scores[rank] = best.score(rank);
            ofTop[rank] =
                    sparse == null
                            ? state.probability(scores[rank])
                            : sparse.probability(scores[rank]);
        }
        return new Prediction(
                record.id(),
                record.model(),
                record.timestampMillis(),
                model.numClasses(),
                classes,
                scores,
                ofTop,
                sparse == null ? state.logSumExp() : Double.NaN,
                entropy(),
                state.temperature(),
                model.normalizer(),
                probabilities,
                missing,
                support());
    }

    /** Returns the entropy that is the expected loss, if the distribution is true. */
    private double entropy() {
        return sparse == null ? state.entropy() : summary().sparse().entropy();
    }

    private int support() {
        return sparse == null ? 0 : sparse.support();
    }

    private RowSummary summary() {
        return sparse == null ? state.summary() : sparse.summary();
    }

    /**
     * Returns what has to be kept of the row, which {@linkplain #isWaiting waits}: of one that came
     * in shards the best classes, whatever the job keeps of others.
     */
    public WaitingRow waitingRow() {
        return isWhole
                ? WaitingRow.of(record, state, summary(), plan.keep())
                : WaitingRow.ofBest(record, state, least);
    }

    /** Returns what the row adds to the loss of its window. */
    public LossTerm lossTerm() {
        RowSummary row = summary();
        LabelFigures figures = null;
        if (isLabelled()) {
            int rank = state.topK().rankOf(label);
            figures = LabelFigures.of(label, state.labelScore(), rank, row, model.loss());
        }
        return new LossTerm(
                record.model(),
                record.segment(),
                LossAggregate.Window.startOf(record.timestampMillis(), plan.windowMillis()),
                isWaiting() ? LossTerm.Kind.WAITING_ROW : LossTerm.Kind.ROW,
                1,
                record.weight(),
                row.confidence(),
                row.sparse() == null ? state.entropy() : row.sparse().entropy(),
                state.topK().classAt(0),
                plan.countsClasses(model),
                figures,
                0,
                support());
    }
}
