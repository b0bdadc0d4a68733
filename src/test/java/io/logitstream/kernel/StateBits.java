package io.logitstream.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Everything a row state says, as text that differs when a single bit does. */
final class StateBits {

    private StateBits() {}

    /** Returns the counts, the ranking and the seven figures of a state. */
    static String of(RowState state) {
        TopK topK = state.topK();
        int[] ranking = new int[topK.size()];
        for (int rank = 0; rank < ranking.length; rank++) {
            ranking[rank] = topK.classAt(rank);
        }
        return of(
                state.classes(),
                state.masked(),
                state.isInvalid(),
                ranking,
                state.logSumExp(),
                state.confidence(),
                state.entropy(),
                state.sumOfSquares(),
                state.scoreVariance(),
                state.crossEntropy(),
                state.brier());
    }

    static String of(long classes, long masked, boolean invalid, int[] ranking, double... figures) {
        List<String> hex = new ArrayList<>();
        for (double figure : figures) {
            hex.add(Double.toHexString(figure));
        }
        return classes
                + (masked > 0 ? " -" + masked : "")
                + (invalid ? " invalid " : " ")
                + Arrays.toString(ranking)
                + " "
                + String.join(" ", hex);
    }
}
