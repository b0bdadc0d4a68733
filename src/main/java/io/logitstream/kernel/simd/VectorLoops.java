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
 * receiver; and no loop around a loop, not even by inlining, which {@link SimdLaneLoops} prevents.
 * Masks and the {@code max} of floats are slow there, so bits of floats are compared as integers.
 */
final class VectorLoops {

    static final VectorSpecies<Float> SPECIES = species();

    /** Float32 in a vector. */
    static final int WIDTH = SPECIES.length();

    private static final VectorSpecies<Integer> INTS =
            VectorSpecies.of(int.class, SPECIES.vectorShape());
    private static final int LANES = LaneLoops.LANES;
    private static final int BITS_OF_MASKED = 0xff800000;
    private static final int BITS_OF_LEAST = Float.floatToRawIntBits(RowState.LEAST_PROBABILITY);

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

    /**
     * Returns what turns bits of floats, by exclusive or, into integers that descend from {@code
     * threshold} on; those of floats below it are above its own.
     */
    static int flip(float threshold) {
        return threshold < 0 ? Integer.MIN_VALUE : -1;
    }

    static long maxima(float[] scores, int from, int to, int[] lanes, int at) {
        IntVector max = IntVector.broadcast(INTS, BITS_OF_MASKED);
        IntVector min = max;
        IntVector size = IntVector.zero(INTS);
        for (int i = from; i < to; i += LANES) {
            IntVector bits = FloatVector.fromArray(SPECIES, scores, i).reinterpretAsInts();
            max = bits.max(max);
            min = bits.min(min);
            size = bits.and(Integer.MAX_VALUE).max(size);
        }
        // The bits of scores above 0 ascend with them, those of scores below 0 descend.
        IntVector largest = max.blend(min, max.compare(VectorOperators.LT, 0));
        largest =
                largest.lanewise(VectorOperators.ASHR, 31)
                        .and(Integer.MAX_VALUE)
                        .lanewise(VectorOperators.XOR, largest);
        largest.intoArray(lanes, at);
        return LaneLoops.found(
                size.reduceLanes(VectorOperators.MAX), largest.reduceLanes(VectorOperators.MAX));
    }

    static void relate(
            float[] scores,
            int from,
            int to,
            float anchor,
            int flip,
            int limit,
            float[] out,
            int offset) {
        for (int i = from; i < to; i += WIDTH) {
            FloatVector.fromArray(SPECIES, scores, i)
                    .sub(anchor)
                    .reinterpretAsInts()
                    .lanewise(VectorOperators.XOR, flip)
                    .min(limit)
                    .lanewise(VectorOperators.XOR, flip)
                    .reinterpretAsFloats()
                    .intoArray(out, i + offset);
        }
    }

    /** Returns ones where the bits of a score differ from these, else zeros. */
    private static IntVector differs(FloatVector x, int bits) {
        IntVector difference = x.reinterpretAsInts().lanewise(VectorOperators.XOR, bits);
        return difference.neg().or(difference).lanewise(VectorOperators.ASHR, 31);
    }

    static void replace(float[] scores, int from, int to, int lowest, int top) {
        for (int i = from; i < to; i += WIDTH) {
            FloatVector x = FloatVector.fromArray(SPECIES, scores, i);
            IntVector others = differs(x, lowest);
            IntVector bits = x.reinterpretAsInts();
            bits.and(others).or(others.not().and(top)).reinterpretAsFloats().intoArray(scores, i);
        }
    }

    static void terms(
            float[] scores,
            int from,
            int to,
            float log2e,
            float log2eLow,
            float rounder,
            float[] terms,
            int offset) {
        for (int i = from; i < to; i += WIDTH) {
            FloatVector x = FloatVector.fromArray(SPECIES, scores, i);
            FloatVector y = x.fma(all(log2e), all(rounder));
            FloatVector f = x.fma(all(log2e), all(rounder).sub(y));
            f = x.fma(all(log2eLow), f);
            FloatVector p = f.fma(all(TemperedExp.C6), all(TemperedExp.C5));
            p = p.fma(f, all(TemperedExp.C4));
            p = p.fma(f, all(TemperedExp.C3));
            p = p.fma(f, all(TemperedExp.C2));
            p = p.fma(f, all(TemperedExp.C1));
            p = p.fma(f, all(1f));
            // The low bits of y are n - N, and come to where exponents are.
            p.reinterpretAsInts()
                    .add(y.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
                    .reinterpretAsFloats()
                    .intoArray(terms, i + offset);
        }
    }

    static void sumTerms(float[] terms, int from, int to, float[] lanes, int part) {
        FloatVector s = all(LaneLoops.BASE);
        FloatVector c = FloatVector.zero(SPECIES);
        for (int i = from; i < to; i += 2 * LANES) {
            FloatVector e = FloatVector.fromArray(SPECIES, terms, i);
            FloatVector e2 = FloatVector.fromArray(SPECIES, terms, i + LANES);
            FloatVector pair = e.add(e2);
            FloatVector t = pair.add(s);
            c = pair.sub(t.sub(s)).add(c);
            s = t;
        }
        s.intoArray(lanes, part);
        c.intoArray(lanes, LANES + part);
    }

    static void addMoments(
            float[] scores,
            int from,
            int to,
            float[] terms,
            int offset,
            float max,
            float maxTerm,
            float[] lanes,
            int part) {
        FloatVector t = FloatVector.fromArray(SPECIES, lanes, part);
        FloatVector u = FloatVector.fromArray(SPECIES, lanes, LANES + part);
        FloatVector q = FloatVector.fromArray(SPECIES, lanes, 2 * LANES + part);
        FloatVector w = FloatVector.fromArray(SPECIES, lanes, 3 * LANES + part);
        for (int i = from; i < to; i += LANES) {
            FloatVector d = FloatVector.fromArray(SPECIES, scores, i).sub(max);
            FloatVector e = FloatVector.fromArray(SPECIES, terms, i + offset);
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

    static void scale(float[] terms, int from, int to, float factor, float[] out, int offset) {
        for (int i = from; i < to; i += WIDTH) {
            FloatVector.fromArray(SPECIES, terms, i).mul(factor).intoArray(out, i + offset);
        }
    }

    static void scaleAndDrop(
            float[] terms, int from, int to, float factor, float[] out, int offset) {
        for (int i = from; i < to; i += WIDTH) {
            IntVector p = FloatVector.fromArray(SPECIES, terms, i).mul(factor).reinterpretAsInts();
            IntVector below = p.sub(BITS_OF_LEAST).lanewise(VectorOperators.ASHR, 31);
            p.and(below.not()).reinterpretAsFloats().intoArray(out, i + offset);
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
        IntVector others = IntVector.zero(INTS);
        for (int i = from; i < to; i += WIDTH) {
            IntVector isOther = differs(FloatVector.fromArray(SPECIES, scores, i), BITS_OF_MASKED);
            others = isOther.add(others);
        }
        return to - from + others.reduceLanes(VectorOperators.ADD);
    }

    /** Returns the first position with a score that reaches the threshold, else {@code to}. */
    static int find(float[] scores, int from, int to, float threshold) {
        // The zeros are one score.
        float lowest = threshold == 0 ? -Float.MIN_VALUE : threshold;
        int flip = flip(lowest);
        int limit = Float.floatToRawIntBits(lowest) ^ flip;
        int i = from;
        for (; i <= to - 4 * WIDTH; i += 4 * WIDTH) {
            IntVector first = flipped(scores, i, flip).min(flipped(scores, i + WIDTH, flip));
            IntVector last =
                    flipped(scores, i + 2 * WIDTH, flip).min(flipped(scores, i + 3 * WIDTH, flip));
            if (first.min(last).compare(VectorOperators.LE, limit).anyTrue()) {
                break;
            }
        }
        for (; i <= to - WIDTH; i += WIDTH) {
            int at =
                    FloatVector.fromArray(SPECIES, scores, i)
                            .compare(VectorOperators.GE, threshold)
                            .firstTrue();
            if (at < WIDTH) {
                return i + at;
            }
        }
        while (i < to && scores[i] < threshold) {
            i++;
        }
        return i;
    }

    private static IntVector flipped(float[] scores, int i, int flip) {
        return FloatVector.fromArray(SPECIES, scores, i)
                .reinterpretAsInts()
                .lanewise(VectorOperators.XOR, flip);
    }
}
