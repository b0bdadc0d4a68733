package io.logitstream.operator;

import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.RowState;
import io.logitstream.kernel.RowState.Sums;
import io.logitstream.kernel.TopK;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Prediction;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreRecord;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
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
    private final boolean wholeDistribution;
    private final long windowMillis;
    private final Map<String, Model> models = new HashMap<>();

    private Model model;
    private ScoreRecord row;
    private int label;

    /**
     * Creates a classifier.
     *
     * @param specs the models, at least one
     * @param kernel reduces the rows
     * @param wholeDistribution whether predictions carry all probabilities
     * @param windowMillis length of the loss windows, or 0 if rows need no window (then they need
     *     no time either)
     */
    public RowClassifier(
            List<ModelSpec> specs, RowKernel kernel, boolean wholeDistribution, long windowMillis) {
        this.kernel = kernel;
        this.wholeDistribution = wholeDistribution;
        this.windowMillis = windowMillis;
        for (ModelSpec spec : specs) {
            models.put(spec.name(), new Model(spec));
        }
    }

    /** A model with what is reused from row to row. */
    private static final class Model {
        final ModelSpec spec;
        final LabelIndex labels;
        final ScoreDeclaration declaration;
        final RowState state;

        Model(ModelSpec spec) {
            this.spec = spec;
            this.labels = new LabelIndex(spec);
            this.declaration = ScoreDeclaration.of(spec.scoresAre());
            Set<Sums> sums = EnumSet.of(Sums.MOMENTS);
            sums.addAll(spec.loss().row().sums());
            int k = Math.max(spec.topK(), LossTerm.RANKS);
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
        if (windowMillis > 0 && record.timestampMillis() == RawRecord.NO_TIMESTAMP) {
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
        label = found.labels.indexOf(record);
        if (label == LabelIndex.UNKNOWN) {
            String given =
                    record.labelName() == null
                            ? "" + record.labelIndex()
                            : "'" + record.labelName() + "'";
            return new Fault(
                    FaultReason.UNKNOWN_LABEL,
                    "label "
                            + given
                            + " is not a class of model '"
                            + found.spec.name()
                            + "': "
                            + found.labels);
        }
        if (label != ScoreRecord.NO_LABEL) {
            found.state.setLabelScore(record.scores()[label]);
        }
        return null;
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
                wholeDistribution ? distribution() : null);
    }

    private float[] distribution() {
        float[] distribution = new float[row.scores().length];
        kernel.probabilitiesInto(
                row.scores(), 0, row.scores().length, model.state, distribution, 0);
        return distribution;
    }

    /** Returns what the last row, classified without fault, adds to the loss of its window. */
    public LossTerm lossTerm() {
        RowState state = model.state;
        boolean labelled = isLabelled();
        return new LossTerm(
                row.model(),
                row.segment(),
                windowMillis == 0
                        ? 0
                        : LossAggregate.Window.startOf(row.timestampMillis(), windowMillis),
                row.weight(),
                state.confidence(),
                state.entropy(),
                labelled,
                labelled ? model.spec.loss().row().nats(state) : 0,
                labelled ? model.spec.loss().weightOf(label) : 0,
                labelled ? state.brier() : 0,
                labelled ? state.topK().rankOf(label) : -1);
    }
}
