package io.logitstream.operator;

import io.logitstream.kernel.ClassTree;
import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.TreeRow;
import io.logitstream.record.LabelFigures;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.ScoreRecord;

/** A hierarchical softmax. */
final class TreeReading implements RowReading {

    private final ModelSpec model;
    private final TreeRow row;

    TreeReading(ModelSpec model, ClassTree tree) {
        this.model = model;
        int k = Math.max(model.topK(), LabelFigures.RANKS);
        this.row = new TreeRow(tree, model.temperature(), k);
    }

    @Override
    public void read(ScoreRecord whole, RowKernel kernel) {
        row.become(whole.scores(), 0);
    }

    @Override
    public int best() {
        return row.size();
    }

    @Override
    public int classAt(int rank) {
        return row.classAt(rank);
    }

    @Override
    public float scoreAt(int rank) {
        return (float) row.logAt(rank);
    }

    @Override
    public float probabilityAt(int rank) {
        return (float) StrictMath.exp(row.logAt(rank));
    }

    @Override
    public double confidence() {
        return StrictMath.exp(row.logAt(0));
    }

    @Override
    public double logSumExp() {
        return Double.NaN;
    }

    @Override
    public double entropy() {
        return Double.NaN;
    }

    @Override
    public LabelFigures judge(int label) {
        double nats = 0 - row.logProbability(label);
        int rank = row.rankOf(label);
        return new LabelFigures(
                label,
                rank < LabelFigures.RANKS ? rank : -1,
                nats,
                nats,
                model.loss().weightOf(label),
                Double.NaN);
    }

    @Override
    public float[] distribution(float[] scores, RowKernel kernel) {
        float[] distribution = new float[model.numClasses()];
        row.probabilitiesInto(distribution, 0);
        return distribution;
    }

    @Override
    public int visited() {
        return row.visited();
    }
}
