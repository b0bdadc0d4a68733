package io.logitstream.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks what goes with the normalizer of a model. */
final class NormalizerChecks {

    /**
     * Those whose scores are no distribution, and whose rows cannot wait for a label and have no
     * gradient.
     */
    private static final List<String> LOGITS_ONLY = List.of("hierarchical", "adaptive", "sigmoid");

    private static final List<String> OF_SOFTMAX = List.of("label-smoothing", "focal-gamma");
    private static final List<String> OF_ONE_CLASS = List.of("class-weights", "ignore");

    private final ModelContext context;
    private final Faults faults;

    NormalizerChecks(ModelContext context, Faults faults) {
        this.context = context;
        this.faults = faults;
    }

    /**
     * Checks a model.
     *
     * @param model a model whose {@code normalizer} and {@code scores-are} are valid
     * @return whether it can be made, as far as this goes: then more can be checked
     */
    boolean check(CheckedSection model) {
        boolean fitsTree = checkTree(model);
        boolean fitsLoss = checkLoss(model);
        if (LOGITS_ONLY.contains(normalizer(model))) {
            checkLogits(model);
        }
        return fitsTree && fitsLoss;
    }

    private static String normalizer(CheckedSection model) {
        return model.valueOf("normalizer");
    }

    private boolean checkTree(CheckedSection model) {
        CheckedSection tree = model.section("tree");
        boolean needsTree = normalizer(model).equals("hierarchical");
        if (tree != null && !needsTree) {
            String why = "goes only with normalizer hierarchical";
            faults.add(tree.place(), tree.path(), why, "");
        } else if (tree == null && needsTree) {
            faults.refuse(model, "normalizer", "needs a section tree beside it", "");
        }
        return (tree != null) == needsTree;
    }

    private void checkLogits(CheckedSection model) {
        if (!model.valueOf("scores-are").equals("logits")) {
            refuse(model, "scores-are", model, "logits");
        }
        if (context.hasLabels()) {
            faults.refuse(
                    model,
                    "normalizer",
                    "does not go with labels that come by themselves",
                    "no section labels: labels come with their scores");
        }
        if (context.hasGradients()) {
            faults.refuse(
                    model,
                    "normalizer",
                    "does not go with gradients",
                    "softmax, sparsemax, entmax15");
        }
    }

    private boolean checkLoss(CheckedSection model) {
        CheckedSection loss = model.section("loss");
        if (loss == null || normalizer(model).equals("softmax")) {
            return true;
        }
        boolean isPlain = true;
        for (String key : OF_SOFTMAX) {
            if (isAboveZero(loss.text(key))) {
                refuse(loss, key, model, "normalizer softmax");
                isPlain = false;
            }
        }
        if (!normalizer(model).equals("sigmoid")) {
            return true;
        }
        for (String key : OF_ONE_CLASS) {
            if (loss.hasValue(key)) {
                refuse(loss, key, model, "any other normalizer");
                isPlain = false;
            }
        }
        return isPlain;
    }

    private static boolean isAboveZero(@Nullable String decimal) {
        return decimal != null && Double.parseDouble(decimal) > 0;
    }

    private void refuse(CheckedSection section, String key, CheckedSection model, String allowed) {
        faults.refuse(section, key, "does not go with normalizer " + normalizer(model), allowed);
    }
}
