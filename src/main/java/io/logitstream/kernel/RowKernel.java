package io.logitstream.kernel;

/**
 * Reduces softmax rows. Implementations follow the order of operations of the package page exactly,
 * so any two return the same bits. Stateless and thread-safe; the states they fill are not.
 */
public interface RowKernel {

    /**
     * Virtual lanes: the widest vector the order of operations allows for (512 bits of float32).
     */
    int LANES = 16;

    /**
     * Scores in a block: small enough for float32 lane sums of 32 terms, large enough to hide the
     * merge.
     */
    int BLOCK = 512;

    /**
     * Adds scores to a row's state: {@code state} becomes the state of everything it has seen so
     * far and {@code scores[from, to)}, in this order.
     *
     * @param scores float32 scores, not modified; -infinity masks a class; NaN and +infinity make
     *     the state {@linkplain RowState#isInvalid() invalid}
     * @param from first index to read
     * @param to one past the last index to read
     * @param firstClass the class that {@code scores[from]} belongs to, higher than any the state
     *     has seen
     * @param state where they are added
     */
    void reduce(float[] scores, int from, int to, int firstClass, RowState state);

    /**
     * Writes the probabilities of scores whose row has been reduced: {@code out[i] = p(scores[i])},
     * 0 for masked classes.
     *
     * @param scores float32 scores of the reduced row {@code [n]}, not modified
     * @param state the reduced row, valid and not all masked
     * @param out float32 {@code [n]}, may be {@code scores} itself
     */
    void probabilitiesInto(float[] scores, RowState state, float[] out);
}
