package io.logitstream.record;

import io.logitstream.record.LossTerm.Kind;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Set;

/**
 * Where every score that waited and every label ended, as counts, and how long labels took. A
 * commutative monoid under {@link #mergeWith}; a term that is taken back leaves no trace. Not
 * thread-safe.
 *
 * <p>Scores: {@code waiting rows = matched + corrected + expired + repeated scores + those that
 * still wait}. Labels: {@code labels = matched + corrected + orphans + duplicates + conflicting +
 * too late}. A label counts in the window of its score, an orphan or one too late in that of its
 * own time.
 */
public final class LabelLedger {

    private static final Kind[] KINDS = Kind.values();
    private static final int FIRST = Kind.MATCHED.ordinal();
    private static final long HIGHEST_DELAY_MILLIS = 366L * 86_400_000;

    private final long[] counts = new long[KINDS.length - FIRST];
    private long awaited;
    private final QuantileSketch delays = new QuantileSketch(1, HIGHEST_DELAY_MILLIS);

    void add(LossTerm term) {
        if (term.kind() == Kind.WAITING_ROW) {
            awaited += term.sign();
        } else if (term.kind().ordinal() >= FIRST) {
            counts[term.kind().ordinal() - FIRST] += term.sign();
        }
        if (term.kind() == Kind.MATCHED || term.kind() == Kind.CORRECTED) {
            delays.add(term.delayMillis(), term.sign());
        }
    }

    void mergeWith(LabelLedger other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        awaited += other.awaited;
        delays.mergeWith(other.delays);
    }

    /** Returns whether no score waited and no label came. */
    public boolean isEmpty() {
        long any = awaited;
        for (long count : counts) {
            any |= count;
        }
        return any == 0;
    }

    /** Returns how many scores or labels ended in a bucket, {@link Kind#MATCHED} and after. */
    public long count(Kind bucket) {
        return counts[bucket.ordinal() - FIRST];
    }

    /** Returns how many scores waited for a label. */
    public long awaited() {
        return awaited;
    }

    /** Returns how many labels were joined to a score. */
    public long joined() {
        return count(Kind.MATCHED) + count(Kind.CORRECTED);
    }

    /** Returns how many scores still wait. */
    public long waiting() {
        return awaited - joined() - count(Kind.EXPIRED) - count(Kind.REPEATED_SCORE);
    }

    /** Returns how many labels came. */
    public long labels() {
        long labels = joined();
        for (Kind kind : Set.of(Kind.ORPHAN, Kind.DUPLICATE, Kind.CONFLICTING, Kind.TOO_LATE)) {
            labels += count(kind);
        }
        return labels;
    }

    /**
     * Returns a quantile of the delays of joined labels in milliseconds, within 1 % or 1 ms, or NaN
     * if there are none; a label before its score counts as one without delay.
     *
     * @param q from 0 to 1
     */
    public double delayQuantileMillis(double q) {
        return delays.quantile(q);
    }

    /** Writes the scores that waited, the buckets in order (int64 each), then the delays. */
    void writeTo(DataOutput out) throws IOException {
        out.writeLong(awaited);
        for (long count : counts) {
            out.writeLong(count);
        }
        delays.writeTo(out);
    }

    void readFrom(DataInput in) throws IOException {
        awaited += in.readLong();
        for (int i = 0; i < counts.length; i++) {
            counts[i] += in.readLong();
        }
        delays.readFrom(in);
    }
}
