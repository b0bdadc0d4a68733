package io.logitstream.operator;

import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.RowState;
import io.logitstream.kernel.RowState.Sums;
import io.logitstream.kernel.TopK;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.LabelFigures;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Prediction;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.WaitingRow;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a row of scores means: checks it against its model, reduces it, and gives the
 * prediction and the loss term. The job and the command line both classify with this class. Not
 * thread-safe; one row at a time:
 *
 * <pre>{@code
 * Fault fault = classifier.classify(row);
 * if (fault == null) { use(classifier.prediction(), classifier.lossTerm()); }
 * }</pre>
 */
public final class RowClassifier {

    /** Weights from here on are refused, so that weighted sums cannot overflow. */
    public static final double WEIGHT_LIMIT = 0x1p40;

    private final RowKernel kernel;
    private final ScoringPlan plan;
    private final Map<String, Model> models = new HashMap<>();

    private Model model;
    private ScoreRecord row;
    private int label;

    /**
     * Creates a classifier.
     *
     * @param plan the models and what is wanted of their rows
     * @param kernel reduces the rows
     */
    public RowClassifier(ScoringPlan plan, RowKernel kernel) {
        this.kernel = kernel;
        this.plan = plan;
        for (ModelSpec spec : plan.models()) {
            models.put(spec.name(), new Model(spec, plan));
        }
    }

    /** A model with what is reused from row to row. */
    private static final class Model {
        final ModelSpec spec;
        final LabelIndex labels;
        final ScoreDeclaration declaration;
        final RowState state;

        Model(ModelSpec spec, ScoringPlan plan) {
            this.spec = spec;
            this.labels = new LabelIndex(spec);
            this.declaration = ScoreDeclaration.of(spec.scoresAre());
            Set<Sums> sums = EnumSet.of(Sums.MOMENTS);
            sums.addAll(spec.loss().row().sums());
            int k = Math.max(spec.topK(), LabelFigures.RANKS);
            if (plan.keep() != null) {
                k = Math.max(k, plan.keep().best());
            }
            this.state = new RowState(spec.temperature(), k, sums);
        }
    }

    /**
     * Classifies a row.
     *
     * @param record the row; its scores may be overwritten by their logarithms
     * @return null if it could be classified, else why it could not
     */
    public @Nullable Fault classify(ScoreRecord record) {
        Model found = models.get(record.model());
        if (found == null) {
            return new Fault(
                    FaultReason.UNKNOWN_MODEL,
                    "model '"
                            + record.model()
                            + "' is not in the job file, which has "
                            + models.keySet());
        }
        model = found;
        row = record;
        Fault fault = checkFields(record, found.spec);
        if (fault == null) {
            fault = found.declaration.toLogits(record.scores());
        }
        if (fault == null) {
            found.state.clear();
            kernel.reduce(record.scores(), 0, record.scores().length, 0, found.state);
            fault = checkScores(record.scores(), found.state);
        }
        if (fault == null) {
            fault = found.declaration.check(record.scores(), found.state, kernel);
        }
        return fault == null ? resolveLabel(record, found) : fault;
    }

    private @Nullable Fault checkFields(ScoreRecord record, ModelSpec spec) {
        if (record.scores().length != spec.numClasses()) {
            return new Fault(
                    FaultReason.WRONG_CLASS_COUNT,
                    record.scores().length
                            + " scores, but model '"
                            + spec.name()
                            + "' has "
                            + spec.numClasses()
                            + " classes");
        }
        if (!(record.weight() < WEIGHT_LIMIT)) {
            return new Fault(
                    FaultReason.INVALID_FIELD,
                    "weight is " + record.weight() + ", must be below 2^40");
        }
        if (plan.windowMillis() > 0 && record.timestampMillis() == RawRecord.NO_TIMESTAMP) {
            return new Fault(
                    FaultReason.INVALID_TIMESTAMP,
                    "neither the record nor Kafka gives a timestamp, but loss windows need one");
        }
        return null;
    }

    private static @Nullable Fault checkScores(float[] scores, RowState state) {
        if (state.isInvalid()) {
            int index = 0;
            while (scores[index] < Float.POSITIVE_INFINITY) {
                index++;
            }
            return new Fault(
                    FaultReason.INVALID_SCORE,
                    "scores["
                            + index
                            + "] is "
                            + scores[index]
                            + "; only numbers and -Infinity are allowed");
        }
        if (state.isAllMasked()) {
            return new Fault(
                    FaultReason.ALL_MASKED,
                    "all " + scores.length + " scores are -Infinity, so nothing is left");
        }
        return null;
    }

    private @Nullable Fault resolveLabel(ScoreRecord record, Model found) {
        label = found.labels.indexOf(record.labelName(), record.labelIndex());
        return label == LabelIndex.UNKNOWN
                ? found.labels.fault(record.labelName(), record.labelIndex(), found.spec.name())
                : null;
    }

    /** Returns whether the last row, classified without fault, has a label. */
    public boolean isLabelled() {
        return label != ScoreRecord.NO_LABEL;
    }

    /** Returns the model of the last row. */
    public ModelSpec model() {
        return model.spec;
    }

    /** Returns the prediction of the last row, which was classified without fault. */
    public Prediction prediction() {
        RowState state = model.state;
        TopK best = state.topK();
        int k = Math.min(best.size(), model.spec.topK());
        int[] classes = new int[k];
        float[] scores = new float[k];
        float[] probabilities = new float[k];
        for (int rank = 0; rank < k; rank++) {
            classes[rank] = best.classAt(rank);
            scores[rank] = best.score(rank);
            probabilities[rank] = state.probability(scores[rank]);
        }
        return new Prediction(
                row.id(),
                row.model(),
                row.timestampMillis(),
                model.spec.numClasses(),
                classes,
                scores,
                probabilities,
                state.logSumExp(),
                state.entropy(),
                state.temperature(),
                model.spec.normalizer(),
                plan.wholeDistribution() ? distribution() : null);
    }

    private float[] distribution() {
        float[] distribution = new float[row.scores().length];
        kernel.probabilitiesInto(
                row.scores(), 0, row.scores().length, model.state, distribution, 0);
        return distribution;
    }

    /**
     * Returns whether the last row, classified without fault, has to wait for its label: one is to
     * come by itself, and the record had none, not even one to ignore.
     */
    public boolean isWaiting() {
        return plan.keep() != null
                && label == ScoreRecord.NO_LABEL
                && row.labelName() == null
                && row.labelIndex() == ScoreRecord.NO_LABEL;
    }

    /** Returns what has to be kept of the last row, which {@linkplain #isWaiting waits}. */
    public WaitingRow waitingRow() {
        return WaitingRow.of(row, model.state, plan.keep());
    }

    /** Returns what the last row, classified without fault, adds to the loss of its window. */
    public LossTerm lossTerm() {
        RowState state = model.state;
        LabelFigures figures = null;
        if (isLabelled()) {
            int rank = state.topK().rankOf(label);
            figures =
                    LabelFigures.of(
                            label, row.scores()[label], rank, state.summary(), model.spec.loss());
        }
        return new LossTerm(
                row.model(),
                row.segment(),
                windowStart(row),
                isWaiting() ? LossTerm.Kind.WAITING_ROW : LossTerm.Kind.ROW,
                1,
                row.weight(),
                state.confidence(),
                state.entropy(),
                state.topK().classAt(0),
                plan.countsClasses(model.spec),
                figures,
                0);
    }

    /**
     * Returns what a refused row adds to its window, or null if it has none: its model is not in
     * the job, or nothing gives its time.
     *
     * @param refused the row {@link #classify} has just refused
     */
    public @Nullable LossTerm refusedTerm(ScoreRecord refused) {
        boolean timeless =
                plan.windowMillis() > 0 && refused.timestampMillis() == RawRecord.NO_TIMESTAMP;
        return timeless || !models.containsKey(refused.model())
                ? null
                : LossTerm.event(
                        LossTerm.Kind.REFUSED_ROW,
                        refused.model(),
                        refused.segment(),
                        windowStart(refused));
    }

    private long windowStart(ScoreRecord record) {
        return LossAggregate.Window.startOf(record.timestampMillis(), plan.windowMillis());
    }
}
