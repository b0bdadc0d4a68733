package io.logitstream.record;

/** What turns scores into a distribution. */
public enum Normalizer {
    /** {@code exp(z_i) / sum_j exp(z_j)}. */
    SOFTMAX("softmax", 0),
    /** The nearest point of the simplex: classes far below the best one get exactly 0. */
    SPARSEMAX("sparsemax", 1),
    /** 1.5-entmax, half way between the two. */
    ENTMAX15("entmax15", 2),
    /** A sigmoid at each inner node of a tree of the classes. */
    HIERARCHICAL("hierarchical", 0),
    /** A softmax over the head's classes and the tails, and one in each tail. */
    ADAPTIVE("adaptive", 0),
    /** A sigmoid of each class by itself, any number of which may be true. */
    SIGMOID("sigmoid", 0);

    private final String code;
    private final int sparsePower;

    Normalizer(String code, int sparsePower) {
        this.code = code;
        this.sparsePower = sparsePower;
    }

    /** Returns the name used in job files and predictions. */
    public String code() {
        return code;
    }

    /**
     * Returns the normalizer of a code.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Normalizer ofCode(String code) {
        for (Normalizer normalizer : values()) {
            if (normalizer.code.equals(code)) {
                return normalizer;
            }
        }
        throw new IllegalArgumentException("there is no normalizer " + code);
    }

    /** Returns whether probabilities can be exactly 0, whatever the score. */
    public boolean isSparse() {
        return sparsePower > 0;
    }

    /** Returns whether the loss is that of one true class, so that its exp is a perplexity. */
    public boolean hasPerplexity() {
        return !isSparse() && this != SIGMOID;
    }

    /** Returns whether rows count in a loss of the same kind as those of another. */
    public boolean hasLossOf(Normalizer other) {
        return sparsePower == other.sparsePower && (this == SIGMOID) == (other == SIGMOID);
    }

    /** Returns the power of {@link io.logitstream.kernel.SparseThreshold}, 0 for others. */
    public int sparsePower() {
        return sparsePower;
    }
}
