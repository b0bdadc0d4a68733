package io.logitstream.benchmark;

import java.util.List;

/**
 * What was measured of a case, over all rounds and iterations.
 *
 * @param of the case
 * @param nsPerElement the median
 * @param min the least
 * @param max the largest
 */
record Measurement(KernelCase of, double nsPerElement, double min, double max) {

    /** Returns the measurement of a case whose runs took these nanoseconds for all its rows. */
    static Measurement of(KernelCase of, List<Double> nanos) {
        double elements = (double) of.k() * of.batch();
        double[] sorted = nanos.stream().mapToDouble(nano -> nano / elements).sorted().toArray();
        return new Measurement(of, sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
    }
}
