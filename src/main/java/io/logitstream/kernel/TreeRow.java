package io.logitstream.kernel;

import java.util.Arrays;

/**
 * A row of hierarchical softmax: the scores of the inner nodes of a {@link ClassTree}. The best
 * classes are found by best-first search: what is open is expanded where the probability is
 * highest, so that a class that comes out is at least as probable as all that is still in, and most
 * of the tree is never looked at. A label costs its depth.
 *
 * <p>Log-probabilities are sums of {@code ln sigmoid} from the root down, in float64 and {@link
 * StrictMath}: the same bits wherever and in whatever order they are asked for, each step within
 * {@code 1e-15 (1 + |z|)} of itself, z being its node's score over the temperature. Grows to the
 * widest search, then allocates nothing. Not thread-safe.
 */
public final class TreeRow {

    private final ClassTree tree;
    private final double temperature;
    private final int k;
    private final RankedLogs best;
    private final int[] path;

    /** A heap of open nodes, the most probable at 0. */
    private int[] openNodes = new int[64];

    private double[] openLogs = new double[64];
    private int open;

    private float[] scores;
    private int from;
    private int visited;

    /**
     * Creates a row.
     *
     * @param tree the classes
     * @param temperature divides the scores of the nodes
     * @param k how many best classes to find, at least 1
     */
    public TreeRow(ClassTree tree, double temperature, int k) {
        this.tree = tree;
        this.temperature = temperature;
        this.k = Math.min(k, tree.numClasses());
        this.best = new RankedLogs(this.k);
        this.path = new int[tree.depth() + 1];
    }

    /**
     * Becomes a row and finds its best classes.
     *
     * @param nodeScores K - 1 scores from an index on, neither NaN nor +infinity; -infinity means
     *     the first child. Not modified, and read until the next row
     */
    public void become(float[] nodeScores, int start) {
        scores = nodeScores;
        from = start;
        best.clear();
        visited = 0;
        open = 0;
        push(tree.root(), 0);
        while (best.size() < k && open > 0) {
            int node = openNodes[0];
            double log = openLogs[0];
            pop();
            if (tree.isLeaf(node)) {
                best.offer(log, node);
            } else {
                visited++;
                push(tree.child(node, 0), log + logOf(node, 0));
                push(tree.child(node, 1), log + logOf(node, 1));
            }
        }
    }

    /** Returns the logarithm of the probability of going to a side of an inner node. */
    private double logOf(int node, int side) {
        double z = scores[from + tree.scoreOf(node)] / temperature;
        double toSide = side == 1 ? z : -z;
        return Math.min(toSide, 0) - StrictMath.log1p(StrictMath.exp(-Math.abs(z)));
    }

    private void push(int node, double log) {
        if (log == Double.NEGATIVE_INFINITY) {
            return;
        }
        if (open == openNodes.length) {
            openNodes = Arrays.copyOf(openNodes, 2 * open);
            openLogs = Arrays.copyOf(openLogs, 2 * open);
        }
        int at = open++;
        while (at > 0 && comesBefore(node, log, (at - 1) / 2)) {
            openNodes[at] = openNodes[(at - 1) / 2];
            openLogs[at] = openLogs[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        openNodes[at] = node;
        openLogs[at] = log;
    }

    /**
     * More probable first. Of equal ones inner nodes first, for a lower class may be below them;
     * then by number, so that classes come as the tie rule wants.
     */
    private boolean comesBefore(int node, double log, int other) {
        if (log != openLogs[other]) {
            return log > openLogs[other];
        }
        boolean isLeaf = tree.isLeaf(node);
        return isLeaf == tree.isLeaf(openNodes[other]) ? node < openNodes[other] : !isLeaf;
    }

    /** Drops the first of the heap. */
    private void pop() {
        open--;
        int node = openNodes[open];
        double log = openLogs[open];
        int at = 0;
        while (2 * at + 1 < open) {
            int child = 2 * at + 1;
            if (child + 1 < open && comesBefore(openNodes[child + 1], openLogs[child + 1], child)) {
                child++;
            }
            if (comesBefore(node, log, child)) {
                break;
            }
            openNodes[at] = openNodes[child];
            openLogs[at] = openLogs[child];
            at = child;
        }
        openNodes[at] = node;
        openLogs[at] = log;
    }

    /** Returns how many classes were found: k, or all that have a probability. */
    public int size() {
        return best.size();
    }

    /** Returns the class at a rank (0 is the best; among equally probable ones the lower class). */
    public int classAt(int rank) {
        return best.classAt(rank);
    }

    /** Returns the log-probability of the class at a rank. */
    public double logAt(int rank) {
        return best.logAt(rank);
    }

    /** Returns how many inner nodes the search looked at. */
    public int visited() {
        return visited;
    }

    /** Returns the rank of a class, or -1 if it was not found. */
    public int rankOf(int classIndex) {
        return best.rankOf(classIndex);
    }

    /** Returns the log-probability of a class, at most 0; -infinity if it has none. */
    public double logProbability(int classIndex) {
        int steps = 0;
        for (int node = classIndex; node != -1; node = tree.parent(node)) {
            path[steps++] = node;
        }
        double log = 0;
        for (int i = steps - 1; i > 0; i--) {
            int side = tree.child(path[i], 1) == path[i - 1] ? 1 : 0;
            log += logOf(path[i], side);
        }
        return log;
    }

    /** Writes the probabilities of all classes. */
    public void probabilitiesInto(float[] out, int at) {
        open = 0;
        Arrays.fill(out, at, at + tree.numClasses(), 0f);
        push(tree.root(), 0);
        while (open > 0) {
            int node = openNodes[0];
            double log = openLogs[0];
            pop();
            if (tree.isLeaf(node)) {
                out[at + node] = (float) StrictMath.exp(log);
            } else {
                push(tree.child(node, 0), log + logOf(node, 0));
                push(tree.child(node, 1), log + logOf(node, 1));
            }
        }
    }
}
