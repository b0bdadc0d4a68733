package io.logitstream.kernel;

import java.util.List;
import java.util.Random;

/**
 * Rows whose figures are frozen. The bits were printed by the scalar kernel of version 0.1.0; an
 * order of operations that gives others needs a line in CHANGELOG, for stored results and mixed
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
                                + "0x1.2e4a96ec75c41p2 0x1.eca21c353e011p-1 0x1.a74c9cb57e0fp-3 "
                                + "0x1.da4a1d776f446p-1 0x1.83111034e794p-1 0x1.028038f63ae2p3 "
                                + "0x1.ecfc64ade2422p0",
                        "0x1.45506ep-12"),
                new GoldenRows(
                        "one group and one",
                        2,
                        17,
                        0.2,
                        0,
                        0.05,
                        16,
                        "17 [14, 15, 11, 1, 3] "
                                + "0x1.b7f137ae05f2cp2 0x1.1222eff4d0c4cp-1 0x1.0bbe5efdcb093p0 "
                                + "0x1.adaef6268aa06p-2 0x1.8cd0c7e342aep-1 0x1.1a7b1e0702f96p3 "
                                + "0x1.6b58851c61ecdp0",
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
                                + "0x1.7b4a2ad1fd511p5 0x1.fffffffc8c7ep-1 0x1.3ba8ce75fffb2p-27 "
                                + "0x1.fffffff918f45p-1 0x1.9d2e4ce4aed8dp-23 0x1.9a90b7fd3f603p5 "
                                + "0x1.fffffffc8c7a3p0",
                        "0x1.f1f9eep-75"),
                new GoldenRows(
                        "three blocks",
                        4,
                        1300,
                        5,
                        0,
                        1,
                        1299,
                        "1300 [651, 1234, 1285, 375, 1224] "
                                + "0x1.08d2bcb6363edp4 0x1.55e95074c3804p-1 0x1.8c7c9ea38b7e8p0 "
                                + "0x1.dea7aa735ecdfp-2 0x1.f69f8660695e8p1 0x1.1034440e363edp4 "
                                + "0x1.77a9e93dbbcb7p0",
                        "0x1.5f1be8p-25"),
                new GoldenRows(
                        "mostly masked",
                        5,
                        4097,
                        20,
                        0.9,
                        7.5,
                        4000,
                        "4097 -3704 [38, 2020, 857, 1161, 3867] "
                                + "0x1.259c78b3fabc9p3 0x1.d025ad415a644p-3 0x1.9d93bafb6c99cp1 "
                                + "0x1.c47f13b1d7476p-4 0x1.e727da6b6215p1 0x1.e1a39fce5bdf7p2 "
                                + "0x1.1c014814490dcp0",
                        "0x1.1aa49ap-11"),
                new GoldenRows(
                        "saturated",
                        6,
                        513,
                        60,
                        0,
                        1,
                        0,
                        "513 [9, 177, 394, 209, 491] "
                                + "0x1.45767260858a7p7 0x1.0facf8f8efd6ep-1 0x1.61ee4f36fef61p-1 "
                                + "0x1.00f5b9fd57f32p-1 0x1.eae0cdb9c8e2fp-9 0x1.0abd7ec10b14ep6 "
                                + "0x1.807adcfeabf99p0",
                        "0x1.bbcfc4p-97"));
    }
}
