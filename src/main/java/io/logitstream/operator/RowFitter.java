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

    RowFitter(ModelSpec model, double share) {
        this.share = share;
        first = TemperatureFit.lowest(model.specifiedTemperature());
        states = new RowState[TemperatureFit.highest(model.specifiedTemperature()) - first + 1];
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
     * @param reduced what it was reduced to
     * @return null if the label is a masked class
     */
    @Nullable RowFit fit(ScoreRecord row, int label, RowState reduced, RowKernel kernel) {
        float[] scores = row.scores();
        if (scores[label] == Float.NEGATIVE_INFINITY) {
            return null;
        }
        RowFit.At[] at = new RowFit.At[states.length];
        for (int i = 0; i < at.length; i++) {
            states[i].clear();
            kernel.reduce(scores, 0, scores.length, 0, states[i]);
            states[i].setLabelScore(scores[label]);
            at[i] = at(states[i]);
        }
        return new RowFit(first, at, at(reduced));
    }

    private static RowFit.At at(RowState state) {
        return new RowFit.At(state.crossEntropy(), state.entropy(), state.confidence());
    }
}
