package io.logitstream.config;

import static io.logitstream.config.KeySpec.Value.optional;

import io.logitstream.kernel.ClassTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
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
                            optional(
                                    "counts",
                                    KeyTexts.PATH,
                                    "A file with how often each class occurs, one decimal a line, line"
                                            + " 1 being class 0, resolved beside the job file. The tree"
                                            + " is their Huffman tree, built as fastText does: score j"
                                            + " is that of the j-th join, so the root is the last; the"
                                            + " rarer of the two nodes is the first child; of equal"
                                            + " counts an inner node goes before a class, and a higher"
                                            + " class before a lower one. A count of 0 is the rarest of"
                                            + " the others."),
                            optional(
                                    "parents",
                                    KeyTexts.PATH,
                                    "A file with a line for each of the 2 classes - 1 nodes, line 1"
                                            + " being node 0, resolved beside the job file: the number"
                                            + " of its parent, a space, and 0 if it is the first child"
                                            + " or 1 if the second; -1 and 0 for the root.")));

    private static final String LINE = "two whole numbers, the parent and the side";

    private TreeSection() {}

    /** Returns the tree, or null after reporting why there is none. */
    static @Nullable ClassTree read(
            Path jobFile, CheckedSection tree, @Nullable Integer numClasses, Faults faults) {
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
        if (tree.text(key) == null) {
            return null;
        }
        try {
            if (!hasCounts) {
                return ofParents(jobFile, tree, numClasses, faults);
            }
            double[] counts =
                    WeightFile.read(jobFile, tree, key, numClasses, WeightFile.MAX_COUNT, faults);
            return counts == null ? null : ClassTree.huffman(counts);
        } catch (IllegalArgumentException e) {
            faults.refuse(tree, key, "is no tree: " + e.getMessage(), "");
            return null;
        }
    }

    private static @Nullable ClassTree ofParents(
            Path jobFile, CheckedSection tree, @Nullable Integer numClasses, Faults faults) {
        List<String> lines;
        try {
            Path path = jobFile.resolveSibling(tree.valueOf("parents"));
            lines = Files.readAllLines(path, StandardCharsets.UTF_8);
        } catch (IOException e) {
            faults.refuse(tree, "parents", "cannot be used: " + FileText.explain(e), "");
            return null;
        } catch (InvalidPathException e) {
            faults.refuse(tree, "parents", "is not a path", "");
            return null;
        }
        if (numClasses != null && lines.size() != 2 * numClasses - 1) {
            faults.refuse(
                    tree,
                    "parents",
                    "has %d lines, but %d classes make %d nodes"
                            .formatted(lines.size(), numClasses, 2 * numClasses - 1),
                    "one line for each node");
            return null;
        }
        int[] parents = new int[lines.size()];
        int[] sides = new int[lines.size()];
        for (int node = 0; node < parents.length; node++) {
            String[] parts = lines.get(node).trim().split(" +");
            try {
                parents[node] = Integer.parseInt(parts[0]);
                sides[node] = Integer.parseInt(parts.length == 2 ? parts[1] : "");
            } catch (NumberFormatException e) {
                faults.refuse(
                        tree,
                        "parents",
                        "line " + (node + 1) + " is not " + LINE,
                        "for instance " + (numClasses == null ? 2 : numClasses) + " 0");
                return null;
            }
        }
        return ClassTree.of(parents, sides);
    }
}
