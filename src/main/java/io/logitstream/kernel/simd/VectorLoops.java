package io.logitstream.kernel.simd;

import io.logitstream.kernel.LaneLoops;
import io.logitstream.kernel.RowState;
import io.logitstream.kernel.TemperedExp;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops over whole vectors, of which {@link SimdLaneLoops} is made. Loops that fill lanes do so
 * for one part of them, {@code lanes[part, part + WIDTH)}, in strides of sixteen.
 *
 * <p>What keeps JDK 17 from putting vectors on the heap, each found by measuring: some thirty
 * vector operations in a method at most; sums as {@code e.add(sum)}, with the fresh vector as
 * receiver; compare and blend in place of {@code max}; and no loop around a loop, not even by
 * inlining, which {@link SimdLaneLoops} prevents.
 */
final class VectorLoops {

    static final VectorSpecies<Float> SPECIES = species();

    /** Float32 in a vector. */
    static final int WIDTH = SPECIES.length();

    private static final VectorSpecies<Integer> INTS =
            VectorSpecies.of(int.class, SPECIES.vectorShape());
    private static final int LANES = LaneLoops.LANES;
    private static final int BITS_OF_MASKED = 0xff800000;

    private VectorLoops() {}

    private static VectorSpecies<Float> species() {
        int widest = FloatVector.SPECIES_PREFERRED.vectorBitSize();
        int bits = Integer.getInteger(SimdLaneLoops.BITS_PROPERTY, Math.min(widest, 512));
        return switch (bits) {
            case 128 -> FloatVector.SPECIES_128;
            case 256 -> FloatVector.SPECIES_256;
            case 512 -> FloatVector.SPECIES_512;
            default ->
                    throw new UnsupportedOperationException(
                            "the SIMD kernel knows vectors of 128, 256 and 512 bits, not of "
                                    + bits);
        };
    }

    private static FloatVector all(float value) {
        return FloatVector.broadcast(SPECIES, value);
    }

    static int maxima(float[] scores, int from, int to, float[] lanes, int part) {
        FloatVector max = FloatVector.fromArray(SPECIES, lanes, part);
        FloatVector max2 = max;
        IntVector bits = IntVector.zero(INTS);
        IntVector bits2 = bits;
        int i = from;
        for (; i + LANES < to; i += 2 * LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, scores, i);
            max = x.blend(max, max.compare(VectorOperators.GE, x));
            bits = x.reinterpretAsInts().and(Integer.MAX_VALUE).max(bits);
            FloatVector x2 = FloatVector.fromArray(SPECIES, scores, i + LANES);
            max2 = x2.blend(max2, max2.compare(VectorOperators.GE, x2));
            bits2 = x2.reinterpretAsInts().and(Integer.MAX_VALUE).max(bits2);
        }
        if (i < to) {
            FloatVector x = FloatVector.fromArray(SPECIES, scores, i);
            max = x.blend(max, max.compare(VectorOperators.GE, x));
            bits = x.reinterpretAsInts().and(Integer.MAX_VALUE).max(bits);
        }
        max2.blend(max, max.compare(VectorOperators.GE, max2)).intoArray(lanes, part);
        return bits.max(bits2).reduceLanes(VectorOperators.MAX);
    }

    static void split(
            float[] scores,
            int from,
            int to,
            float log2e,
            float log2eLow,
            float rounder,
            float lowest,
            float[] fractions,
            int[] powers,
            int offset) {
        for (int i = from; i < to; i += WIDTH) {
            FloatVector x = FloatVector.fromArray(SPECIES, scores, i);
            x = x.blend(all(lowest), x.compare(VectorOperators.LT, lowest));
            FloatVector y = x.fma(all(log2e), all(rounder));
            FloatVector f = x.fma(all(log2e), all(rounder).sub(y));
            x.fma(all(log2eLow), f).intoArray(fractions, i + offset);
            y.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23).intoArray(powers, i + offset);
        }
    }

    static void addTerms(
            float[] fractions, int[] powers, int from, int to, float[] lanes, int part) {
        FloatVector s = FloatVector.fromArray(SPECIES, lanes, part);
        FloatVector c = FloatVector.fromArray(SPECIES, lanes, LANES + part);
        for (int i = from; i < to; i += 2 * LANES) {
            FloatVector e = term(fractions, powers, i);
            FloatVector e2 = term(fractions, powers, i + LANES);
            FloatVector pair = e.add(e2);
            FloatVector t = pair.add(s);
            c = pair.sub(t.sub(s)).add(c);
            s = t;
        }
        s.intoArray(lanes, part);
        c.intoArray(lanes, LANES + part);
    }

    static void addAndStoreTerms(
            float[] fractions,
            int[] powers,
            int from,
            int to,
            float[] lanes,
            int part,
            float[] terms,
            int offset) {
        FloatVector s = FloatVector.fromArray(SPECIES, lanes, part);
        FloatVector c = FloatVector.fromArray(SPECIES, lanes, LANES + part);
        for (int i = from; i < to; i += 2 * LANES) {
            FloatVector e = term(fractions, powers, i);
            e.intoArray(terms, i + offset);
            FloatVector e2 = term(fractions, powers, i + LANES);
            e2.intoArray(terms, i + LANES + offset);
            FloatVector pair = e.add(e2);
            FloatVector t = pair.add(s);
            c = pair.sub(t.sub(s)).add(c);
            s = t;
        }
        s.intoArray(lanes, part);
        c.intoArray(lanes, LANES + part);
    }

    /** Returns {@code 2^f 2^(n - N)} of a vector. */
    private static FloatVector term(float[] fractions, int[] powers, int i) {
        FloatVector f = FloatVector.fromArray(SPECIES, fractions, i);
        FloatVector p = f.fma(all(TemperedExp.C6), all(TemperedExp.C5));
        p = p.fma(f, all(TemperedExp.C4));
        p = p.fma(f, all(TemperedExp.C3));
        p = p.fma(f, all(TemperedExp.C2));
        p = p.fma(f, all(TemperedExp.C1));
        p = p.fma(f, all(1f));
        // The powers are where exponents are.
        return p.reinterpretAsInts()
                .add(IntVector.fromArray(INTS, powers, i))
                .reinterpretAsFloats();
    }

    static void addMoments(
            float[] scores,
            int from,
            int to,
            float[] terms,
            int offset,
            float max,
            float maxTerm,
            float lowest,
            float[] lanes,
            int part) {
        FloatVector t = FloatVector.fromArray(SPECIES, lanes, part);
        FloatVector u = FloatVector.fromArray(SPECIES, lanes, LANES + part);
        FloatVector q = FloatVector.fromArray(SPECIES, lanes, 2 * LANES + part);
        FloatVector w = FloatVector.fromArray(SPECIES, lanes, 3 * LANES + part);
        for (int i = from; i < to; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, scores, i);
            FloatVector e = FloatVector.fromArray(SPECIES, terms, i + offset);
            FloatVector d = x.sub(max);
            d = d.blend(FloatVector.zero(SPECIES), x.compare(VectorOperators.LT, lowest));
            FloatVector de = d.mul(e);
            t = de.add(t);
            u = de.fma(d, u);
            q = e.fma(e, q);
            w = e.fma(all(maxTerm).sub(e), w);
        }
        t.intoArray(lanes, part);
        u.intoArray(lanes, LANES + part);
        q.intoArray(lanes, 2 * LANES + part);
        w.intoArray(lanes, 3 * LANES + part);
    }

    static void addGaps(float[] scores, int from, int to, float max, float[] lanes, int part) {
        FloatVector sum = FloatVector.fromArray(SPECIES, lanes, part);
        for (int i = from; i < to; i += LANES) {
            FloatVector x = FloatVector.fromArray(SPECIES, scores, i);
            FloatVector gap =
                    x.sub(max)
                            .blend(
                                    FloatVector.zero(SPECIES),
                                    x.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY));
            sum = gap.add(sum);
        }
        sum.intoArray(lanes, part);
    }

    static void probabilities(
            float[] fractions,
            int[] powers,
            int from,
            int to,
            float factor,
            float[] out,
            int offset) {
        for (int i = from; i < to; i += WIDTH) {
            FloatVector p = term(fractions, powers, i).mul(factor);
            p.blend(
                            FloatVector.zero(SPECIES),
                            p.compare(VectorOperators.LT, RowState.LEAST_PROBABILITY))
                    .intoArray(out, i + offset);
        }
    }

    static void scaleTerms(float[] terms, int from, int to, float factor) {
        for (int i = from; i < to; i += WIDTH) {
            FloatVector p = FloatVector.fromArray(SPECIES, terms, i).mul(factor);
            p.blend(
                            FloatVector.zero(SPECIES),
                            p.compare(VectorOperators.LT, RowState.LEAST_PROBABILITY))
                    .intoArray(terms, i);
        }
    }

    static void logProbabilities(
            float[] scores,
            int from,
            int to,
            float max,
            float inverseTemperature,
            float logSum,
            float[] out,
            int offset) {
        for (int i = from; i < to; i += WIDTH) {
            FloatVector x = FloatVector.fromArray(SPECIES, scores, i);
            x.sub(max).fma(all(inverseTemperature), all(-logSum)).intoArray(out, i + offset);
        }
    }

    static int countMasked(float[] scores, int from, int to) {
        IntVector count = IntVector.zero(INTS);
        for (int i = from; i < to; i += WIDTH) {
            IntVector bits = FloatVector.fromArray(SPECIES, scores, i).reinterpretAsInts();
            IntVector one =
                    IntVector.zero(INTS).blend(1, bits.compare(VectorOperators.EQ, BITS_OF_MASKED));
            count = one.add(count);
        }
        return count.reduceLanes(VectorOperators.ADD);
    }

    /**
     * Returns where the first vector with a score of at least the threshold begins, else {@code
     * to}.
     */
    static int find(float[] scores, int from, int to, float threshold) {
        for (int i = from; i < to; i += WIDTH) {
            FloatVector x = FloatVector.fromArray(SPECIES, scores, i);
            if (x.compare(VectorOperators.GE, threshold).anyTrue()) {
                return i;
            }
        }
        return to;
    }
}
