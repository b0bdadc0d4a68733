package io.logitstream.benchmark;

/** The code of a {@link KernelCase}, ready to run. */
interface CaseCode {

    /** Computes all rows once. */
    double run();

    /**
     * Returns the figure that shows that the last row was computed: log-sum-exp, cross-entropy, the
     * k-th best score, or the sum of the squared probabilities. NaN if there is none.
     */
    default double check() {
        return Double.NaN;
    }

    /** Gives back what the code holds. */
    default void close() {}
}
