package io.logitstream.operator;

import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.RowState;
import io.logitstream.kernel.RowSummary;
import io.logitstream.kernel.SparseRow;
import io.logitstream.record.Certainty;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.Inexact;
import io.logitstream.record.LabelFigures;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.ScoresAre;
import io.logitstream.record.Selection;
import io.logitstream.record.WaitingRow;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row of which only the best classes were sent. The others have at most the score of the last of
 * these, so {@code S <= sum <= S + rest exp(z_M)}, where S is the sum of those sent; with the
 * log-sum-exp of all, the sum itself is known. A sparse distribution is exact as soon as the last
 * class sent has probability 0.
 */
final class TruncatedReading implements SelectedReading {

    private final ModelSpec model;
    private final ScoreDeclaration declaration;
    private final RowState state;
    private final @Nullable SparseRow sparse;

    private long[] pairs = new long[0];
    private int[] classes = new int[0];
    private float[] scores = new float[0];

    private ScoreRecord record;
    private int unmasked;
    private int rest;
    private RowSummary summary;
    private double sumTo;
    private WaitingRow kept;

    TruncatedReading(ModelSpec model, ScoringPlan plan) {
        this.model = model;
        this.declaration = ScoreDeclaration.of(model);
        this.state = plan.newState(model);
        int power = model.normalizer().sparsePower();
        this.sparse = power == 0 ? null : new SparseRow(power, model.temperature());
    }

    @Override
    public @Nullable Fault read(ScoreRecord row, int label, RowKernel kernel) {
        Selection best = Objects.requireNonNull(row.selection());
        record = row;
        Fault fault = checkFields(best);
        if (fault == null) {
            fault = declaration.toLogits(row.scores());
        }
        if (fault == null) {
            fault = sort(best.indices(), row.scores());
        }
        if (fault == null) {
            fault = reduce(best, kernel);
        }
        if (fault == null) {
            kept = toBeKept();
        }
        return fault;
    }

    private @Nullable Fault checkFields(Selection best) {
        int others = model.numClasses() - best.indices().length;
        if (model.loss().row().labelSmoothing() > 0) {
            return RowFaults.invalidField(
                    "rows of model '%s' need a score for each class: its loss is smoothed"
                            .formatted(model.name()));
        }
        if (others < 0) {
            return RowFaults.invalidField(
                    "%d classes, but model '%s' has %d"
                            .formatted(best.indices().length, model.name(), model.numClasses()));
        }
        if (best.rest() > others) {
            return RowFaults.invalidField(
                    "rest is %d, but model '%s' has %d classes beside those with a score"
                            .formatted(best.rest(), model.name(), others));
        }
        if (!Double.isNaN(best.logSumExp()) && model.scoresAre() != ScoresAre.LOGITS) {
            return RowFaults.invalidField(
                    "logSumExp goes only with logits; of probabilities it is known");
        }
        rest = best.rest() == Selection.ALL_OTHERS ? others : best.rest();
        return null;
    }

    /** Sorts the classes by rank. */
    private @Nullable Fault sort(int[] given, float[] logits) {
        Fault fault = SelectedReading.check(given, logits, model);
        if (fault != null) {
            return fault;
        }
        int n = given.length;
        if (scores.length != n) {
            pairs = new long[n];
            classes = new int[n];
            scores = new float[n];
        }
        System.arraycopy(given, 0, classes, 0, n);
        Arrays.sort(classes);
        for (int i = 1; i < n; i++) {
            if (classes[i] == classes[i - 1]) {
                return RowFaults.invalidField("class " + classes[i] + " is there twice");
            }
        }
        unmasked = 0;
        for (int i = 0; i < n; i++) {
            pairs[i] = ((long) descending(logits[i]) << 32) | given[i];
            unmasked += logits[i] == Float.NEGATIVE_INFINITY ? 0 : 1;
        }
        Arrays.sort(pairs);
        for (int rank = 0; rank < n; rank++) {
            classes[rank] = (int) pairs[rank];
            scores[rank] = ofDescending((int) (pairs[rank] >> 32));
        }
        return unmasked == 0 ? RowFaults.allMasked(n) : null;
    }

    /** Returns an integer that is the less, the larger a score is. */
    private static int descending(float score) {
        int bits = Float.floatToRawIntBits(score + 0f); // -0 and 0 are equal scores
        return bits < 0 ? bits & Integer.MAX_VALUE : ~bits;
    }

    private static float ofDescending(int order) {
        return Float.intBitsToFloat(order < 0 ? ~order : order | Integer.MIN_VALUE);
    }

    private @Nullable Fault reduce(Selection best, RowKernel kernel) {
        state.clear();
        kernel.reduce(scores, 0, scores.length, 0, state);
        float last = scores[scores.length - 1];
        if (last == Float.NEGATIVE_INFINITY) {
            rest = 0;
        }
        if (sparse != null) {
            sparse.become(kernel, scores, 0, scores.length, scores[0]);
            summary = sparse.summary();
            sumTo = summary.sum();
            return rest == 0 || sparse.probability(last) == 0
                    ? checkMass(declaration.mass(scores, state, kernel))
                    : RowFaults.invalidField(
                            "the last class has a probability of %s, so classes that were not sent"
                                            .formatted(sparse.probability(last))
                                    + " may have one; send more of them");
        }
        summary = state.summary();
        double sent = summary.sum();
        sumTo = sent + rest * StrictMath.exp(below(last));
        Fault fault = checkMass(declaration.mass(scores, state, kernel));
        double logSumExp = model.scoresAre() == ScoresAre.LOGITS ? best.logSumExp() : 0;
        if (fault != null || Double.isNaN(logSumExp) || model.temperature() != 1) {
            return fault;
        }
        double sum = StrictMath.exp(logSumExp - scores[0]);
        double tolerance = 1 + ScoreDeclaration.TOLERANCE;
        if (!(sent <= sum * tolerance && sum <= sumTo * tolerance)) {
            return new Fault(
                    FaultReason.NOT_AS_DECLARED,
                    "declared the best %d classes of a row whose logSumExp is %s, but these alone have"
                                    .formatted(scores.length, logSumExp)
                            + " %s, and all can have no more than %s"
                                    .formatted(logOf(sent), logOf(sumTo)));
        }
        if (rest > 0) {
            sumTo = Math.min(Math.max(sent, sum), sumTo);
            summary = summary.withSum(sumTo);
        }
        return null;
    }

    private @Nullable Fault checkMass(double mass) {
        return rest == 0 ? declaration.check(mass) : declaration.checkPart(mass);
    }

    private double below(float score) {
        return ((double) score - scores[0]) / model.temperature();
    }

    private double logOf(double sum) {
        return scores[0] / model.temperature() + StrictMath.log(sum);
    }

    private boolean isBounded() {
        return sumTo != summary.sum();
    }

    @Override
    public int best() {
        return unmasked;
    }

    @Override
    public int classAt(int rank) {
        return classes[rank];
    }

    @Override
    public float scoreAt(int rank) {
        return scores[rank];
    }

    @Override
    public float probabilityAt(int rank) {
        return sparse != null
                ? sparse.probability(scores[rank])
                : (float) (StrictMath.exp(below(scores[rank])) / summary.sum());
    }

    @Override
    public double confidence() {
        return kept.confidence();
    }

    @Override
    public double logSumExp() {
        return sparse != null ? Double.NaN : logOf(summary.sum());
    }

    @Override
    public double entropy() {
        return sparse != null ? sparse.entropy() : rest == 0 ? state.entropy() : Double.NaN;
    }

    @Override
    public LabelFigures judge(int label) {
        return kept.judge(label, model.loss().weightOf(label));
    }

    /** Returns what has to be kept of the row until its label comes. */
    WaitingRow waitingRow() {
        return kept;
    }

    private WaitingRow toBeKept() {
        int numUnmasked = unmasked + rest;
        return new WaitingRow(
                record.model(),
                record.id(),
                record.segment(),
                record.timestampMillis(),
                record.weight(),
                summary,
                sumTo,
                Arrays.copyOf(classes, unmasked),
                Arrays.copyOf(scores, unmasked),
                Float.NEGATIVE_INFINITY,
                numUnmasked,
                model.numClasses() - numUnmasked,
                model.loss().row());
    }

    @Override
    public Certainty certainty() {
        double width = summary.confidence() - 1 / sumTo;
        Certainty ofRanks = kept.certainty();
        return width == 0 ? ofRanks : new Certainty(ofRanks.ranks(), width, false, 0);
    }

    @Override
    public @Nullable Inexact inexact() {
        boolean lacksClasses = sparse == null && unmasked < Math.min(model.topK(), unmasked + rest);
        if (!isBounded() && !lacksClasses) {
            return null;
        }
        float[] from = new float[Math.min(unmasked, model.topK())];
        for (int rank = 0; rank < from.length; rank++) {
            from[rank] = (float) (StrictMath.exp(below(scores[rank])) / sumTo);
        }
        return new Inexact.Truncated(rest, from, logOf(sumTo));
    }

    @Override
    public int support() {
        return sparse == null ? 0 : sparse.support();
    }
}
