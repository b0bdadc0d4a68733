package io.logitstream.benchmark;

/** A library that computes the same; the build's profile {@code peers} brings one. */
interface Peer {

    /**
     * Returns code for a case.
     *
     * @param of the case
     * @param rows float32 {@code [batch * k]}
     * @param label the label of every row
     * @param best how many best classes a top-k asks for
     */
    CaseCode code(KernelCase of, float[] rows, int label, int best);
}
