package io.logitstream.benchmark;

import java.util.Arrays;
import java.util.Random;

/** What the scores of a benchmark look like. */
enum Input {
    /** Independent normal scores of standard deviation 3, like a trained model's. */
    gaussian,
    /** Standard deviation 30: most terms are subnormal or vanish. */
    wide,
    /** Each score above the one before. */
    ascending,
    /** Each score below the one before. */
    descending,
    /** All scores equal. */
    constant,
    /** One score in a thousand stands far above the others. */
    spiky,
    /** Half of the classes masked. */
    halfMasked,
    /** All classes masked but one in a hundred. */
    mostlyMasked;

    private static final long SEED = 20_260_101;

    float[] rows(int n) {
        Random random = new Random(SEED);
        float[] rows = new float[n];
        for (int i = 0; i < n; i++) {
            rows[i] = (float) (3 * random.nextGaussian());
        }
        switch (this) {
            case gaussian -> {}
            case wide -> {
                for (int i = 0; i < n; i++) {
                    rows[i] *= 10;
                }
            }
            case ascending -> Arrays.sort(rows);
            case descending -> {
                Arrays.sort(rows);
                for (int i = 0; i < n / 2; i++) {
                    float low = rows[i];
                    rows[i] = rows[n - 1 - i];
                    rows[n - 1 - i] = low;
                }
            }
            case constant -> Arrays.fill(rows, 1.5f);
            case spiky -> {
                for (int i = 0; i < n; i += 1_000) {
                    rows[random.nextInt(n)] = 60 + random.nextFloat();
                }
            }
            case halfMasked -> mask(rows, random, 0.5);
            case mostlyMasked -> mask(rows, random, 0.99);
        }
        return rows;
    }

    private static void mask(float[] rows, Random random, double share) {
        for (int i = 1; i < rows.length; i++) {
            if (random.nextDouble() < share) {
                rows[i] = Float.NEGATIVE_INFINITY;
            }
        }
    }
}
