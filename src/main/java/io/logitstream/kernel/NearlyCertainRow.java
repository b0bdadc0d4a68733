package io.logitstream.kernel;

/**
 * The norm of the gradient of a softmax row whose best class is the label and has nearly all
 * probability. With {@code e = exp(z - max z)} of the other classes, A their sum and B that of
 * their squares, it is {@code sqrt(A^2 + B) / (1 + A)}.
 *
 * <p>The sums of a {@link RowState} have the 1 of the best class in them, beside which float32
 * loses what is below 3e-8; only {@code W = A - B} has not. So A and B are summed from the scores,
 * and what is far below comes from W: then the norm is within 1e-6 of exact arithmetic. Without
 * scores, B is taken from the best classes, and for the others it is the middle between the bounds
 * that these and the rounding of the sum leave, and A is W + B: within 2e-5.
 */
final class NearlyCertainRow {

    /** From here on the sums of the state are good enough: their error is divided by two norms. */
    private static final double LARGEST_REST = 0.5;

    /** Classes below, with e under 1e-7, have no square worth mentioning. */
    private static final double LOWEST = -16.1;

    /**
     * The best class and what shares its lane are added in float32: so much may be lost of both.
     */
    private static final double LOST = 0x1p-24;

    private NearlyCertainRow() {}

    /**
     * Returns the norm, NaN if the other classes have too much.
     *
     * @param sum {@code 1 + A}
     * @param scatter {@code W}
     * @param scores of the row
     */
    static double norm(double sum, double scatter, float[] scores, RowState state) {
        if (!(sum < 1 + LARGEST_REST) || state.topK().size() == 0) {
            return Double.NaN;
        }
        float max = state.topK().score(0);
        float lowest = (float) (max + LOWEST * state.temperature());
        double rest = 0;
        double squares = 0;
        for (float score : scores) {
            if (score > lowest && score < max) {
                double e = StrictMath.exp(((double) score - max) / state.temperature());
                rest += e;
                squares += e * e;
            }
        }
        return normOf(rest + Math.max(0, scatter - (rest - squares)), squares);
    }

    /**
     * Returns the norm, NaN if the other classes have too much.
     *
     * @param sum {@code 1 + A}
     * @param scatter {@code W}
     */
    static double norm(double sum, double scatter, RowState state) {
        TopK best = state.topK();
        if (!(sum < 1 + LARGEST_REST) || best.size() == 0) {
            return Double.NaN;
        }
        double ofBest = 0;
        double squaresOfBest = 0;
        double last = 1;
        for (int rank = 1; rank < best.size(); rank++) {
            double below = ((double) best.score(rank) - best.score(0)) / state.temperature();
            last = StrictMath.exp(below);
            ofBest += last;
            squaresOfBest += last * last;
        }
        long others = state.classes() - state.masked() - best.size();
        double squares = squaresOfBest;
        if (others > 0) {
            double scatterOfOthers = Math.max(0, scatter - (ofBest - squaresOfBest));
            double least = scatterOfOthers * scatterOfOthers / others;
            double most = last * scatterOfOthers / (1 - Math.min(last, 0.5));
            double known = sum - 1 - scatter - squaresOfBest;
            double low = Math.max(least, Math.min(known - LOST, most));
            double high = Math.max(least, Math.min(known + LOST, most));
            squares += (low + high) / 2;
        }
        return normOf(scatter + squares, squares);
    }

    private static double normOf(double rest, double squares) {
        return Math.sqrt(rest * rest + squares) / (1 + rest);
    }
}
