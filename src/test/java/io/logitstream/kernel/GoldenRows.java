package io.logitstream.kernel;

import java.util.List;
import java.util.Random;

/**
 * Rows whose figures are frozen. The bits were printed by {@link ScalarRowKernel} of version 0.1.0;
 * an order of operations that gives others needs a line in CHANGELOG, for stored results and mixed
 * clusters then differ.
 *
 * @param name what the row is
 * @param seed of the row's {@link Random}
 * @param numClasses K
 * @param deviation standard deviation of the scores
 * @param maskedShare share of masked classes
 * @param temperature divides the scores
 * @param label the true class
 * @param bits as {@link StateBits} writes them
 * @param labelProbability in hexadecimal
 */
record GoldenRows(
        String name,
        long seed,
        int numClasses,
        double deviation,
        double maskedShare,
        double temperature,
        int label,
        String bits,
        String labelProbability) {

    float[] row() {
        Random random = new Random(seed);
        float[] row = TestRows.gaussian(random, numClasses, 0, deviation);
        return TestRows.masked(random, row, maskedShare, label);
    }

    static List<GoldenRows> all() {
        return List.of(
                new GoldenRows(
                        "ten classes",
                        1,
                        10,
                        3,
                        0,
                        1,
                        4,
                        "10 [0, 9, 7, 8, 1] "
                                + "0x1.2e4a96e8bf499p2 0x1.eca21c51d2362p-1 0x1.a74c9a6ccdf24p-3 "
                                + "0x1.da4a1da55754dp-1 0x1.83110dbdc4eb1p-1 0x1.028038f45fa4dp3 "
                                + "0x1.ecfc64c4d3ee8p0",
                        "0x1.45506ap-12"),
                new GoldenRows(
                        "one group and one",
                        2,
                        17,
                        0.2,
                        0,
                        0.05,
                        16,
                        "17 [14, 15, 11, 1, 3] "
                                + "0x1.b7f1378f144dfp2 0x1.1222f0795c32bp-1 0x1.0bbe5e1962665p0 "
                                + "0x1.adaef6a968076p-2 0x1.8cd0c664fff22p-1 0x1.1a7b1df78a27p3 "
                                + "0x1.6b58853d0ffb8p0",
                        "0x1.3386d6p-13"),
                new GoldenRows(
                        "language model, sharp",
                        3,
                        103,
                        4,
                        0,
                        0.3251856,
                        50,
                        "103 [28, 37, 64, 101, 22] "
                                + "0x1.7b4a2ad1fd50bp5 0x1.fffffffc8c964p-1 0x1.3ba870548b601p-27 "
                                + "0x1.fffffff9192c8p-1 0x1.9d2e5116bfcb2p-23 0x1.9a90b7fd3f5fdp5 "
                                + "0x1.fffffffc8c964p0",
                        "0x1.f1fa6cp-75"),
                new GoldenRows(
                        "three blocks",
                        4,
                        1300,
                        5,
                        0,
                        1,
                        1299,
                        "1300 [651, 1234, 1285, 375, 1224] "
                                + "0x1.08d2bc99f808fp4 0x1.55e952d04d379p-1 0x1.8c7c9f44ee844p0 "
                                + "0x1.dea7ae883ae3dp-2 0x1.f69f8809d0d68p1 0x1.103443f1f808fp4 "
                                + "0x1.77a9ea42f2ce8p0",
                        "0x1.5f1bdcp-25"),
                new GoldenRows(
                        "mostly masked",
                        5,
                        4097,
                        20,
                        0.9,
                        7.5,
                        4000,
                        "4097 -3704 [38, 2020, 857, 1161, 3867] "
                                + "0x1.259c78b7b8339p3 0x1.d025ad0b1abf3p-3 0x1.9d93ba39e9de7p1 "
                                + "0x1.c47f139df9f56p-4 0x1.e727db26ef1dbp1 0x1.e1a39fd5d6cd8p2 "
                                + "0x1.1c014813137aep0",
                        "0x1.1aa496p-11"),
                new GoldenRows(
                        "saturated",
                        6,
                        513,
                        60,
                        0,
                        1,
                        0,
                        "513 [9, 177, 394, 209, 491] "
                                + "0x1.4576725fb16dep7 0x1.0facf9697c9d1p-1 0x1.61ee4e6432774p-1 "
                                + "0x1.00f5ba4004dbdp-1 0x1.eae0cec792f8ep-9 0x1.0abd7ebf62dbcp6 "
                                + "0x1.807add20026dep0",
                        "0x1.bbcfc4p-97"));
    }
}
