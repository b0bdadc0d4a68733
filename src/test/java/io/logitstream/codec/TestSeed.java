package io.logitstream.codec;

import java.util.Random;

/**
 * Random numbers of a test. Prints the seed, which {@code -Dlogitstream.test.seed=N} brings back.
 */
final class TestSeed {

    private static final String PROPERTY = "logitstream.test.seed";

    private TestSeed() {}

    static Random random(String test) {
        long seed = Long.getLong(PROPERTY, System.nanoTime());
        System.out.println(test + ": -D" + PROPERTY + "=" + seed);
        return new Random(seed);
    }
}
