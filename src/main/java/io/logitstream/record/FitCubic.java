package io.logitstream.record;

/** The mean loss between two temperatures: the cubic with its values and slopes at 0 and 1. */
record FitCubic(double cubed, double squared, double slope, double value) {

    /**
     * Returns the cubic.
     *
     * @param step from the first to the second, in what slopes are with respect to
     */
    static FitCubic between(FitPoint lower, FitPoint higher, double step) {
        double slope0 = step * lower.slope();
        double slope1 = step * higher.slope();
        double rise = higher.meanLoss() - lower.meanLoss();
        return new FitCubic(
                slope0 + slope1 - 2 * rise,
                3 * rise - 2 * slope0 - slope1,
                slope0,
                lower.meanLoss());
    }

    double at(double t) {
        return ((cubed * t + squared) * t + slope) * t + value;
    }

    /** Returns where its slope changes from negative to positive, in [0, 1]. */
    double leastAt() {
        double low = 0;
        double high = 1;
        for (int i = 0; i < 60; i++) {
            double middle = (low + high) / 2;
            if ((3 * cubed * middle + 2 * squared) * middle + slope < 0) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }
}
