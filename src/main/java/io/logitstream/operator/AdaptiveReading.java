package io.logitstream.operator;

import io.logitstream.kernel.AdaptiveRow;
import io.logitstream.kernel.ClassClusters;
import io.logitstream.kernel.RowKernel;
import io.logitstream.record.Certainty;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.Inexact;
import io.logitstream.record.LabelFigures;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.Selection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An adaptive softmax, of which some tails may not have been sent. Whether it has a selection or
 * not, its row is read as one.
 */
final class AdaptiveReading implements SelectedReading {

    private final ModelSpec model;
    private final ClassClusters clusters;
    private final AdaptiveRow row;
    private int certain;
    private boolean isComplete;

    AdaptiveReading(ModelSpec model, ClassClusters clusters) {
        this.model = model;
        this.clusters = clusters;
        int k = Math.max(model.topK(), LabelFigures.RANKS);
        this.row = new AdaptiveRow(clusters, model.temperature(), k);
    }

    @Override
    public @Nullable Fault read(ScoreRecord record, int label, RowKernel kernel) {
        Selection selection = record.selection();
        if (selection != null && selection.kind() != Selection.Kind.TAILS) {
            return RowFaults.invalidField(
                    "rows of model '%s' have a head and tails, so they cannot have classes"
                            .formatted(model.name()));
        }
        int[] tails = selection == null ? null : selection.indices();
        float[] scores = record.scores();
        Fault fault = tails == null ? null : checkTails(tails);
        if (fault == null) {
            fault = checkLength(scores.length, tails);
        }
        if (fault == null) {
            row.become(kernel, scores, tails);
            fault = checkScores(scores);
        }
        if (fault == null) {
            isComplete = row.isComplete();
            certain = row.certainRanks();
        }
        return fault;
    }

    private @Nullable Fault checkTails(int[] tails) {
        for (int i = 0; i < tails.length; i++) {
            if (tails[i] >= clusters.tails()) {
                return RowFaults.invalidField(
                        "tails[%d] is %d, but model '%s' has the tails 0 to %d"
                                .formatted(i, tails[i], model.name(), clusters.tails() - 1));
            }
            if (i > 0 && tails[i] <= tails[i - 1]) {
                return RowFaults.invalidField(
                        "tails must be ascending, but tails[%d] is %d after %d"
                                .formatted(i, tails[i], tails[i - 1]));
            }
        }
        return null;
    }

    private @Nullable Fault checkLength(int numScores, int @Nullable [] tails) {
        int expected = clusters.numScores();
        if (tails != null) {
            expected = clusters.headSize();
            for (int tail : tails) {
                expected += clusters.size(tail);
            }
        }
        return numScores == expected
                ? null
                : new Fault(
                        FaultReason.WRONG_CLASS_COUNT,
                        "%d scores, but model '%s' has %d in its head, and %d with %s (the field tails)"
                                .formatted(
                                        numScores,
                                        model.name(),
                                        clusters.headSize(),
                                        expected,
                                        tails == null
                                                ? "all its tails"
                                                : "tails " + Arrays.toString(tails)));
    }

    private @Nullable Fault checkScores(float[] scores) {
        if (row.isInvalid()) {
            return RowFaults.firstInvalid(scores);
        }
        if (row.isHeadMasked()) {
            return RowFaults.allMasked(clusters.headSize());
        }
        int empty = row.emptyTail();
        return empty < 0
                ? null
                : new Fault(
                        FaultReason.ALL_MASKED,
                        "all %d scores of tail %d are -Infinity, but not the head's score of it"
                                .formatted(clusters.size(empty), empty));
    }

    @Override
    public int best() {
        return row.best().size();
    }

    @Override
    public int classAt(int rank) {
        return row.best().classAt(rank);
    }

    @Override
    public float scoreAt(int rank) {
        return (float) row.best().logAt(rank);
    }

    @Override
    public float probabilityAt(int rank) {
        return row.probabilityAt(rank);
    }

    @Override
    public double confidence() {
        double best = StrictMath.exp(row.best().logAt(0));
        return best + confidenceWidth() / 2;
    }

    /** Returns how much more than the best known class one of a missing tail may have. */
    private double confidenceWidth() {
        double most = Double.NEGATIVE_INFINITY;
        for (int tail = 0; tail < clusters.tails(); tail++) {
            if (row.isMissing(tail)) {
                most = Math.max(most, row.logOfTail(tail));
            }
        }
        return Math.max(0, StrictMath.exp(most) - StrictMath.exp(row.best().logAt(0)));
    }

    @Override
    public double logSumExp() {
        return Double.NaN;
    }

    @Override
    public double entropy() {
        return isComplete ? row.entropy() : Double.NaN;
    }

    @Override
    public LabelFigures judge(int label) {
        double weight = model.loss().weightOf(label);
        int tail = clusters.tailOf(label);
        if (tail >= 0 && row.isMissing(tail)) {
            double least = 0 - row.logOfTail(tail);
            return new LabelFigures(label, -1, least, Double.POSITIVE_INFINITY, weight, Double.NaN);
        }
        double nats = 0 - row.logProbability(label);
        int rank = row.best().rankOf(label);
        return new LabelFigures(
                label,
                rank < LabelFigures.RANKS ? rank : -1,
                nats,
                nats,
                weight,
                isComplete ? row.brier(label) : Double.NaN);
    }

    @Override
    public float @Nullable [] distribution(float[] scores, RowKernel kernel) {
        if (!isComplete) {
            return null;
        }
        float[] distribution = new float[model.numClasses()];
        row.probabilitiesInto(kernel, distribution, 0);
        return distribution;
    }

    @Override
    public Certainty certainty() {
        int ranks = isComplete ? LabelFigures.RANKS : Math.min(certain, LabelFigures.RANKS);
        return new Certainty(ranks, confidenceWidth(), false, 0);
    }

    @Override
    public @Nullable Inexact inexact() {
        if (isComplete || certain >= model.topK()) {
            return null;
        }
        List<Integer> tails = new ArrayList<>();
        double probability = 0;
        for (int tail = 0; tail < clusters.tails(); tail++) {
            if (row.canReach(tail, model.topK() - 1)) {
                tails.add(tail);
                probability += StrictMath.exp(row.logOfTail(tail));
            }
        }
        // Rounding may make it more than 1.
        return new Inexact.MissingTails(tails, Math.min(1, probability));
    }
}
