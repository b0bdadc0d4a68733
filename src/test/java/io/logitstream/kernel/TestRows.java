package io.logitstream.kernel;

import java.util.Arrays;
import java.util.Random;

/** Rows of scores for tests. */
final class TestRows {

    private TestRows() {}

    /** Independent normal scores. */
    static float[] gaussian(Random random, int numClasses, double mean, double deviation) {
        float[] row = new float[numClasses];
        for (int i = 0; i < numClasses; i++) {
            row[i] = (float) (mean + deviation * random.nextGaussian());
        }
        return row;
    }

    /** One score of 0, all others {@code low}: the rounding errors of a lane all point one way. */
    static float[] twoLevels(int numClasses, int high, float low) {
        float[] row = constant(numClasses, low);
        row[high] = 0;
        return row;
    }

    static float[] constant(int numClasses, float score) {
        float[] row = new float[numClasses];
        Arrays.fill(row, score);
        return row;
    }

    /** {@code first, first + step, ...}. */
    static float[] steps(int numClasses, float first, float step) {
        float[] row = new float[numClasses];
        for (int i = 0; i < numClasses; i++) {
            row[i] = first + i * step;
        }
        return row;
    }

    /** Masks about a share of the classes, leaving at least class {@code kept}. */
    static float[] masked(Random random, float[] row, double share, int kept) {
        for (int i = 0; i < row.length; i++) {
            if (i != kept && random.nextDouble() < share) {
                row[i] = Float.NEGATIVE_INFINITY;
            }
        }
        return row;
    }
}
