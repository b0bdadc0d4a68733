package io.logitstream.operator;

import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.RowLoss;
import io.logitstream.kernel.SampledRow;
import io.logitstream.kernel.TopK;
import io.logitstream.record.Certainty;
import io.logitstream.record.Fault;
import io.logitstream.record.Inexact;
import io.logitstream.record.LabelFigures;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.ScoresAre;
import io.logitstream.record.Selection;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row of which a sampler has drawn some classes. Its loss is an estimate, and which classes are
 * best nobody knows; the prediction has the best of those drawn.
 */
final class SampledReading implements SelectedReading {

    /** What float32 may add to the logarithm of a count. */
    private static final double TOLERANCE = 1e-3;

    private final ModelSpec model;
    private final SampledRow row;
    private final TopK best;
    private long[] pairs = new long[0];

    SampledReading(ModelSpec model) {
        this.model = model;
        this.row = new SampledRow(model.temperature());
        this.best = new TopK(model.topK());
    }

    @Override
    public @Nullable Fault read(ScoreRecord record, int label, RowKernel kernel) {
        Selection sampled = Objects.requireNonNull(record.selection());
        int[] classes = sampled.indices();
        float[] scores = record.scores();
        if (!model.loss().row().equals(RowLoss.CROSS_ENTROPY)
                || model.normalizer() != Normalizer.SOFTMAX
                || model.scoresAre() != ScoresAre.LOGITS) {
            return RowFaults.invalidField(
                    "model '%s' has no sampled loss: that needs logits, softmax and the cross-entropy"
                            .formatted(model.name()));
        }
        if (classes.length < 2) {
            return RowFaults.invalidField(
                    "at least 2 classes must be drawn, not " + classes.length);
        }
        if (label == ScoreRecord.NO_LABEL) {
            return RowFaults.invalidField(
                    record.givesLabel()
                            ? "a sampled row needs a label that counts, not the one to ignore"
                            : "a sampled row needs its label, of which labelScore is the score");
        }
        Fault fault = SelectedReading.check(classes, scores, model);
        if (fault == null) {
            fault = checkCounts(sampled.logExpectedCounts());
        }
        if (fault == null) {
            fault = findBest(classes, scores, label, sampled.labelScore());
        }
        if (fault == null) {
            row.become(classes, scores, sampled.logExpectedCounts(), label, sampled.labelScore());
        }
        return fault;
    }

    /** Nobody expects to draw a class more often than there are draws. */
    private static @Nullable Fault checkCounts(float[] logCounts) {
        double most = StrictMath.log(logCounts.length);
        for (int i = 0; i < logCounts.length; i++) {
            if (logCounts[i] > most + TOLERANCE) {
                return RowFaults.invalidField(
                        "logExpectedCounts[%d] is %s, the logarithm of more than the %d draws"
                                .formatted(i, logCounts[i], logCounts.length));
            }
        }
        return null;
    }

    /** Finds the best of the draws; each class, and the label, has one score. */
    private @Nullable Fault findBest(int[] classes, float[] scores, int label, float labelScore) {
        int n = classes.length;
        if (pairs.length != n) {
            pairs = new long[n];
        }
        for (int i = 0; i < n; i++) {
            pairs[i] = pair(classes[i], scores[i]);
        }
        Arrays.sort(pairs);
        best.clear();
        long ofLabel = pair(label, labelScore);
        for (int i = 0; i < n; i++) {
            int classIndex = classOf(pairs[i]);
            boolean isNew = i == 0 || classIndex != classOf(pairs[i - 1]);
            long other = classIndex == label ? ofLabel : isNew ? pairs[i] : pairs[i - 1];
            if (pairs[i] != other) {
                return RowFaults.invalidField(
                        "class %d has two scores, %s and %s"
                                .formatted(classIndex, scoreOf(other), scoreOf(pairs[i])));
            }
            if (isNew) {
                best.offer(scoreOf(pairs[i]), classIndex);
            }
        }
        return null;
    }

    private static int classOf(long pair) {
        return (int) (pair >> 32);
    }

    private static float scoreOf(long pair) {
        return Float.intBitsToFloat((int) pair);
    }

    private static long pair(int classIndex, float score) {
        return (long) classIndex << 32 | Float.floatToRawIntBits(score + 0f) & 0xffffffffL;
    }

    @Override
    public int best() {
        return best.size();
    }

    @Override
    public int classAt(int rank) {
        return best.classAt(rank);
    }

    @Override
    public float scoreAt(int rank) {
        return best.score(rank);
    }

    @Override
    public float probabilityAt(int rank) {
        return (float) Math.min(1, row.probability(best.score(rank)));
    }

    @Override
    public double confidence() {
        return Double.NaN;
    }

    @Override
    public double logSumExp() {
        return row.logSumExp();
    }

    @Override
    public double entropy() {
        return Double.NaN;
    }

    @Override
    public LabelFigures judge(int label) {
        double nats = row.loss();
        return new LabelFigures(label, -1, nats, nats, model.loss().weightOf(label), Double.NaN);
    }

    @Override
    public Certainty certainty() {
        double error = row.standardError();
        return new Certainty(0, 0, true, error * error);
    }

    @Override
    public Inexact inexact() {
        return new Inexact.Sampled(row.draws(), row.standardError());
    }
}
