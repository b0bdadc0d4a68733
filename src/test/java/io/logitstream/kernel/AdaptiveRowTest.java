package io.logitstream.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.Seeds;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdaptiveRowTest {

    private static final float MASKED = Float.NEGATIVE_INFINITY;

    private final Random random = Seeds.random(getClass());
    private final RowKernel kernel = RowKernels.create();

    /** The distribution in float64, without any of the code under test. */
    private static double[] dense(ClassClusters clusters, double temperature, float[] scores) {
        int headClasses = clusters.headClasses();
        double[] head = logSoftmax(scores, 0, clusters.headSize(), temperature);
        double[] logs = Arrays.copyOf(head, clusters.numClasses());
        int from = clusters.headSize();
        for (int tail = 0; tail < clusters.tails(); tail++) {
            int size = clusters.size(tail);
            double[] within = logSoftmax(scores, from, from + size, temperature);
            for (int i = 0; i < size; i++) {
                double ofTail = head[headClasses + tail];
                logs[clusters.firstClass(tail) + i] =
                        ofTail == Double.NEGATIVE_INFINITY ? ofTail : ofTail + within[i];
            }
            from += size;
        }
        return logs;
    }

    private static double[] logSoftmax(float[] scores, int from, int to, double temperature) {
        double max = Double.NEGATIVE_INFINITY;
        for (int i = from; i < to; i++) {
            max = Math.max(max, scores[i] / temperature);
        }
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += Math.exp(scores[i] / temperature - max);
        }
        double[] logs = new double[to - from];
        for (int i = from; i < to; i++) {
            logs[i - from] = scores[i] / temperature - max - Math.log(sum);
        }
        return logs;
    }

    private ClassClusters randomClusters() {
        int numClasses = 3 + random.nextInt(random.nextInt(4) == 0 ? 6_000 : 60);
        int tails = 1 + random.nextInt(Math.min(4, numClasses - 1));
        int[] cutoffs = random.ints(1, numClasses).distinct().limit(tails).sorted().toArray();
        return ClassClusters.of(numClasses, cutoffs);
    }

    private float[] probabilities(AdaptiveRow row, int numClasses) {
        float[] out = new float[numClasses + 1];
        row.probabilitiesInto(kernel, out, 1);
        return Arrays.copyOfRange(out, 1, numClasses + 1);
    }

    private static int[] ranked(double[] logs) {
        return IntStream.range(0, logs.length)
                .filter(c -> logs[c] > Double.NEGATIVE_INFINITY)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer c) -> -logs[c]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    @Test
    void isTheDistributionOfItsDefinition() {
        for (int run = 0; run < 300; run++) {
            ClassClusters clusters = randomClusters();
            double temperature = Math.exp(random.nextGaussian());
            AdaptiveRow row = new AdaptiveRow(clusters, temperature, 10);
            float[] scores = TestRows.gaussian(random, clusters.numScores(), 0, 3 * temperature);
            row.become(kernel, scores, null);
            double[] logs = dense(clusters, temperature, scores);
            assertThat(row.isInvalid() || row.isHeadMasked() || row.emptyTail() >= 0).isFalse();
            assertThat(row.isComplete()).isTrue();
            assertThat(row.certainRanks()).isEqualTo(row.best().size());

            float[] all = probabilities(row, clusters.numClasses());
            double sum = 0;
            double entropy = 0;
            double squares = 0;
            for (int c = 0; c < all.length; c++) {
                double p = Math.exp(logs[c]);
                assertThat((double) all[c]).isCloseTo(p, within(4e-7 * p));
                assertThat(row.logProbability(c)).isCloseTo(logs[c], within(6e-7));
                sum += all[c];
                entropy -= p * logs[c];
                squares += p * p;
            }
            assertThat(sum).isCloseTo(1, within(1e-6));
            assertThat(row.entropy()).isCloseTo(entropy, within(1e-6 * Math.max(1, entropy)));
            int label = random.nextInt(all.length);
            assertThat(row.brier(label))
                    .isCloseTo(squares - 2 * Math.exp(logs[label]) + 1, within(1e-6));

            int[] best = ranked(logs);
            assertThat(row.best().size()).isEqualTo(Math.min(10, best.length));
            for (int rank = 0; rank < row.best().size(); rank++) {
                int found = row.best().classAt(rank);
                // Unless it is all but equally probable.
                assertThat(logs[found]).isCloseTo(logs[best[rank]], within(1e-6));
                assertThat(row.best().rankOf(found)).isEqualTo(rank);
                assertThat(row.best().logAt(rank)).isEqualTo(row.logProbability(found));
                assertThat(row.probabilityAt(rank)).isEqualTo(all[found]);
            }
        }
    }

    /** Returns the head and the given tails of a whole row. */
    private static float[] parts(ClassClusters clusters, float[] whole, int[] given) {
        float[] parts = Arrays.copyOf(whole, clusters.numScores());
        int to = clusters.headSize();
        int from = to;
        for (int tail = 0, i = 0; tail < clusters.tails(); tail++) {
            int size = clusters.size(tail);
            if (i < given.length && given[i] == tail) {
                System.arraycopy(whole, from, parts, to, size);
                to += size;
                i++;
            }
            from += size;
        }
        return Arrays.copyOf(parts, to);
    }

    private int[] someTails(ClassClusters clusters) {
        return IntStream.range(0, clusters.tails()).filter(tail -> random.nextBoolean()).toArray();
    }

    @Test
    void isCertainOnlyOfRanksThatNoMissingTailCanTake() {
        int certain = 0;
        int uncertain = 0;
        for (int run = 0; run < 1_000; run++) {
            ClassClusters clusters = randomClusters();
            AdaptiveRow row = new AdaptiveRow(clusters, 1, 5);
            float[] whole = TestRows.gaussian(random, clusters.numScores(), 0, 4);
            int[] given = someTails(clusters);
            row.become(kernel, parts(clusters, whole, given), given);
            double[] logs = dense(clusters, 1, whole);
            int[] best = ranked(logs);
            for (int rank = 0; rank < row.certainRanks(); rank++) {
                assertThat(logs[row.best().classAt(rank)])
                        .isCloseTo(logs[best[rank]], within(1e-6));
                assertThat(row.best().logAt(rank)).isCloseTo(logs[best[rank]], within(6e-7));
            }
            boolean all =
                    row.certainRanks() == row.best().size()
                            && row.best().size() == Math.min(5, best.length);
            certain += all && !row.isComplete() ? 1 : 0;
            uncertain += all ? 0 : 1;
            for (int tail = 0; tail < clusters.tails(); tail++) {
                assertThat(row.logOfTail(tail))
                        .isCloseTo(ofTail(clusters, tail, logs), within(6e-7));
                assertThat(row.isMissing(tail)).isEqualTo(Arrays.binarySearch(given, tail) < 0);
            }
            int next = row.certainRanks();
            assertThat(
                            IntStream.range(0, clusters.tails())
                                    .anyMatch(tail -> row.canReach(tail, next)))
                    .isEqualTo(!row.isComplete());
        }
        assertThat(certain).as("rows certain without all tails").isGreaterThan(50);
        assertThat(uncertain).as("rows in doubt").isGreaterThan(50);
    }

    private static double ofTail(ClassClusters clusters, int tail, double[] logs) {
        double sum = 0;
        for (int c = 0; c < clusters.size(tail); c++) {
            sum += Math.exp(logs[clusters.firstClass(tail) + c]);
        }
        return Math.log(sum);
    }

    @Test
    void countsAsCertainWhatTiesAndHasTheLowerClass() {
        // Classes 0 to 2 | 3, 4 | 5, 6; all of the head are as probable as each tail.
        ClassClusters clusters = ClassClusters.of(7, 3, 5);
        AdaptiveRow row = new AdaptiveRow(clusters, 1, 5);
        row.become(kernel, new float[] {1, 1, 1, 1, 1}, new int[0]);
        assertThat(row.certainRanks()).isEqualTo(3);
        assertThat(row.canReach(0, 2)).isFalse();
        assertThat(row.canReach(0, 3)).as("there is no rank 3 yet").isTrue();

        // All of tail 1 is in class 5, but the missing tail 0 has a lower class.
        row.become(kernel, new float[] {0, 0, 0, 1, 1, 9, MASKED}, new int[] {1});
        assertThat(row.best().classAt(0)).isEqualTo(5);
        assertThat(row.certainRanks()).isZero();
        assertThat(row.canReach(0, 0)).isTrue();
        // And the other way round.
        row.become(kernel, new float[] {0, 0, 0, 1, 1, 9, MASKED}, new int[] {0});
        assertThat(row.best().classAt(0)).isEqualTo(3);
        assertThat(row.certainRanks()).isOne();
    }

    @Test
    void ranksEquallyProbableClassesByTheirNumber() {
        ClassClusters clusters = ClassClusters.of(6, 2, 4);
        AdaptiveRow row = new AdaptiveRow(clusters, 1, 4);
        // Each tail is as probable as two classes of the head, and has two.
        float log2 = (float) Math.log(2);
        row.become(kernel, new float[] {0, 0, log2, log2, 7, 7, -1, -1}, null);
        float[] all = probabilities(row, 6);
        for (int rank = 0; rank < 4; rank++) {
            assertThat(all[rank]).isCloseTo(1 / 6f, within(1e-7f));
        }
        row.become(kernel, new float[] {0, 0, 0, 0, MASKED, 5, 5, MASKED}, null);
        assertThat(IntStream.range(0, 4).map(row.best()::classAt)).containsExactly(0, 1, 3, 4);
    }

    @Test
    void givesATailThatIsMaskedInTheHeadNoProbability() {
        ClassClusters clusters = ClassClusters.of(6, 2, 4);
        AdaptiveRow row = new AdaptiveRow(clusters, 1, 5);
        float[][] rows = {
            {0, 1, MASKED, 2, 0, 1},
            {0, 1, MASKED, 2, MASKED, MASKED, 0, 1},
            {0, 1, MASKED, 2, 8, 9, 0, 1},
        };
        int[][] given = {{1}, {0, 1}, null};
        for (int i = 0; i < rows.length; i++) {
            row.become(kernel, rows[i], given[i]);
            assertThat(row.emptyTail()).isEqualTo(-1);
            assertThat(row.isComplete()).isTrue();
            assertThat(row.isMissing(0)).isFalse();
            double[] logs = dense(clusters, 1, new float[] {0, 1, MASKED, 2, 1, 1, 0, 1});
            float[] all = probabilities(row, 6);
            double entropy = 0;
            for (int c = 0; c < 6; c++) {
                double p = Math.exp(logs[c]);
                assertThat((double) all[c]).isCloseTo(p, within(4e-7));
                if (logs[c] == MASKED) {
                    assertThat(row.logProbability(c)).isEqualTo(Double.NEGATIVE_INFINITY);
                } else {
                    assertThat(row.logProbability(c)).isCloseTo(logs[c], within(6e-7));
                }
                entropy -= p == 0 ? 0 : p * logs[c];
            }
            assertThat(row.entropy()).isCloseTo(entropy, within(1e-6));
            assertThat(row.best().size()).isEqualTo(4);
            assertThat(row.certainRanks()).isEqualTo(4);
            assertThat(row.brier(2)).isBetween(1.0, 2.0);
        }
    }

    @Test
    void leavesMaskedClassesOutAndTellsWhatIsAllMasked() {
        ClassClusters clusters = ClassClusters.of(4, 2);
        AdaptiveRow row = new AdaptiveRow(clusters, 1, 5);
        row.become(kernel, new float[] {MASKED, 0, 0, MASKED, 3}, null);
        assertThat(probabilities(row, 4)).containsExactly(0, 0.5f, 0, 0.5f);
        assertThat(row.best().size()).isEqualTo(2);
        assertThat(row.logProbability(2)).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(row.entropy()).isCloseTo(Math.log(2), within(1e-7));
        assertThat(row.brier(0)).isCloseTo(1.5, within(1e-7));

        row.become(kernel, new float[] {MASKED, MASKED, 0, 1, 1}, null);
        assertThat(row.isHeadMasked()).isFalse();
        assertThat(probabilities(row, 4)).containsExactly(0, 0, 0.5f, 0.5f);
        assertThat(row.brier(2)).isCloseTo(0.5, within(1e-7));
        row.become(kernel, new float[] {MASKED, MASKED, 0}, new int[0]);
        assertThat(row.best().size()).as("nothing is known but the tail").isZero();
        assertThat(row.certainRanks()).isZero();
        assertThat(row.logOfTail(0)).isZero();

        row.become(kernel, new float[] {0, 1, 2, MASKED, MASKED}, null);
        assertThat(row.emptyTail()).isZero();
        row.become(kernel, new float[] {MASKED, MASKED, MASKED, 0, 1}, null);
        assertThat(row.isHeadMasked()).isTrue();
        row.become(kernel, new float[] {0, 1, 2, 0, Float.NaN}, null);
        assertThat(row.isInvalid()).isTrue();
        row.become(kernel, new float[] {0, 1, Float.POSITIVE_INFINITY}, new int[0]);
        assertThat(row.isInvalid()).isTrue();
        row.become(kernel, new float[] {0, 1, 2}, new int[0]);
        assertThat(row.isInvalid()).as("the tail of the row before is gone").isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1e4, 1", "1, 1e-3", "1e30, 1e-6", "1e-3, 1e6"})
    void staysFiniteFarFromZero(double deviation, double temperature) {
        ClassClusters clusters = ClassClusters.of(3_000, 40, 500);
        AdaptiveRow row = new AdaptiveRow(clusters, temperature, 5);
        for (int run = 0; run < 20; run++) {
            float[] scores = TestRows.gaussian(random, clusters.numScores(), 0, deviation);
            row.become(kernel, scores, null);
            double[] logs = dense(clusters, temperature, scores);
            for (int c = 0; c < 3_000; c++) {
                assertThat(row.logProbability(c))
                        .isLessThanOrEqualTo(0)
                        .isCloseTo(logs[c], within(1e-6 + 1e-9 * Math.abs(logs[c])));
            }
            assertThat(row.best().classAt(0)).isEqualTo(ranked(logs)[0]);
            assertThat(row.entropy()).isBetween(0.0, Math.log(3_000) + 1e-6);
            assertThat(row.brier(row.best().classAt(0))).isBetween(0.0, 2.0);
        }
    }

    /** Scores so large that their log-sum-exp rounds to the largest of them. */
    @Test
    void sharesTheHeadsSquaresHoweverFarFromZero() {
        AdaptiveRow row = new AdaptiveRow(ClassClusters.of(3, 2), 1, 3);
        row.become(kernel, new float[] {1e17f, 0, 1e17f, 0}, null);
        assertThat(row.brier(0)).isCloseTo(0.5, within(1e-6));
        assertThat(row.brier(1)).isCloseTo(1.5, within(1e-6));
    }

    @Test
    void knowsTheClustersOfItsClasses() {
        ClassClusters clusters = ClassClusters.of(10, 4, 7);
        assertThat(clusters.headClasses()).isEqualTo(4);
        assertThat(clusters.tails()).isEqualTo(2);
        assertThat(clusters.headSize()).isEqualTo(6);
        assertThat(clusters.numScores()).isEqualTo(12);
        assertThat(clusters.numClasses()).isEqualTo(10);
        assertThat(IntStream.range(0, 10).map(clusters::tailOf))
                .containsExactly(-1, -1, -1, -1, 0, 0, 0, 1, 1, 1);
        assertThat(clusters.firstClass(1)).isEqualTo(7);
        assertThat(clusters.size(1)).isEqualTo(3);
        assertThat(clusters).hasToString("4, 7").isEqualTo(ClassClusters.of(10, 4, 7));
        assertThat(clusters).isNotEqualTo(ClassClusters.of(11, 4, 7));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                " | no tail",
                "0 3 | the head has no class",
                "3 3 | tail 0 has no class: it would have those from 3 to 2",
                "4 2 | tail 0 has no class",
                "2 10 | tail 1 has no class: it would have those from 10 to 9",
            })
    void refusesCutoffsThatLeaveAClusterEmpty(@Nullable String cutoffs, String why) {
        int[] numbers =
                cutoffs == null
                        ? new int[0]
                        : Arrays.stream(cutoffs.split(" ")).mapToInt(Integer::parseInt).toArray();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClassClusters.of(10, numbers))
                .withMessageContaining(why);
    }
}
