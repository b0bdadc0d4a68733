package io.logitstream.operator;

import io.logitstream.kernel.ClassSet;
import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.RowState;
import io.logitstream.kernel.SigmoidRow;
import io.logitstream.record.LabelFigures;
import io.logitstream.record.ScoreRecord;

/** A sigmoid for each class, of which any number may be true. */
final class SigmoidReading implements RowReading {

    private final RowState state;
    private final SigmoidRow row;
    private final ClassSet one = new ClassSet();

    SigmoidReading(RowState state) {
        this.state = state;
        this.row = new SigmoidRow(state.temperature());
    }

    @Override
    public void read(ScoreRecord whole, RowKernel kernel) {
        row.become(whole.scores(), 0, whole.scores().length);
    }

    @Override
    public int best() {
        return state.topK().size();
    }

    @Override
    public int classAt(int rank) {
        return state.topK().classAt(rank);
    }

    @Override
    public float scoreAt(int rank) {
        return state.topK().score(rank);
    }

    @Override
    public float probabilityAt(int rank) {
        return (float) row.probability(state.topK().score(rank));
    }

    @Override
    public double confidence() {
        return row.probability(state.topK().score(0));
    }

    @Override
    public double logSumExp() {
        return Double.NaN;
    }

    @Override
    public double entropy() {
        return row.entropy();
    }

    @Override
    public LabelFigures judge(int label) {
        one.clear();
        one.add(label);
        return judge(one);
    }

    @Override
    public LabelFigures judge(ClassSet labels) {
        double nats = row.lossNats(labels);
        return new LabelFigures(
                LabelFigures.SET_OF_CLASSES, rankOf(labels), nats, nats, 1, row.brier(labels));
    }

    /** Returns the rank of the best of the true classes, or -1 if it is not among the first. */
    private int rankOf(ClassSet labels) {
        int ranks = Math.min(LabelFigures.RANKS, state.topK().size());
        for (int rank = 0; rank < ranks; rank++) {
            if (labels.contains(state.topK().classAt(rank))) {
                return rank;
            }
        }
        return -1;
    }

    @Override
    public float[] distribution(float[] scores, RowKernel kernel) {
        float[] distribution = new float[scores.length];
        row.probabilitiesInto(distribution, 0);
        return distribution;
    }
}
