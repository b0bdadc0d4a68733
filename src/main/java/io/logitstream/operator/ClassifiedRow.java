package io.logitstream.operator;

import io.logitstream.kernel.RowState;
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
    }

    /** Returns the state the row is reduced to. */
    RowState state() {
        return state;
    }

    /** Becomes a row that came whole, its state being reduced. */
    void becomeWhole(ScoreRecord whole, int itsLabel, float @Nullable [] itsProbabilities) {
        record = whole;
        label = itsLabel;
        isWhole = true;
        givesLabel = whole.givesLabel();
        probabilities = itsProbabilities;
        missing = null;
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
            ofTop[rank] = state.probability(scores[rank]);
        }
        return new Prediction(
                record.id(),
                record.model(),
                record.timestampMillis(),
                model.numClasses(),
                classes,
                scores,
                ofTop,
                state.logSumExp(),
                state.entropy(),
                state.temperature(),
                model.normalizer(),
                probabilities,
                missing);
    }

    /**
     * Returns what has to be kept of the row, which {@linkplain #isWaiting waits}: of one that came
     * in shards the best classes, whatever the job keeps of others.
     */
    public WaitingRow waitingRow() {
        return isWhole
                ? WaitingRow.of(record, state, plan.keep())
                : WaitingRow.ofBest(record, state, least);
    }

    /** Returns what the row adds to the loss of its window. */
    public LossTerm lossTerm() {
        LabelFigures figures = null;
        if (isLabelled()) {
            int rank = state.topK().rankOf(label);
            figures =
                    LabelFigures.of(label, state.labelScore(), rank, state.summary(), model.loss());
        }
        return new LossTerm(
                record.model(),
                record.segment(),
                LossAggregate.Window.startOf(record.timestampMillis(), plan.windowMillis()),
                isWaiting() ? LossTerm.Kind.WAITING_ROW : LossTerm.Kind.ROW,
                1,
                record.weight(),
                state.confidence(),
                state.entropy(),
                state.topK().classAt(0),
                plan.countsClasses(model),
                figures,
                0);
    }
}
