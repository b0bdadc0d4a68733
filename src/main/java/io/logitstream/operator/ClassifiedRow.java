package io.logitstream.operator;

import io.logitstream.kernel.ClassSet;
import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.RowState;
import io.logitstream.record.Fault;
import io.logitstream.record.Gradient;
import io.logitstream.record.Inexact;
import io.logitstream.record.LabelFigures;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelCard;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Prediction;
import io.logitstream.record.RowComparison;
import io.logitstream.record.RowFit;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.Selection;
import io.logitstream.record.WaitingRow;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a row that could be classified says, whether it came whole or in shards. One for each model,
 * reused from row to row; not thread-safe.
 */
public final class ClassifiedRow {

    private final ScoringPlan plan;
    private final ModelSpec model;
    private final RowState state;
    private final RowReading ofAll;
    private final @Nullable RowComparer comparer;
    private final @Nullable RowFitter fitter;
    private final @Nullable ModelCard card;
    private final @Nullable RowDifferentiator differentiator;
    private @Nullable SelectedReading truncated;
    private @Nullable SelectedReading sampled;

    private ScoreRecord record;
    private int label;
    private @Nullable ClassSet labels;
    private boolean isWhole;
    private boolean givesLabel;
    private float least;
    private float @Nullable [] probabilities;
    private RowReading reading;
    private @Nullable Inexact missing;

    /** Of a row that came with all its scores: it can look at them again. */
    private @Nullable RowKernel kernel;

    ClassifiedRow(ScoringPlan plan, ModelSpec model) {
        this.plan = plan;
        this.model = model;
        this.state = plan.newState(model);
        this.ofAll = RowReading.of(model, state);
        this.comparer = model.compare() == null ? null : new RowComparer(model, model.compare());
        this.fitter = plan.fits(model) ? new RowFitter(model, plan.fitShare()) : null;
        this.card = model.version() == 0 ? null : ModelCard.of(model);
        this.differentiator = RowDifferentiator.of(plan, model, ofAll);
    }

    /** Returns the state the row is reduced to. */
    RowState state() {
        return state;
    }

    /**
     * Becomes a row that came whole, its state being reduced.
     *
     * @param itsLabel its class, {@link ScoreRecord#NO_LABEL} if there is none or a set
     * @param itsLabels the set of its classes, kept until the next row, or null if there is none
     * @param reducedBy the kernel that has just done so
     */
    void becomeWhole(
            ScoreRecord whole, int itsLabel, @Nullable ClassSet itsLabels, RowKernel reducedBy) {
        record = whole;
        kernel = reducedBy;
        label = itsLabel;
        labels = itsLabels;
        isWhole = true;
        givesLabel = whole.givesLabel();
        missing = null;
        reading = ofAll;
        reading.read(whole, reducedBy);
        probabilities =
                plan.wholeDistribution() ? reading.distribution(whole.scores(), reducedBy) : null;
    }

    /**
     * Becomes a row of which some classes were sent, or one of an adaptive softmax.
     *
     * @return null, or why it has no reading
     */
    @Nullable Fault becomeSelected(ScoreRecord row, int itsLabel, RowKernel reducer) {
        record = row;
        label = itsLabel;
        labels = null;
        isWhole = true;
        givesLabel = row.givesLabel();
        missing = null;
        kernel = null;
        SelectedReading selected = readingOf(row.selection());
        reading = selected;
        Fault fault = selected.read(row, itsLabel, reducer);
        probabilities =
                plan.wholeDistribution() && fault == null
                        ? selected.distribution(row.scores(), reducer)
                        : null;
        return fault;
    }

    private SelectedReading readingOf(@Nullable Selection selection) {
        if (ofAll instanceof AdaptiveReading adaptive) {
            return adaptive;
        }
        if (Objects.requireNonNull(selection).kind() == Selection.Kind.SAMPLED) {
            if (sampled == null) {
                sampled = new SampledReading(model);
            }
            return sampled;
        }
        if (truncated == null) {
            truncated = new TruncatedReading(model, plan);
        }
        return truncated;
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
            Inexact.@Nullable MissingShards missingShards) {
        record = row;
        label = itsLabel;
        labels = null;
        isWhole = false;
        reading = ofAll;
        givesLabel = saysLabel;
        least = leastScore;
        probabilities = null;
        missing = missingShards;
        kernel = null;
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

    /** Returns whether all came that belongs to the row; if not, it has no part in the loss. */
    public boolean isComplete() {
        return missing == null;
    }

    /** Returns whether the row has a label. */
    public boolean isLabelled() {
        return labels != null || label != ScoreRecord.NO_LABEL;
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
        int k = Math.min(reading.best(), model.topK());
        int[] classes = new int[k];
        float[] scores = new float[k];
        float[] ofTop = new float[k];
        for (int rank = 0; rank < k; rank++) {
            classes[rank] = reading.classAt(rank);
            scores[rank] = reading.scoreAt(rank);
            ofTop[rank] = reading.probabilityAt(rank);
        }
        return new Prediction(
                record.id(),
                record.model(),
                record.timestampMillis(),
                model.numClasses(),
                classes,
                scores,
                ofTop,
                reading.logSumExp(),
                reading.entropy(),
                model.temperature(),
                model.normalizer(),
                probabilities,
                missing == null ? reading.inexact() : missing,
                reading.support(),
                reading.visited());
    }

    /**
     * Returns what has to be kept of the row, which {@linkplain #isWaiting waits}: of one that came
     * in shards the best classes, whatever the job keeps of others.
     *
     * @throws IllegalStateException if it has a hierarchical or adaptive softmax or a sigmoid; no
     *     job lets such rows wait
     */
    public WaitingRow waitingRow() {
        if (reading instanceof TruncatedReading ofBest) {
            return ofBest.waitingRow();
        }
        if (!(reading instanceof SoftmaxReading softmax)) {
            throw new IllegalStateException("rows of model " + model.name() + " cannot wait");
        }
        return isWhole
                ? WaitingRow.of(record, state, softmax.summary(), plan.keep(), model.loss().row())
                : WaitingRow.ofBest(record, state, least, model.loss().row());
    }

    /**
     * Returns what the row adds to the loss of its window. Looks at the scores again if they are to
     * be compared or fitted, which are valid until the next record is decoded.
     */
    public LossTerm lossTerm() {
        return new LossTerm(
                record.model(),
                record.segment(),
                LossAggregate.Window.startOf(record.timestampMillis(), plan.windowMillis()),
                isWaiting() ? LossTerm.Kind.WAITING_ROW : LossTerm.Kind.ROW,
                1,
                record.weight(),
                reading.confidence(),
                reading.entropy(),
                reading.best() == 0 ? 0 : reading.classAt(0),
                plan.countsClasses(model.numClasses()),
                judged(),
                0,
                reading.support(),
                reading.certainty(),
                reading.saturation(),
                fit(),
                comparison(),
                card);
    }

    /**
     * Returns the gradient of the row's loss, valid until the next row, or null if nobody wants it
     * or the row is not whole, or has no label that counts, or a masked one.
     */
    public @Nullable Gradient gradient() {
        return kernel != null && differentiator != null && label != ScoreRecord.NO_LABEL
                ? differentiator.gradient(record, label, kernel)
                : null;
    }

    private @Nullable RowFit fit() {
        return kernel != null && fitter != null && isLabelled() && fitter.chooses(record.id())
                ? fitter.fit(record, label, state, kernel)
                : null;
    }

    private @Nullable RowComparison comparison() {
        return kernel != null && comparer != null && comparer.chooses(record.id())
                ? comparer.compare(record, label, kernel)
                : null;
    }

    private @Nullable LabelFigures judged() {
        if (labels != null) {
            return reading.judge(labels);
        }
        return isLabelled() ? reading.judge(label) : null;
    }
}
