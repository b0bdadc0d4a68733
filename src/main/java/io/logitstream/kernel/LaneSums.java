package io.logitstream.kernel;

/** Adds up the sixteen lanes of a loop in float64, as a tree. Not thread-safe. */
final class LaneSums {

    private static final int LANES = LaneLoops.LANES;

    private final double[] a = new double[LANES];

    /** Returns the sum of the lanes that {@link LaneLoops#addTerms} filled. */
    double ofTerms(float[] lanes) {
        for (int lane = 0; lane < LANES; lane++) {
            a[lane] = ((double) lanes[lane] - LaneLoops.BASE) + lanes[LANES + lane];
        }
        return tree();
    }

    /** Returns the sum of {@code lanes[at, at + LANES)}. */
    double of(float[] lanes, int at) {
        for (int lane = 0; lane < LANES; lane++) {
            a[lane] = lanes[at + lane];
        }
        return tree();
    }

    /** Adds (i, i+8), then 4, 2, 1 apart. */
    private double tree() {
        return (four(0) + four(2)) + (four(1) + four(3));
    }

    private double four(int at) {
        return (a[at] + a[at + 8]) + (a[at + 4] + a[at + 12]);
    }
}
