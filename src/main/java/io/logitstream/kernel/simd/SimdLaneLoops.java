package io.logitstream.kernel.simd;

import static java.lang.Float.floatToRawIntBits;

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
    private final MethodHandle relate = loop("relate");
    private final MethodHandle replace = loop("replace");
    private final MethodHandle terms = loop("terms");
    private final MethodHandle sumTerms = loop("sumTerms");
    private final MethodHandle addMoments = loop("addMoments");
    private final MethodHandle addGaps = loop("addGaps");
    private final MethodHandle scale = loop("scale");
    private final MethodHandle scaleAndDrop = loop("scaleAndDrop");
    private final MethodHandle logProbabilities = loop("logProbabilities");
    private final MethodHandle find = loop("find");

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

    private static int endOfVectors(int from, int to) {
        return from + VectorLoops.SPECIES.loopBound(to - from);
    }

    @Override
    public long maxima(float[] scores, int from, int to, int[] lanes, int at) {
        int end = endOfGroups(from, to);
        int size = 0;
        int largest = LOWEST;
        try {
            for (int part = 0; part < LANES; part += VectorLoops.WIDTH) {
                long found = (long) maxima.invokeExact(scores, from + part, end, lanes, at + part);
                size = Math.max(size, (int) (found >> 32));
                largest = Math.max(largest, (int) found);
            }
        } catch (Throwable e) {
            throw bug(e);
        }
        for (int i = end; i < to; i++) {
            float x = scores[i];
            int lane = at + (i - end);
            lanes[lane] = Math.max(lanes[lane], LaneLoops.ascending(x));
            largest = Math.max(largest, lanes[lane]);
            size = Math.max(size, floatToRawIntBits(x) & Integer.MAX_VALUE);
        }
        return LaneLoops.found(size, largest);
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
    public void relate(
            float[] scores, int from, int to, float anchor, float lowest, float[] out, int at) {
        int end = endOfVectors(from, to);
        int flip = VectorLoops.flip(lowest);
        int limit = floatToRawIntBits(lowest) ^ flip;
        try {
            relate.invokeExact(scores, from, end, anchor, flip, limit, out, at - from);
        } catch (Throwable e) {
            throw bug(e);
        }
        rest.relate(scores, end, to, anchor, lowest, out, at + (end - from));
    }

    @Override
    public void replace(float[] scores, int from, int to, float lowest, float top) {
        int end = endOfVectors(from, to);
        try {
            replace.invokeExact(
                    scores, from, end, floatToRawIntBits(lowest), floatToRawIntBits(top));
        } catch (Throwable e) {
            throw bug(e);
        }
        rest.replace(scores, end, to, lowest, top);
    }

    @Override
    public void terms(
            float[] scores, int from, int to, TemperedExp exp, float rounder, float[] out, int at) {
        float high = exp.log2e();
        float low = exp.log2eLow();
        int end = endOfVectors(from, to);
        int offset = at - from;
        try {
            terms.invokeExact(scores, from, end, high, low, rounder, out, offset);
            if (end < to) {
                int last = to - VectorLoops.WIDTH;
                terms.invokeExact(scores, last, to, high, low, rounder, out, offset);
            }
        } catch (Throwable e) {
            throw bug(e);
        }
    }

    @Override
    public void sumTerms(float[] all, int from, int to, float[] lanes) {
        try {
            for (int part = 0; part < LANES; part += VectorLoops.WIDTH) {
                sumTerms.invokeExact(all, from + part, to, lanes, part);
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
            float[] all,
            int at,
            float max,
            float maxTerm,
            float[] lanes) {
        int offset = at - from;
        int end = endOfGroups(from, to);
        try {
            for (int part = 0; part < LANES; part += VectorLoops.WIDTH) {
                addMoments.invokeExact(
                        scores, from + part, end, all, offset, max, maxTerm, lanes, part);
            }
        } catch (Throwable e) {
            throw bug(e);
        }
        rest.addMoments(scores, end, to, all, end + offset, max, maxTerm, lanes);
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
    public void scale(float[] all, int from, int to, float factor, float[] out, int at) {
        int end = endOfVectors(from, to);
        try {
            scale.invokeExact(all, from, end, factor, out, at - from);
        } catch (Throwable e) {
            throw bug(e);
        }
        rest.scale(all, end, to, factor, out, at + (end - from));
    }

    @Override
    public void scaleAndDrop(float[] all, int from, int to, float factor, float[] out, int at) {
        int end = endOfVectors(from, to);
        try {
            scaleAndDrop.invokeExact(all, from, end, factor, out, at - from);
        } catch (Throwable e) {
            throw bug(e);
        }
        rest.scaleAndDrop(all, end, to, factor, out, at + (end - from));
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
        int i = find(scores, from, to, topK.thresholdFrom(atLeast));
        while (i < to) {
            topK.offer(scores[i], firstClass + (i - from));
            i = find(scores, i + 1, to, topK.thresholdFrom(atLeast));
        }
    }

    private int find(float[] scores, int from, int to, float threshold) {
        try {
            return (int) find.invokeExact(scores, from, to, threshold);
        } catch (Throwable e) {
            throw bug(e);
        }
    }
}
