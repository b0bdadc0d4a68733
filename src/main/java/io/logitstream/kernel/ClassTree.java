package io.logitstream.kernel;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * A binary tree whose leaves are classes, for hierarchical softmax (Morin and Bengio 2005,
 * Hierarchical Probabilistic Neural Network Language Model, section 3). Nodes are numbered: leaf
 * {@code c} is class c, of 0 to K-1; inner node j, of 0 to K-2, is node {@code K + j} and has score
 * j. A score is that of going to the second child: {@code p(second) = 1 / (1 + exp(-z))}.
 * Immutable.
 */
public final class ClassTree implements Serializable {

    private static final long serialVersionUID = 1L;

    private static final int NONE = -1;

    private final int numClasses;

    /** Both children of each inner node: the first at 2 j, the second at 2 j + 1. */
    private final int[] children;

    private final int[] parents;
    private final int root;
    private final int depth;

    private ClassTree(int numClasses, int[] children) {
        this.numClasses = numClasses;
        this.children = children;
        this.parents = new int[2 * numClasses - 1];
        Arrays.fill(parents, NONE);
        for (int i = 0; i < children.length; i++) {
            parents[children[i]] = numClasses + i / 2;
        }
        int top = 2 * numClasses - 2;
        while (parents[top] != NONE) {
            top--;
        }
        this.root = top;
        this.depth = depthBelow(top);
    }

    /** Goes down from the root, since going up from each leaf costs K times the depth. */
    private int depthBelow(int top) {
        int[] nodes = new int[numClasses];
        int[] depths = new int[numClasses];
        int open = 1;
        nodes[0] = top;
        int deepest = 0;
        int reached = 0;
        while (open > 0) {
            open--;
            int node = nodes[open];
            int below = depths[open] + 1;
            reached++;
            for (int side = 0; side < 2; side++) {
                int child = child(node, side);
                if (isLeaf(child)) {
                    deepest = Math.max(deepest, below);
                } else {
                    nodes[open] = child;
                    depths[open++] = below;
                }
            }
        }
        if (reached < numClasses - 1) {
            throw new IllegalArgumentException(
                    "only %d of %d inner nodes are below the root, the others go in a circle"
                            .formatted(reached, numClasses - 1));
        }
        return deepest;
    }

    /**
     * Returns the Huffman tree of class counts, as fastText builds it (Bojanowski et al. 2017 and
     * its source): the rarer of the two nodes that are joined becomes the first child, a new node
     * before a class of the same count. Classes of equal counts are taken from the highest on. A
     * class that never occurs counts as the rarest of the others: as many as there may be of them,
     * zeros would make a chain.
     *
     * @param given how often each class occurs, at least 2 of them, finite and not negative
     */
    public static ClassTree huffman(double[] given) {
        double rarest = Arrays.stream(given).filter(count -> count > 0).min().orElse(1);
        double[] counts = Arrays.stream(given).map(count -> Math.max(count, rarest)).toArray();
        int classes = counts.length;
        if (classes < 2) {
            throw new IllegalArgumentException("a tree needs at least 2 classes, not " + classes);
        }
        int[] byCount =
                IntStream.range(0, classes)
                        .boxed()
                        .sorted(Comparator.comparingDouble((Integer leaf) -> -counts[leaf]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        double[] joined = new double[classes - 1];
        int[] children = new int[2 * (classes - 1)];
        int leaf = classes - 1;
        int node = 0;
        for (int made = 0; made < classes - 1; made++) {
            for (int side = 0; side < 2; side++) {
                boolean takesLeaf =
                        leaf >= 0 && (node == made || counts[byCount[leaf]] < joined[node]);
                double count = takesLeaf ? counts[byCount[leaf]] : joined[node];
                children[2 * made + side] = takesLeaf ? byCount[leaf--] : classes + node++;
                joined[made] += count;
            }
        }
        return new ClassTree(classes, children);
    }

    /**
     * Returns the tree in which each node says what it hangs on.
     *
     * @param parents of each of the 2 K - 1 nodes its parent, an inner node; -1 for the root
     * @param sides whether it is the first (0) or the second (1) child; not read for the root
     * @throws IllegalArgumentException if that is no binary tree with the classes as leaves
     */
    public static ClassTree of(int[] parents, int[] sides) {
        int classes = (parents.length + 1) / 2;
        if (classes < 2 || parents.length % 2 == 0) {
            throw new IllegalArgumentException(
                    "a tree of K >= 2 classes has 2 K - 1 nodes, not " + parents.length);
        }
        int[] children = new int[2 * (classes - 1)];
        Arrays.fill(children, NONE);
        for (int node = 0; node < parents.length; node++) {
            int parent = parents[node];
            if (parent == NONE && node >= classes) {
                continue;
            }
            if (parent < classes || parent >= parents.length || (sides[node] & ~1) != 0) {
                throw new IllegalArgumentException(
                        "node %d hangs on %d, side %d: not on side 0 or 1 of a node from %d to %d"
                                .formatted(node, parent, sides[node], classes, parents.length - 1));
            }
            int place = 2 * (parent - classes) + sides[node];
            if (children[place] != NONE) {
                throw new IllegalArgumentException(
                        "nodes %d and %d are both on side %d of node %d"
                                .formatted(children[place], node, sides[node], parent));
            }
            children[place] = node;
        }
        // 2 K - 2 places and 2 K - 1 nodes: with one root all places are taken.
        for (int place = 0; place < children.length; place++) {
            if (children[place] == NONE) {
                throw new IllegalArgumentException(
                        "node %d has nothing on side %d".formatted(classes + place / 2, place % 2));
            }
        }
        return new ClassTree(classes, children);
    }

    /** Returns K. */
    public int numClasses() {
        return numClasses;
    }

    /** Returns how many inner nodes the deepest leaf is below. */
    public int depth() {
        return depth;
    }

    int root() {
        return root;
    }

    boolean isLeaf(int node) {
        return node < numClasses;
    }

    /** Returns the score of an inner node. */
    int scoreOf(int node) {
        return node - numClasses;
    }

    int child(int node, int side) {
        return children[2 * (node - numClasses) + side];
    }

    /** Returns the parent of a node, -1 for the root. */
    int parent(int node) {
        return parents[node];
    }

    @Override
    public String toString() {
        return "tree of depth " + depth;
    }
}
