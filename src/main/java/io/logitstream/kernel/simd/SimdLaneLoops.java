package io.logitstream.kernel.simd;

import io.logitstream.kernel.LaneLoops;
import io.logitstream.kernel.TemperedExp;
import io.logitstream.kernel.TopK;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;

/**
 * The loops with vectors of 128, 256 or 512 bits: the machine's widest, or what the system property
 * {@value #BITS_PROPERTY} says. Where a vector is narrower than the sixteen lanes, a loop runs once
 * for each part of the lanes.
 *
 * <p>A loop of {@link VectorLoops} that JDK 17 inlines into a loop around it keeps its vectors on
 * the heap, and whether it inlines depends on what ran before. So each is called through a method
 * handle in a field, which the JVM cannot look through; that costs some nanoseconds for a thousand
 * scores.
 */
public final class SimdLaneLoops implements LaneLoops {

    /** Forces the width of vectors in bits: 128, 256 or 512. */
    public static final String BITS_PROPERTY = "logitstream.kernel.bits";

    /** Does what is left over when vectors no longer fit. */
    private final LaneLoops rest;

    // Called through handles that are no constants to the JVM, so that it never inlines them.
    private final MethodHandle maxima = loop("maxima");
    private final MethodHandle countMasked = loop("countMasked");
    private final MethodHandle split = loop("split");
    private final MethodHandle addTerms = loop("addTerms");
    private final MethodHandle addAndStoreTerms = loop("addAndStoreTerms");
    private final MethodHandle addMoments = loop("addMoments");
    private final MethodHandle addGaps = loop("addGaps");
    private final MethodHandle probabilities = loop("probabilities");
    private final MethodHandle scaleTerms = loop("scaleTerms");
    private final MethodHandle logProbabilities = loop("logProbabilities");

    private SimdLaneLoops(LaneLoops rest) {
        this.rest = rest;
    }

    /**
     * Returns the loops.
     *
     * @param scalar does what is left over when vectors no longer fit
     * @throws UnsupportedOperationException if this machine has no vectors of 128 bits or more
     */
    public static LaneLoops create(LaneLoops scalar) {
        return new SimdLaneLoops(scalar);
    }

    @Override
    public String toString() {
        return VectorLoops.SPECIES.vectorBitSize() + " bits";
    }

    private static MethodHandle loop(String name) {
        for (Method method : VectorLoops.class.getDeclaredMethods()) {
            if (method.getName().equals(name)) {
                try {
                    return MethodHandles.lookup().unreflect(method);
                } catch (IllegalAccessException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        throw new IllegalStateException("no loop " + name);
    }

    private static RuntimeException bug(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException known ? known : new IllegalStateException(thrown);
    }

    /** Returns the end of the last whole group of lanes; what comes after it is the scalar's. */
    private static int endOfGroups(int from, int to) {
        return from + ((to - from) & -LANES);
    }

    /** Returns the end of the last whole vector. */
    private static int endOfVectors(int from, int to) {
        return from + VectorLoops.SPECIES.loopBound(to - from);
    }

    @Override
    public int maxima(float[] scores, int from, int to, float[] lanes) {
        int end = endOfGroups(from, to);
        int bits = rest.maxima(scores, end, to, lanes);
        try {
            for (int part = 0; part < LANES; part += VectorLoops.WIDTH) {
                int found = (int) maxima.invokeExact(scores, from + part, end, lanes, part);
                bits = Math.max(bits, found);
            }
        } catch (Throwable e) {
            throw bug(e);
        }
        return bits;
    }

    @Override
    public int countMasked(float[] scores, int from, int to) {
        int end = endOfVectors(from, to);
        try {
            int masked = (int) countMasked.invokeExact(scores, from, end);
            return masked + rest.countMasked(scores, end, to);
        } catch (Throwable e) {
            throw bug(e);
        }
    }

    @Override
    public void split(
            float[] scores,
            int from,
            int to,
            TemperedExp exp,
            float rounder,
            float lowest,
            float[] fractions,
            int[] powers,
            int at) {
        int end = endOfVectors(from, to);
        float high = exp.log2e();
        float low = exp.log2eLow();
        try {
            split.invokeExact(
                    scores, from, end, high, low, rounder, lowest, fractions, powers, at - from);
        } catch (Throwable e) {
            throw bug(e);
        }
        rest.split(scores, end, to, exp, rounder, lowest, fractions, powers, at + (end - from));
    }

    @Override
    public void addTerms(float[] fractions, int[] powers, int from, int to, float[] lanes) {
        try {
            for (int part = 0; part < LANES; part += VectorLoops.WIDTH) {
                addTerms.invokeExact(fractions, powers, from + part, to, lanes, part);
            }
        } catch (Throwable e) {
            throw bug(e);
        }
    }

    @Override
    public void addAndStoreTerms(
            float[] fractions,
            int[] powers,
            int from,
            int to,
            float[] lanes,
            float[] terms,
            int at) {
        try {
            for (int part = 0; part < LANES; part += VectorLoops.WIDTH) {
                addAndStoreTerms.invokeExact(
                        fractions, powers, from + part, to, lanes, part, terms, at - from);
            }
        } catch (Throwable e) {
            throw bug(e);
        }
    }

    @Override
    public void addMoments(
            float[] scores,
            int from,
            int to,
            float[] terms,
            int at,
            float max,
            float maxTerm,
            float lowest,
            float[] lanes) {
        int end = endOfGroups(from, to);
        try {
            for (int part = 0; part < LANES; part += VectorLoops.WIDTH) {
                addMoments.invokeExact(
                        scores,
                        from + part,
                        end,
                        terms,
                        at - from,
                        max,
                        maxTerm,
                        lowest,
                        lanes,
                        part);
            }
        } catch (Throwable e) {
            throw bug(e);
        }
        rest.addMoments(scores, end, to, terms, at + (end - from), max, maxTerm, lowest, lanes);
    }

    @Override
    public void addGaps(float[] scores, int from, int to, float max, float[] lanes) {
        int end = endOfGroups(from, to);
        try {
            for (int part = 0; part < LANES; part += VectorLoops.WIDTH) {
                addGaps.invokeExact(scores, from + part, end, max, lanes, part);
            }
        } catch (Throwable e) {
            throw bug(e);
        }
        rest.addGaps(scores, end, to, max, lanes);
    }

    @Override
    public void probabilities(
            float[] fractions, int[] powers, int from, int to, float factor, float[] out, int at) {
        int end = endOfVectors(from, to);
        try {
            probabilities.invokeExact(fractions, powers, from, end, factor, out, at - from);
        } catch (Throwable e) {
            throw bug(e);
        }
        rest.probabilities(fractions, powers, end, to, factor, out, at + (end - from));
    }

    @Override
    public void scaleTerms(float[] terms, int from, int to, float factor) {
        int end = endOfVectors(from, to);
        try {
            scaleTerms.invokeExact(terms, from, end, factor);
        } catch (Throwable e) {
            throw bug(e);
        }
        rest.scaleTerms(terms, end, to, factor);
    }

    @Override
    public void logProbabilities(
            float[] scores,
            int from,
            int to,
            float max,
            float inverseTemperature,
            float logSum,
            float[] out,
            int at) {
        int end = endOfVectors(from, to);
        try {
            logProbabilities.invokeExact(
                    scores, from, end, max, inverseTemperature, logSum, out, at - from);
        } catch (Throwable e) {
            throw bug(e);
        }
        rest.logProbabilities(
                scores, end, to, max, inverseTemperature, logSum, out, at + (end - from));
    }

    @Override
    public void select(float[] scores, int from, int to, float atLeast, int firstClass, TopK topK) {
        int end = endOfVectors(from, to);
        int width = VectorLoops.WIDTH;
        for (int i = from; i < end; i += width) {
            i = VectorLoops.find(scores, i, end, topK.thresholdFrom(atLeast));
            if (i < end) {
                rest.select(scores, i, i + width, atLeast, firstClass + (i - from), topK);
            }
        }
        rest.select(scores, end, to, atLeast, firstClass + (end - from), topK);
    }
}
