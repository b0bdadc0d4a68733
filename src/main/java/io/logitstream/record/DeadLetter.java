package io.logitstream.record;

/**
 * A record that could not be used (or not in time), with everything needed to look at it and to
 * send it again.
 *
 * @param raw the record as it was read
 * @param fault why it is here
 */
public record DeadLetter(RawRecord raw, Fault fault) {}
