package io.logitstream;

import java.util.Random;

/**
 * Random numbers for tests: one fresh seed for each test run, printed, and taken back from {@code
 * -Dlogitstream.test.seed=N} to repeat a failure. What a test draws depends on nothing else, so it
 * may be repeated alone.
 */
public final class Seeds {

    /** The system property that fixes the seed. */
    public static final String PROPERTY = "logitstream.test.seed";

    private static final long SEED = Long.getLong(PROPERTY, System.nanoTime());

    static {
        System.out.println("random tests of this run: " + option());
    }

    private Seeds() {}

    /** Returns the option that repeats this run. */
    public static String option() {
        return "-D" + PROPERTY + "=" + SEED;
    }

    /** Returns a new generator for a test class; each call starts it from the beginning. */
    public static Random random(Class<?> test) {
        return new Random(SEED + test.getName().hashCode());
    }
}
