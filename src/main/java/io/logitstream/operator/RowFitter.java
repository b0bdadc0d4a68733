package io.logitstream.operator;

import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.RowState;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.RowFit;
import io.logitstream.record.RowHash;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.TemperatureFit;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Looks at a labelled row at each temperature of the grid around the model's. Not thread-safe. */
final class RowFitter {

    private final double share;
    private final int first;
    private final RowState[] states;

    RowFitter(ModelSpec model) {
        share = model.fitShare();
        int reach = TemperatureFit.PER_OCTAVE * TemperatureFit.OCTAVES;
        int lowest = TemperatureFit.nearest(RowState.MIN_TEMPERATURE) + 1;
        int highest = TemperatureFit.nearest(RowState.MAX_TEMPERATURE) - 1;
        int middle = TemperatureFit.nearest(model.temperature());
        first = Math.max(lowest, middle - reach);
        int last = Math.min(highest, middle + reach);
        states = new RowState[last - first + 1];
        for (int i = 0; i < states.length; i++) {
            states[i] =
                    new RowState(
                            TemperatureFit.temperature(first + i),
                            0,
                            Set.of(RowState.Sums.MOMENTS));
        }
    }

    /** Returns whether a row is to be looked at. */
    boolean chooses(String id) {
        return RowHash.isIn(share, id);
    }

    /**
     * Looks at a row.
     *
     * @param row its scores are logits
     * @param label its label
     * @return null if the label is a masked class
     */
    @Nullable RowFit fit(ScoreRecord row, int label, RowKernel kernel) {
        float[] scores = row.scores();
        if (scores[label] == Float.NEGATIVE_INFINITY) {
            return null;
        }
        int n = states.length;
        double[] losses = new double[n];
        double[] entropies = new double[n];
        double[] confidences = new double[n];
        for (int i = 0; i < n; i++) {
            RowState state = states[i];
            state.clear();
            kernel.reduce(scores, 0, scores.length, 0, state);
            state.setLabelScore(scores[label]);
            losses[i] = state.crossEntropy();
            entropies[i] = state.entropy();
            confidences[i] = state.confidence();
        }
        return new RowFit(first, losses, entropies, confidences);
    }
}
