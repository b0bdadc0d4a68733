package io.logitstream.config;

import io.logitstream.config.KeyType.Text;
import io.logitstream.kernel.ClassClusters;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads where the tails of a model with an adaptive softmax start. */
final class CutoffsKey {

    static final KeySpec KEY =
            KeySpec.Value.optional(
                    "cutoffs",
                    Text.of(
                            "^[1-9][0-9]{0,7}( *, *[1-9][0-9]{0,7}){0,99}$",
                            "is not up to 100 whole numbers with commas between them",
                            "up to 100 ascending whole numbers from 1 to classes - 1, with"
                                    + " commas between them"),
                    "The first class of each tail of a model with normalizer adaptive: the head has"
                            + " the classes below the first of them, each tail those from its own to"
                            + " the next one. Scores of a record are those of the head, which are one"
                            + " for each of its classes and then one for each tail, and behind them"
                            + " those of the tails that its field tails names, or of all.");

    private CutoffsKey() {}

    /** Checks that an adaptive softmax, and nothing else, has them; returns whether it is one. */
    static boolean check(CheckedSection model, Faults faults) {
        if (!model.valueOf("normalizer").equals("adaptive")) {
            if (model.text("cutoffs") != null) {
                faults.refuse(model, "cutoffs", "goes only with normalizer adaptive", "");
            }
            return false;
        }
        if (!model.has("cutoffs")) {
            faults.refuse(model, "normalizer", "needs cutoffs beside it", KEY.allowed());
        }
        return true;
    }

    /** Returns the head and the tails, or null after reporting why there are none. */
    static @Nullable ClassClusters read(
            CheckedSection model, @Nullable Integer numClasses, Faults faults) {
        String cutoffs = model.text("cutoffs");
        if (cutoffs == null || numClasses == null) {
            return null;
        }
        try {
            return ClassClusters.of(
                    numClasses,
                    Arrays.stream(cutoffs.split(","))
                            .mapToInt(cutoff -> Integer.parseInt(cutoff.strip()))
                            .toArray());
        } catch (IllegalArgumentException e) {
            faults.refuse(model, "cutoffs", "cannot be: " + e.getMessage(), KEY.allowed());
            return null;
        }
    }
}
