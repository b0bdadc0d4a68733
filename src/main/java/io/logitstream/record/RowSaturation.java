package io.logitstream.record;

/**
 * How saturated the softmax of a row is, whatever its label.
 *
 * @param spread the standard deviation of the scores over the temperature, under the distribution
 * @param topMass the sum of the probabilities of the top-k, in [0, 1] but for rounding
 */
public record RowSaturation(double spread, double topMass) {}
