package io.logitstream.config;

import io.logitstream.kernel.ClassTree;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tree of a model with a hierarchical softmax. */
final class TreeSection {

    static final KeySpec KEYS =
            new KeySpec.Section(
                    "tree",
                    false,
                    "The binary tree of a model with normalizer hierarchical: either counts, if the model"
                            + " was trained on their Huffman tree, or parents, for any other tree."
                            + " Node c is class c; node classes + j is inner node j, and score j of a"
                            + " record is its z, with p(second child) = 1 / (1 + exp(-z)).",
                    List.of(
                            new KeySpec.Lines(
                                    "counts",
                                    true,
                                    "A file with how often each class occurs, one decimal a line, line"
                                            + " 1 being class 0, resolved beside the job file; or a list"
                                            + " of them. The tree is their Huffman tree, built as fastText does: score j"
                                            + " is that of the j-th join, so the root is the last; the"
                                            + " rarer of the two nodes is the first child; of equal"
                                            + " counts an inner node goes before a class, and a higher"
                                            + " class before a lower one. A count of 0 is the rarest of"
                                            + " the others."),
                            new KeySpec.Lines(
                                    "parents",
                                    false,
                                    "A file with a line for each of the 2 classes - 1 nodes, line 1"
                                            + " being node 0, resolved beside the job file, or a list of"
                                            + " what would be its lines: the number"
                                            + " of its parent, a space, and 0 if it is the first child"
                                            + " or 1 if the second; -1 and 0 for the root.")));

    private static final String LINE = "two whole numbers, the parent and the side";

    private TreeSection() {}

    /** Returns the tree, or null after reporting why there is none. */
    static @Nullable ClassTree read(
            Path beside, CheckedSection tree, @Nullable Integer numClasses, Faults faults) {
        boolean hasCounts = tree.has("counts");
        if (hasCounts == tree.has("parents")) {
            faults.add(
                    tree.place(),
                    tree.path(),
                    hasCounts ? "has both keys" : "has no tree",
                    "one of counts, parents");
            return null;
        }
        String key = hasCounts ? "counts" : "parents";
        if (!tree.hasValue(key)) {
            return null;
        }
        try {
            if (!hasCounts) {
                return ofParents(beside, tree, numClasses, faults);
            }
            double[] counts =
                    Weights.read(beside, tree, key, numClasses, Weights.MAX_COUNT, faults);
            return counts == null ? null : ClassTree.huffman(counts);
        } catch (IllegalArgumentException e) {
            faults.refuse(tree, key, "is no tree: " + e.getMessage(), "");
            return null;
        }
    }

    private static @Nullable ClassTree ofParents(
            Path beside, CheckedSection tree, @Nullable Integer numClasses, Faults faults) {
        int keep = numClasses == null ? Integer.MAX_VALUE : 2 * numClasses - 1;
        TextLines lines = TextLines.read(beside, tree, "parents", keep, faults);
        if (lines == null) {
            return null;
        }
        if (numClasses != null && lines.size() != keep) {
            faults.refuse(
                    tree,
                    "parents",
                    "has %s, but %d classes make %d nodes"
                            .formatted(lines.count(), numClasses, keep),
                    "one line for each node");
            return null;
        }
        int[] parents = new int[lines.size()];
        int[] sides = new int[lines.size()];
        for (int node = 0; node < parents.length; node++) {
            String[] parts = lines.text(node).trim().split(" +");
            try {
                parents[node] = Integer.parseInt(parts[0]);
                sides[node] = Integer.parseInt(parts.length == 2 ? parts[1] : "");
            } catch (NumberFormatException e) {
                int example = numClasses == null ? 2 : numClasses;
                lines.refuse(node, "is not " + LINE, "for instance " + example + " 0");
            }
        }
        return lines.areFaulty() ? null : ClassTree.of(parents, sides);
    }
}
