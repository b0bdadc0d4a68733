package io.logitstream.kernel;

/** Adds up the sixteen lanes of a loop in float64, as a tree: (i, i+8), then 4, 2, 1 apart. */
final class LaneSums {

    private static final int LANES = LaneLoops.LANES;

    private LaneSums() {}

    /** Returns the sum of the lanes that {@link LaneLoops#sumTerms} filled. */
    static double ofTerms(float[] lanes) {
        return (fourTerms(lanes, 0) + fourTerms(lanes, 2))
                + (fourTerms(lanes, 1) + fourTerms(lanes, 3));
    }

    private static double fourTerms(float[] lanes, int at) {
        return (terms(lanes, at) + terms(lanes, at + 8))
                + (terms(lanes, at + 4) + terms(lanes, at + 12));
    }

    private static double terms(float[] lanes, int lane) {
        return ((double) lanes[lane] - LaneLoops.BASE) + lanes[LANES + lane];
    }

    /** Returns the sum of {@code lanes[at, at + LANES)}. */
    static double of(float[] lanes, int at) {
        return (four(lanes, at) + four(lanes, at + 2))
                + (four(lanes, at + 1) + four(lanes, at + 3));
    }

    private static double four(float[] lanes, int at) {
        return ((double) lanes[at] + lanes[at + 8]) + ((double) lanes[at + 4] + lanes[at + 12]);
    }
}
