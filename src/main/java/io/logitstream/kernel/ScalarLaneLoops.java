package io.logitstream.kernel;

/**
 * The loops in plain Java, one lane after the other. Works on every JVM; about ten times slower
 * than vectors.
 */
final class ScalarLaneLoops implements LaneLoops {

    @Override
    public long maxima(float[] scores, int from, int to, int[] lanes, int at) {
        int largestBits = 0;
        int largest = LOWEST;
        for (int lane = 0; lane < LANES; lane++) {
            int max = LOWEST;
            for (int i = from + lane; i < to; i += LANES) {
                float x = scores[i];
                max = Math.max(max, LaneLoops.ascending(x));
                largestBits = Math.max(largestBits, Float.floatToRawIntBits(x) & Integer.MAX_VALUE);
            }
            lanes[at + lane] = max;
            largest = Math.max(largest, max);
        }
        return LaneLoops.found(largestBits, largest);
    }

    @Override
    public int countMasked(float[] scores, int from, int to) {
        int masked = 0;
        for (int i = from; i < to; i++) {
            masked += scores[i] == Float.NEGATIVE_INFINITY ? 1 : 0;
        }
        return masked;
    }

    @Override
    public void relate(
            float[] scores, int from, int to, float anchor, float lowest, float[] out, int at) {
        for (int i = from; i < to; i++) {
            out[at + (i - from)] = Math.max(scores[i] - anchor, lowest);
        }
    }

    @Override
    public void replace(float[] scores, int from, int to, float lowest, float top) {
        for (int i = from; i < to; i++) {
            scores[i] = scores[i] == lowest ? top : scores[i];
        }
    }

    @Override
    public void terms(
            float[] scores,
            int from,
            int to,
            TemperedExp exp,
            float rounder,
            float[] terms,
            int at) {
        for (int i = from; i < to; i++) {
            terms[at + (i - from)] = exp.term(scores[i], rounder);
        }
    }

    @Override
    public void sumTerms(float[] terms, int from, int to, float[] lanes) {
        for (int lane = 0; lane < LANES; lane++) {
            float s = BASE;
            float c = 0;
            for (int i = from + lane; i < to; i += 2 * LANES) {
                float pair = i + LANES < to ? terms[i] + terms[i + LANES] : terms[i];
                float t = s + pair;
                c += pair - (t - s);
                s = t;
            }
            lanes[lane] = s;
            lanes[LANES + lane] = c;
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
            float[] lanes) {
        for (int lane = 0; lane < Math.min(LANES, to - from); lane++) {
            float t = lanes[lane];
            float u = lanes[LANES + lane];
            float q = lanes[2 * LANES + lane];
            float w = lanes[3 * LANES + lane];
            for (int i = from + lane; i < to; i += LANES) {
                float e = terms[at + (i - from)];
                float d = scores[i] - max;
                float de = d * e;
                t += de;
                u = Math.fma(de, d, u);
                q = Math.fma(e, e, q);
                w = Math.fma(e, maxTerm - e, w);
            }
            lanes[lane] = t;
            lanes[LANES + lane] = u;
            lanes[2 * LANES + lane] = q;
            lanes[3 * LANES + lane] = w;
        }
    }

    @Override
    public void addGaps(float[] scores, int from, int to, float max, float[] lanes) {
        for (int lane = 0; lane < Math.min(LANES, to - from); lane++) {
            float sum = lanes[lane];
            for (int i = from + lane; i < to; i += LANES) {
                float x = scores[i];
                sum += x == Float.NEGATIVE_INFINITY ? 0f : x - max;
            }
            lanes[lane] = sum;
        }
    }

    @Override
    public void scale(float[] terms, int from, int to, float factor, float[] out, int at) {
        for (int i = from; i < to; i++) {
            out[at + (i - from)] = terms[i] * factor;
        }
    }

    @Override
    public void scaleAndDrop(float[] terms, int from, int to, float factor, float[] out, int at) {
        for (int i = from; i < to; i++) {
            float p = terms[i] * factor;
            out[at + (i - from)] = p < RowState.LEAST_PROBABILITY ? 0f : p;
        }
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
        for (int i = from; i < to; i++) {
            out[at + (i - from)] = Math.fma(scores[i] - max, inverseTemperature, -logSum);
        }
    }

    @Override
    public void select(float[] scores, int from, int to, float atLeast, int firstClass, TopK topK) {
        float threshold = topK.thresholdFrom(atLeast);
        for (int i = from; i < to; i++) {
            if (scores[i] >= threshold) {
                topK.offer(scores[i], firstClass + (i - from));
                threshold = topK.thresholdFrom(atLeast);
            }
        }
    }
}
