package io.logitstream.record;

import io.logitstream.kernel.ExactSum;

/**
 * A sum of squares, such as that of a weight times a standard error, that does not depend on their
 * order. A square leaves the range of an {@link ExactSum} far earlier than what it is of does, so
 * there are three: for whole units of 2^-40, for what these leave (units of 2^-100), and for
 * squares from 2^60 on (units of 2^20). Not thread-safe.
 */
final class VarianceSum {

    private static final double UP = 0x1p60;
    private static final double DOWN = 0x1p-60;

    /** From here on a float64 is rounded to units of 2^-40 already, or nearly so. */
    private static final double COARSE_FROM = 0x1p12;

    final ExactSum middle = new ExactSum();
    final ExactSum small = new ExactSum();
    final ExactSum large = new ExactSum();

    /** Returns whether a square can be added. */
    static boolean accepts(double square) {
        return ExactSum.accepts(square * DOWN);
    }

    /** Adds a square that is accepted, or with sign -1 takes it back. */
    void add(double square, int sign) {
        if (!ExactSum.accepts(square)) {
            large.add(sign * square * DOWN);
            return;
        }
        double coarse = square < COARSE_FROM ? Math.rint(square * 0x1p40) * 0x1p-40 : square;
        middle.add(sign * coarse);
        small.add(sign * (square - coarse) * UP);
    }

    void mergeWith(VarianceSum other) {
        ExactSum[] mine = all();
        ExactSum[] others = other.all();
        for (int i = 0; i < mine.length; i++) {
            mine[i].mergeWith(others[i]);
        }
    }

    /** Returns the sums in the order of the serialised form. */
    ExactSum[] all() {
        return new ExactSum[] {middle, small, large};
    }

    /** Returns the sum, rounded. */
    double value() {
        return large.value() * UP + middle.value() + small.value() * DOWN;
    }
}
