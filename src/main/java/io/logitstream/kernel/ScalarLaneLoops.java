package io.logitstream.kernel;

/**
 * The loops in plain Java, one lane after the other. Works on every JVM; about ten times slower
 * than vectors.
 */
final class ScalarLaneLoops implements LaneLoops {

    @Override
    public int maxima(float[] scores, int from, int to, float[] lanes) {
        int largestBits = 0;
        for (int lane = 0; lane < Math.min(LANES, to - from); lane++) {
            float max = lanes[lane];
            for (int i = from + lane; i < to; i += LANES) {
                float x = scores[i];
                max = max >= x ? max : x;
                largestBits = Math.max(largestBits, Float.floatToRawIntBits(x) & Integer.MAX_VALUE);
            }
            lanes[lane] = max;
        }
        return largestBits;
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
        for (int i = from; i < to; i++) {
            float x = scores[i] < lowest ? lowest : scores[i];
            fractions[at + (i - from)] = exp.fraction(x, rounder);
            powers[at + (i - from)] = exp.powers(x, rounder);
        }
    }

    @Override
    public void addTerms(float[] fractions, int[] powers, int from, int to, float[] lanes) {
        addAndStoreTerms(fractions, powers, from, to, lanes, fractions, from);
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
        for (int i = from; i < to; i++) {
            terms[at + (i - from)] = TemperedExp.power(fractions[i], powers[i]);
        }
        int end = at + (to - from);
        for (int lane = 0; lane < Math.min(LANES, to - from); lane++) {
            float s = lanes[lane];
            float c = lanes[LANES + lane];
            for (int i = at + lane; i < end; i += 2 * LANES) {
                float pair = i + LANES < end ? terms[i] + terms[i + LANES] : terms[i];
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
            float lowest,
            float[] lanes) {
        for (int lane = 0; lane < Math.min(LANES, to - from); lane++) {
            float t = lanes[lane];
            float u = lanes[LANES + lane];
            float q = lanes[2 * LANES + lane];
            float w = lanes[3 * LANES + lane];
            for (int i = from + lane; i < to; i += LANES) {
                float x = scores[i];
                float e = terms[at + (i - from)];
                float d = x < lowest ? 0f : x - max;
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
    public void probabilities(
            float[] fractions, int[] powers, int from, int to, float factor, float[] out, int at) {
        for (int i = from; i < to; i++) {
            float p = TemperedExp.power(fractions[i], powers[i]) * factor;
            out[at + (i - from)] = p < RowState.LEAST_PROBABILITY ? 0f : p;
        }
    }

    @Override
    public void scaleTerms(float[] terms, int from, int to, float factor) {
        for (int i = from; i < to; i++) {
            float p = terms[i] * factor;
            terms[i] = p < RowState.LEAST_PROBABILITY ? 0f : p;
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
