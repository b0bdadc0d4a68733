package io.logitstream.operator;

import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.RowState;
import io.logitstream.kernel.RowSummary;
import io.logitstream.kernel.SparseRow;
import io.logitstream.record.LabelFigures;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.RowSaturation;
import io.logitstream.record.ScoreRecord;
import org.jspecify.annotations.Nullable;

/** A softmax, or a sparse distribution of the same scores. */
final class SoftmaxReading implements RowReading {

    private final ModelSpec model;
    private final RowState state;
    private final @Nullable SparseRow sparse;

    /** Those of a row that came whole. */
    private float @Nullable [] scores;

    SoftmaxReading(ModelSpec model, RowState state) {
        this.model = model;
        this.state = state;
        int power = model.normalizer().sparsePower();
        this.sparse = power == 0 ? null : new SparseRow(power, model.temperature());
    }

    @Override
    public void read(ScoreRecord row, RowKernel kernel) {
        scores = row.scores();
        if (sparse != null) {
            sparse.become(kernel, scores, 0, scores.length, state.topK().score(0));
        }
    }

    /** Returns what is needed to judge a label. */
    RowSummary summary() {
        if (sparse != null) {
            return sparse.summary();
        }
        return scores == null ? state.summary() : state.summary(scores);
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
        float score = state.topK().score(rank);
        return sparse == null ? state.probability(score) : sparse.probability(score);
    }

    @Override
    public double confidence() {
        return sparse == null ? state.confidence() : sparse.confidence();
    }

    @Override
    public double logSumExp() {
        return sparse == null ? state.logSumExp() : Double.NaN;
    }

    @Override
    public double entropy() {
        return sparse == null ? state.entropy() : sparse.entropy();
    }

    @Override
    public LabelFigures judge(int label) {
        int rank = state.topK().rankOf(label);
        // Only where the label is best does the summary need another look at the scores.
        RowSummary row = rank == 0 || sparse != null ? summary() : state.summary();
        return LabelFigures.of(
                label,
                state.labelScore(),
                rank,
                row,
                model.loss().row(),
                model.loss().weightOf(label));
    }

    /** Returns the loss of the row's label, as its figures have it. */
    double lossNats() {
        RowSummary row = sparse == null ? state.summary() : sparse.summary();
        return model.loss().row().nats(row, state.labelScore());
    }

    /** Returns {@code -ln p} of the row's label; of a sparse row NaN. */
    double crossEntropy() {
        return sparse == null ? state.crossEntropy() : Double.NaN;
    }

    @Override
    public float[] distribution(float[] scores, RowKernel kernel) {
        float[] distribution = new float[scores.length];
        distributionInto(scores, kernel, distribution);
        return distribution;
    }

    /** Writes all probabilities of the row that was read. */
    void distributionInto(float[] scores, RowKernel kernel, float[] distribution) {
        if (sparse == null) {
            kernel.probabilitiesInto(scores, 0, scores.length, state, distribution, 0);
        } else {
            sparse.probabilitiesInto(scores, 0, scores.length, distribution, 0);
        }
    }

    @Override
    public @Nullable RowSaturation saturation() {
        if (sparse != null) {
            return null;
        }
        double topMass = 0;
        for (int rank = 0; rank < Math.min(best(), model.topK()); rank++) {
            topMass += probabilityAt(rank);
        }
        return new RowSaturation(Math.sqrt(state.scoreVariance()), topMass);
    }

    @Override
    public int support() {
        return sparse == null ? 0 : sparse.support();
    }
}
