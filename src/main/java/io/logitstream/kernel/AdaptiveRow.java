package io.logitstream.kernel;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A row of adaptive softmax (Grave et al. 2017, see {@link ClassClusters}): the head's scores and
 * those of the tails that were sent. A class of the head has its probability in the softmax of the
 * head's scores; a class of a tail has that of the tail's score there, times its own in the softmax
 * of the tail. A tail whose score in the head is -infinity has no probability, sent or not.
 *
 * <p>A class of a tail that was not sent has at most the probability of the tail; so what ranks
 * before that is certain.
 *
 * <p>Against exact arithmetic, with the bounds of {@link RowState} for the head and each tail:
 * log-probabilities are within 3e-7 absolute for classes of the head and 6e-7 for others, at most
 * 0, and finite whenever the scores are; probabilities within 4e-7 and 8e-7 relative, entropy and
 * Brier score within 2e-6. Allocates nothing for a row but summaries of {@link RowState}. Not
 * thread-safe.
 */
public final class AdaptiveRow {

    private static final int ABSENT = -1;

    private final ClassClusters clusters;
    private final double temperature;

    /** The head's classes alone, with the best of them. */
    private final RowState classes;

    /** The tails' scores in the head, which must not rank among its classes. */
    private final RowState entries;

    /** Both together. */
    private final RowState head;

    private final RowState[] tails;

    /** Where the scores of each tail start, {@link #ABSENT} if they were not sent. */
    private final int[] starts;

    /** The log-probability of each tail. */
    private final double[] tailLogs;

    private final RankedLogs best;

    private float[] scores;

    /**
     * Creates a row.
     *
     * @param clusters the classes
     * @param temperature divides all scores
     * @param k how many best classes to find, at least 1
     */
    public AdaptiveRow(ClassClusters clusters, double temperature, int k) {
        this.clusters = clusters;
        this.temperature = temperature;
        this.classes = new RowState(temperature, k);
        this.entries = new RowState(temperature, 0);
        this.head = new RowState(temperature, 0);
        this.tails = new RowState[clusters.tails()];
        Arrays.setAll(tails, tail -> new RowState(temperature, k));
        this.starts = new int[tails.length];
        this.tailLogs = new double[tails.length];
        this.best = new RankedLogs(k);
    }

    /**
     * Becomes a row. If it is {@linkplain #isInvalid invalid}, its head is all masked, or {@link
     * #emptyTail} finds a tail, no other figure is defined.
     *
     * @param kernel reduces its parts
     * @param parts the head's scores and those of the given tails, one behind the other; not
     *     modified, and read until the next row
     * @param given the numbers of the tails, ascending, or null if all of them follow the head
     */
    public void become(RowKernel kernel, float[] parts, int @Nullable [] given) {
        scores = parts;
        int headClasses = clusters.headClasses();
        int start = clusters.headSize();
        reduce(kernel, 0, headClasses, 0, classes);
        reduce(kernel, headClasses, start, 0, entries);
        head.clear();
        head.mergeWith(classes);
        head.mergeWith(entries);
        Arrays.fill(starts, ABSENT);
        for (int i = 0; i < (given == null ? tails.length : given.length); i++) {
            int tail = given == null ? i : given[i];
            int end = start + clusters.size(tail);
            starts[tail] = start;
            reduce(kernel, start, end, clusters.firstClass(tail), tails[tail]);
            start = end;
        }
        for (int tail = 0; tail < tails.length; tail++) {
            tailLogs[tail] = logOf(scores[headClasses + tail], head);
        }
        findBest();
    }

    private void reduce(RowKernel kernel, int from, int to, int firstClass, RowState state) {
        state.clear();
        kernel.reduce(scores, from, to, firstClass, state);
    }

    /** Returns the log-probability of a score among those of a state. */
    private double logOf(float score, RowState state) {
        double below = ((double) score - state.sums().max) / temperature;
        // At least 1 but for rounding, says the state of its sum.
        return below - Math.max(0, state.logSum());
    }

    /** Offers the classes of lower clusters first, and each cluster's in their order. */
    private void findBest() {
        best.clear();
        TopK ofHead = classes.topK();
        for (int rank = 0; rank < ofHead.size(); rank++) {
            best.offer(logOf(ofHead.score(rank), head), ofHead.classAt(rank));
        }
        for (int tail = 0; tail < tails.length; tail++) {
            if (starts[tail] != ABSENT && hasProbability(tail)) {
                TopK ofTail = tails[tail].topK();
                for (int rank = 0; rank < ofTail.size(); rank++) {
                    double within = logOf(ofTail.score(rank), tails[tail]);
                    best.offer(tailLogs[tail] + within, ofTail.classAt(rank));
                }
            }
        }
    }

    /** Returns whether NaN or +infinity is among the scores. */
    public boolean isInvalid() {
        boolean invalid = head.isInvalid();
        for (int tail = 0; tail < tails.length; tail++) {
            invalid |= starts[tail] != ABSENT && tails[tail].isInvalid();
        }
        return invalid;
    }

    /** Returns whether all scores of the head are -infinity. */
    public boolean isHeadMasked() {
        return head.isAllMasked();
    }

    /** Returns a given tail that has probability, but no class that could have it; -1 if none. */
    public int emptyTail() {
        for (int tail = 0; tail < tails.length; tail++) {
            if (starts[tail] != ABSENT && hasProbability(tail) && tails[tail].isAllMasked()) {
                return tail;
            }
        }
        return -1;
    }

    private boolean hasProbability(int tail) {
        return scores[clusters.headClasses() + tail] != Float.NEGATIVE_INFINITY;
    }

    /** Returns whether a tail has probability, but was not sent. */
    public boolean isMissing(int tail) {
        return starts[tail] == ABSENT && hasProbability(tail);
    }

    /** Returns whether no tail is missing. */
    public boolean isComplete() {
        for (int tail = 0; tail < tails.length; tail++) {
            if (isMissing(tail)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns the best classes: k, or all whose scores were sent. Of equally probable ones the
     * lower class is first, but classes of one cluster rank by their scores, even where these are
     * so close that the log-probabilities are equal.
     */
    public RankedLogs best() {
        return best;
    }

    /** Returns whether a missing tail may have a class that belongs at a rank. */
    public boolean canReach(int tail, int rank) {
        return isMissing(tail)
                && (rank >= best.size()
                        || tailLogs[tail] > best.logAt(rank)
                        || (tailLogs[tail] == best.logAt(rank)
                                && clusters.firstClass(tail) < best.classAt(rank)));
    }

    /** Returns how many of the best classes found are that whatever the missing tails have. */
    public int certainRanks() {
        int certain = best.size();
        for (int tail = 0; tail < tails.length; tail++) {
            while (certain > 0 && canReach(tail, certain - 1)) {
                certain--;
            }
        }
        return certain;
    }

    /** Returns the log-probability of all classes of a tail together, at most 0. */
    public double logOfTail(int tail) {
        return tailLogs[tail];
    }

    /**
     * Returns the log-probability of a class, at most 0; -infinity if it has none. Its tail is not
     * {@linkplain #isMissing missing}.
     */
    public double logProbability(int classIndex) {
        int tail = clusters.tailOf(classIndex);
        if (tail < 0) {
            return logOf(scores[classIndex], head);
        }
        return hasProbability(tail)
                ? tailLogs[tail] + logOf(scoreIn(tail, classIndex), tails[tail])
                : Double.NEGATIVE_INFINITY;
    }

    private float scoreIn(int tail, int classIndex) {
        return scores[starts[tail] + classIndex - clusters.firstClass(tail)];
    }

    /** Returns the probability at a rank, by the same operations as the whole distribution. */
    public float probabilityAt(int rank) {
        int classIndex = best.classAt(rank);
        int tail = clusters.tailOf(classIndex);
        return tail < 0
                ? head.probability(scores[classIndex])
                : ofTail(
                        tails[tail].probability(scoreIn(tail, classIndex)),
                        StrictMath.exp(tailLogs[tail]));
    }

    private static float ofTail(float within, double tailProbability) {
        float p = (float) (within * tailProbability);
        return p < RowState.LEAST_PROBABILITY ? 0f : p;
    }

    /** Writes the probabilities of all classes; the row is {@linkplain #isComplete complete}. */
    public void probabilitiesInto(RowKernel kernel, float[] out, int at) {
        kernel.probabilitiesInto(scores, 0, clusters.headClasses(), head, out, at);
        for (int tail = 0; tail < tails.length; tail++) {
            int target = at + clusters.firstClass(tail);
            int end = target + clusters.size(tail);
            if (!hasProbability(tail)) {
                Arrays.fill(out, target, end, 0f);
                continue;
            }
            int from = starts[tail];
            int to = from + clusters.size(tail);
            kernel.probabilitiesInto(scores, from, to, tails[tail], out, target);
            double tailProbability = StrictMath.exp(tailLogs[tail]);
            for (int i = target; i < end; i++) {
                out[i] = ofTail(out[i], tailProbability);
            }
        }
    }

    /** Returns the entropy in nats; the row is {@linkplain #isComplete complete}. */
    public double entropy() {
        double entropy = head.entropy();
        for (int tail = 0; tail < tails.length; tail++) {
            if (hasProbability(tail)) {
                entropy += StrictMath.exp(tailLogs[tail]) * tails[tail].entropy();
            }
        }
        return entropy;
    }

    /**
     * Returns the Brier score {@code sum p^2 - 2 p_y + 1}, in [0, 2]; the row is {@linkplain
     * #isComplete complete}. The squares are summed cluster by cluster, so that those of the tails'
     * scores in the head need not be taken back.
     */
    public double brier(int classIndex) {
        double squares = 0;
        if (!classes.isAllMasked()) {
            double below =
                    ((double) classes.sums().max - head.sums().max) / temperature
                            + classes.logSum()
                            - head.logSum();
            double share = StrictMath.exp(below);
            squares = share * share * classes.sumOfSquares();
        }
        for (int tail = 0; tail < tails.length; tail++) {
            if (hasProbability(tail)) {
                squares += StrictMath.exp(2 * tailLogs[tail]) * tails[tail].sumOfSquares();
            }
        }
        return Math.max(0, squares - 2 * StrictMath.exp(logProbability(classIndex)) + 1);
    }
}
