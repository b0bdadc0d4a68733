package io.logitstream.operator;

import io.logitstream.kernel.ClassSet;
import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.RowState;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.GivenLabel;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.Selection;
import io.logitstream.record.Shard;
import io.logitstream.record.ShardState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decides what a row of scores means: checks it against its model, reduces it, and gives the
 * prediction and the loss term. The job and the command line both classify with this class. Not
 * thread-safe; one row at a time:
 *
 * <pre>{@code
 * Fault fault = classifier.classify(row);
 * if (fault == null) { use(classifier.row().prediction(), classifier.row().lossTerm()); }
 * }</pre>
 */
public final class RowClassifier {

    /**
     * Weights from here on are refused: with as many as ten million classes, none of the weighted
     * terms but a loss is then too large for an exact sum.
     */
    public static final double WEIGHT_LIMIT = 0x1p36;

    private final RowKernel kernel;
    private final ScoringPlan plan;
    private final Map<String, Model> models = new HashMap<>();
    private final UnknownModels unknown = new UnknownModels();
    private final ShardReducer shards;
    private final ClassSet labelSet = new ClassSet();

    private Model model;
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
        this.shards = new ShardReducer(plan);
        plan.models().forEach(this::put);
    }

    /** From now on, rows of this model are classified so. */
    public void put(ModelSpec spec) {
        models.put(spec.name(), new Model(spec, plan));
    }

    /** From now on, there is no such model. */
    void retire(String name, long version) {
        models.remove(name);
        unknown.retire(name, version);
    }

    /** A model with what is reused from row to row. */
    private static final class Model {
        final ModelSpec spec;
        final LabelIndex labels;
        final ScoreDeclaration declaration;
        final ClassifiedRow row;

        Model(ModelSpec spec, ScoringPlan plan) {
            this.spec = spec;
            this.labels = new LabelIndex(spec);
            this.declaration = ScoreDeclaration.of(spec);
            this.row = new ClassifiedRow(plan, spec);
        }
    }

    /**
     * Classifies a row, or reduces a shard of one.
     *
     * @param record the row; its scores may be overwritten by their logarithms
     * @return null if that could be done, else why it could not
     */
    public @Nullable Fault classify(ScoreRecord record) {
        Fault fault = reduce(record);
        return fault == null ? null : fault.ofRow(record.row());
    }

    private @Nullable Fault reduce(ScoreRecord record) {
        Model found = models.get(record.model());
        if (found == null) {
            return unknown.fault(record.model(), models.keySet());
        }
        model = found;
        Shard shard = record.shard();
        boolean isInParts = found.spec.clusters() != null && shard == null;
        if (isInParts || record.selection() != null) {
            return reduceSelected(record, found);
        }
        RowState state = found.row.state();
        float[] scores = record.scores();
        Fault fault =
                shard == null
                        ? checkClasses(scores.length, found.spec)
                        : shards.check(shard, scores.length, found.spec);
        if (fault == null) {
            fault = checkFields(record);
        }
        if (fault == null) {
            fault = found.declaration.toLogits(scores);
        }
        if (fault == null) {
            state.clear();
            kernel.reduce(scores, 0, scores.length, shard == null ? 0 : shard.offset(), state);
            fault = checkScores(scores, state, shard == null && found.spec.tree() == null);
        }
        if (fault == null && shard == null) {
            fault = found.declaration.check(found.declaration.mass(scores, state, kernel));
        }
        if (fault == null) {
            fault = resolveLabel(record, found);
        }
        if (fault == null) {
            setLabelScore(scores, shard == null ? 0 : shard.offset(), state);
        }
        if (fault == null && shard == null) {
            ClassSet labels = record.labelSet() == null ? null : labelSet;
            found.row.becomeWhole(record, label, labels, kernel);
        }
        return fault;
    }

    private @Nullable Fault reduceSelected(ScoreRecord record, Model found) {
        Selection selection = record.selection();
        boolean isOfTails = selection != null && selection.kind() == Selection.Kind.TAILS;
        boolean isSigmoid = found.spec.normalizer() == Normalizer.SIGMOID;
        if (found.spec.clusters() == null
                && (found.spec.tree() != null || isSigmoid || isOfTails)) {
            return new Fault(
                    FaultReason.INVALID_FIELD,
                    isOfTails
                            ? "model '%s' has no tails".formatted(found.spec.name())
                            : "rows of model '%s' need a score for each %s, since its normalizer is %s"
                                    .formatted(
                                            found.spec.name(),
                                            isSigmoid ? "class" : "inner node",
                                            found.spec.normalizer().code()));
        }
        Fault fault = checkFields(record);
        if (fault == null) {
            fault = resolveLabel(record, found);
        }
        return fault == null ? found.row.becomeSelected(record, label, kernel) : fault;
    }

    private static @Nullable Fault checkClasses(int numScores, ModelSpec spec) {
        return numScores == spec.numScores()
                ? null
                : new Fault(
                        FaultReason.WRONG_CLASS_COUNT,
                        numScores
                                + " scores, but model '"
                                + spec.name()
                                + "' has "
                                + spec.numClasses()
                                + " classes"
                                + (spec.tree() == null
                                        ? orFewer(numScores, spec)
                                        : ", so " + spec.numScores() + " inner nodes"));
    }

    private static String orFewer(int numScores, ModelSpec spec) {
        boolean mayBeFewer = spec.normalizer() != Normalizer.SIGMOID;
        return mayBeFewer && numScores < spec.numClasses()
                ? "; a row with fewer scores needs a field classes"
                : "";
    }

    private @Nullable Fault checkFields(ScoreRecord record) {
        if (!(record.weight() < WEIGHT_LIMIT)) {
            return new Fault(
                    FaultReason.INVALID_FIELD,
                    "weight is " + record.weight() + ", must be below 2^36");
        }
        if (plan.windowMillis() > 0 && record.timestampMillis() == RawRecord.NO_TIMESTAMP) {
            return new Fault(
                    FaultReason.INVALID_TIMESTAMP,
                    "neither the record nor Kafka gives a timestamp, but loss windows need one");
        }
        return null;
    }

    private static @Nullable Fault checkScores(float[] scores, RowState state, boolean needsOne) {
        if (state.isInvalid()) {
            return RowFaults.firstInvalid(scores);
        }
        if (needsOne && state.isAllMasked()) {
            return RowFaults.allMasked(scores.length);
        }
        return null;
    }

    private @Nullable Fault resolveLabel(ScoreRecord record, Model found) {
        if (record.labelSet() != null) {
            label = ScoreRecord.NO_LABEL;
            return resolveLabelSet(record.labelSet(), found);
        }
        label = found.labels.indexOf(record.labelName(), record.labelIndex());
        return label == LabelIndex.UNKNOWN
                ? found.labels.fault(record.labelName(), record.labelIndex(), found.spec.name())
                : null;
    }

    private @Nullable Fault resolveLabelSet(List<GivenLabel> labels, Model found) {
        if (found.spec.normalizer() != Normalizer.SIGMOID) {
            return new Fault(
                    FaultReason.INVALID_FIELD,
                    "label must be one label, not a set: only with normalizer sigmoid may several"
                            + " classes be true, and model '"
                            + found.spec.name()
                            + "' has "
                            + found.spec.normalizer().code());
        }
        labelSet.clear();
        for (GivenLabel given : labels) {
            int classIndex = found.labels.indexOf(given.name(), given.index());
            if (classIndex == LabelIndex.UNKNOWN) {
                return found.labels.fault(given.name(), given.index(), found.spec.name());
            }
            labelSet.add(classIndex);
        }
        labelSet.sort();
        return labelSet.size() == labels.size()
                ? null
                : new Fault(
                        FaultReason.INVALID_FIELD,
                        "label names a class twice; its elements are class names or indices, not a"
                                + " 0 or 1 for each class");
    }

    private void setLabelScore(float[] scores, int firstClass, RowState state) {
        int at = label - firstClass;
        if (label != ScoreRecord.NO_LABEL && at >= 0 && at < scores.length) {
            state.setLabelScore(scores[at]);
        }
    }

    /** Returns the last row, which came whole and was classified without fault. */
    public ClassifiedRow row() {
        return model.row;
    }

    /**
     * Returns what the last record, a shard and without fault, was reduced to.
     *
     * @param record the record
     * @param raw what it was decoded from
     */
    public ShardState shard(ScoreRecord record, RawRecord raw) {
        RowState state = model.row.state();
        double mass = model.declaration.mass(record.scores(), state, kernel);
        return shards.reduced(record, raw, label, mass, state);
    }

    /**
     * Returns what a refused row adds to its window, or null if it has none: its model is not in
     * the job, nothing gives its time, or it is a shard, whose row is refused for want of it.
     *
     * @param refused the row {@link #classify} has just refused
     */
    public @Nullable LossTerm refusedTerm(ScoreRecord refused) {
        boolean timeless =
                plan.windowMillis() > 0 && refused.timestampMillis() == RawRecord.NO_TIMESTAMP;
        return timeless || refused.shard() != null || !models.containsKey(refused.model())
                ? null
                : LossTerm.event(
                        LossTerm.Kind.REFUSED_ROW,
                        refused.model(),
                        refused.segment(),
                        LossAggregate.Window.startOf(
                                refused.timestampMillis(), plan.windowMillis()));
    }
}
