package io.logitstream.record;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** How many rows of a loss state are of each kind. */
final class LossCounts {

    long records;
    long refused;
    long labelled;
    long infiniteLosses;
    long boundedLosses;
    long unboundedLosses;
    long estimatedLosses;
    long inexact;

    void mergeWith(LossCounts other) {
        records += other.records;
        refused += other.refused;
        labelled += other.labelled;
        infiniteLosses += other.infiniteLosses;
        boundedLosses += other.boundedLosses;
        unboundedLosses += other.unboundedLosses;
        estimatedLosses += other.estimatedLosses;
        inexact += other.inexact;
    }

    void writeTo(DataOutput out) throws IOException {
        out.writeLong(records);
        out.writeLong(refused);
        out.writeLong(labelled);
        out.writeLong(infiniteLosses);
        out.writeLong(boundedLosses);
        out.writeLong(unboundedLosses);
        out.writeLong(estimatedLosses);
        out.writeLong(inexact);
    }

    void readFrom(DataInput in) throws IOException {
        records = in.readLong();
        refused = in.readLong();
        labelled = in.readLong();
        infiniteLosses = in.readLong();
        boundedLosses = in.readLong();
        unboundedLosses = in.readLong();
        estimatedLosses = in.readLong();
        inexact = in.readLong();
    }
}
