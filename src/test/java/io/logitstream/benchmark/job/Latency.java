package io.logitstream.benchmark.job;

/**
 * How long predictions took, in milliseconds from when the scores were due to be sent to the poll
 * that returns the prediction, committed or not.
 */
record Latency(double p50, double p99, double p999) {}
