package io.logitstream.record;

import io.logitstream.kernel.ExactSum;
import io.logitstream.record.RowComparison.Contender;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Other distributions side by side, over the rows that were chosen for it. Losses are weighted by
 * row; a loss that is infinite, or whose weighted term is 2^60 or more, is in no mean. Rows count
 * once in the other figures. A commutative monoid under {@link #mergeWith}, exact whatever the
 * order. Mutable, not thread-safe.
 */
public final class Comparison {

    private static final Contender[] CONTENDERS = Contender.values();

    private long rows;
    private final ExactSum[] lossWeights = sums();
    private final ExactSum[] losses = sums();
    private final long[] agreements = new long[CONTENDERS.length];
    private final long[] supports = new long[CONTENDERS.length];
    private final long[] bytes = new long[CONTENDERS.length];
    private final VarianceSum sampledVariance = new VarianceSum();

    private static ExactSum[] sums() {
        ExactSum[] sums = new ExactSum[CONTENDERS.length];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = new ExactSum();
        }
        return sums;
    }

    /** Adds a row, or with sign -1 takes it back. */
    void add(RowComparison row, double weight, int sign) {
        rows += sign;
        for (int i = 0; i < CONTENDERS.length; i++) {
            agreements[i] += row.agreements()[i] ? sign : 0;
            supports[i] += sign * row.supports()[i];
            bytes[i] += sign * row.bytes()[i];
        }
        for (int i = 0; i < row.losses().length; i++) {
            double loss = weight * row.losses()[i];
            boolean isSampled = CONTENDERS[i] == Contender.SAMPLED;
            double variance = isSampled ? weight * weight * row.sampledVariance() : 0;
            if (ExactSum.accepts(loss) && VarianceSum.accepts(variance)) {
                lossWeights[i].add(sign * weight);
                losses[i].add(sign * loss);
                sampledVariance.add(variance, sign);
            }
        }
    }

    void mergeWith(Comparison other) {
        rows += other.rows;
        for (int i = 0; i < CONTENDERS.length; i++) {
            lossWeights[i].mergeWith(other.lossWeights[i]);
            losses[i].mergeWith(other.losses[i]);
            agreements[i] += other.agreements[i];
            supports[i] += other.supports[i];
            bytes[i] += other.bytes[i];
        }
        sampledVariance.mergeWith(other.sampledVariance);
    }

    /** Returns how many rows were compared. */
    public long rows() {
        return rows;
    }

    /** Returns the mean loss in nats of a contender, NaN if it has none. */
    public double lossMean(Contender contender) {
        int i = contender.ordinal();
        return losses[i].value() / lossWeights[i].value();
    }

    /**
     * Returns the standard error that sampling gives the mean loss of {@link Contender#SAMPLED}.
     */
    public double sampledStandardError() {
        return Math.sqrt(sampledVariance.value())
                / lossWeights[Contender.SAMPLED.ordinal()].value();
    }

    /** Returns the share of rows whose best class is that of all scores. */
    public double agreement(Contender contender) {
        return (double) agreements[contender.ordinal()] / rows;
    }

    /** Returns how many probabilities are above 0 on average. */
    public double meanSupport(Contender contender) {
        return (double) supports[contender.ordinal()] / rows;
    }

    /** Returns how many bytes a row's scores take on average. */
    public double meanBytes(Contender contender) {
        return (double) bytes[contender.ordinal()] / rows;
    }

    /** Returns whether nothing was added, or all of it taken back. */
    private boolean isEmpty() {
        boolean isEmpty = rows == 0 && areZero(sampledVariance.all());
        for (int i = 0; i < CONTENDERS.length; i++) {
            isEmpty &= areZero(lossWeights[i], losses[i]);
            isEmpty &= (agreements[i] | supports[i] | bytes[i]) == 0;
        }
        return isEmpty;
    }

    private static boolean areZero(ExactSum... sums) {
        for (ExactSum sum : sums) {
            if ((sum.high() | sum.low()) != 0) {
                return false;
            }
        }
        return true;
    }

    /** Writes whether there is anything and, if so, all sums. */
    void writeTo(DataOutput out) throws IOException {
        boolean isEmpty = isEmpty();
        out.writeBoolean(!isEmpty);
        if (isEmpty) {
            return;
        }
        out.writeLong(rows);
        for (int i = 0; i < CONTENDERS.length; i++) {
            lossWeights[i].writeTo(out);
            losses[i].writeTo(out);
            out.writeLong(agreements[i]);
            out.writeLong(supports[i]);
            out.writeLong(bytes[i]);
        }
        for (ExactSum sum : sampledVariance.all()) {
            sum.writeTo(out);
        }
    }

    void readFrom(DataInput in) throws IOException {
        if (!in.readBoolean()) {
            return;
        }
        rows = in.readLong();
        for (int i = 0; i < CONTENDERS.length; i++) {
            lossWeights[i].mergeWith(ExactSum.readFrom(in));
            losses[i].mergeWith(ExactSum.readFrom(in));
            agreements[i] = in.readLong();
            supports[i] = in.readLong();
            bytes[i] = in.readLong();
        }
        for (ExactSum sum : sampledVariance.all()) {
            sum.mergeWith(ExactSum.readFrom(in));
        }
    }
}
