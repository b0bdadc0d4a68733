package io.logitstream.operator;

import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.RowLoss;
import io.logitstream.kernel.SampledRow;
import io.logitstream.kernel.TopK;
import io.logitstream.record.Certainty;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
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
            return invalid(
                    "model '%s' has no sampled loss: that needs logits, softmax and the cross-entropy"
                            .formatted(model.name()));
        }
        if (classes.length < 2) {
            return invalid("at least 2 classes must be drawn, not " + classes.length);
        }
        if (label == ScoreRecord.NO_LABEL) {
            return invalid("a sampled row needs its label, of which labelScore is the score");
        }
        Fault fault = SelectedReading.check(classes, scores, model);
        if (fault == null) {
            fault = findBest(classes, scores, label, sampled.labelScore());
        }
        if (fault == null) {
            row.become(classes, scores, sampled.logExpectedCounts(), label, sampled.labelScore());
        }
        return fault;
    }

    private @Nullable Fault findBest(int[] classes, float[] scores, int label, float labelScore) {
        int n = classes.length;
        if (pairs.length != n + 1) {
            pairs = new long[n + 1];
        }
        for (int i = 0; i < n; i++) {
            pairs[i] = pair(classes[i], scores[i]);
        }
        pairs[n] = pair(label, labelScore);
        Arrays.sort(pairs);
        best.clear();
        for (int i = 0; i <= n; i++) {
            int classIndex = (int) (pairs[i] >> 32);
            if (i == 0 || classIndex != (int) (pairs[i - 1] >> 32)) {
                best.offer(Float.intBitsToFloat((int) pairs[i]), classIndex);
            } else if (pairs[i] != pairs[i - 1]) {
                return invalid(
                        "class %d has two scores, %s and %s"
                                .formatted(
                                        classIndex,
                                        Float.intBitsToFloat((int) pairs[i - 1]),
                                        Float.intBitsToFloat((int) pairs[i])));
            }
        }
        return null;
    }

    private static long pair(int classIndex, float score) {
        return (long) classIndex << 32 | Float.floatToRawIntBits(score + 0f) & 0xffffffffL;
    }

    private static Fault invalid(String detail) {
        return new Fault(FaultReason.INVALID_FIELD, detail);
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
        return new Certainty(0, 0, error * error);
    }

    @Override
    public Inexact inexact() {
        return new Inexact.Sampled(row.draws(), row.standardError());
    }
}
