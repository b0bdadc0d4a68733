package io.logitstream.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.Seeds;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TreeRowTest {

    private final Random random = Seeds.random(getClass());

    private ClassTree randomTree(int classes) {
        double[] counts = new double[classes];
        for (int i = 0; i < classes; i++) {
            counts[i] = random.nextInt(1_000);
        }
        return ClassTree.huffman(counts);
    }

    private static float[] probabilities(TreeRow row, int classes) {
        float[] out = new float[classes + 1];
        row.probabilitiesInto(out, 1);
        return Arrays.copyOfRange(out, 1, classes + 1);
    }

    @Test
    void addsUpToOneAndFindsTheBestAsLookingAtAllDoes() {
        ClassTree tree = randomTree(176);
        TreeRow row = new TreeRow(tree, 1.3, 10);
        long visited = 0;
        for (int run = 0; run < 1_000; run++) {
            float[] scores = TestRows.gaussian(random, 175, 0, 3);
            row.become(scores, 0);
            float[] all = probabilities(row, 176);
            double sum = 0;
            for (float p : all) {
                sum += p;
            }
            assertThat(sum).isCloseTo(1, within(1e-6));
            List<Integer> expected =
                    IntStream.range(0, 176)
                            .boxed()
                            .sorted(Comparator.comparingDouble(c -> -row.logProbability(c)))
                            .limit(10)
                            .toList();
            for (int rank = 0; rank < 10; rank++) {
                int best = row.classAt(rank);
                assertThat(best).isEqualTo(expected.get(rank));
                assertThat(row.logAt(rank)).isEqualTo(row.logProbability(best));
                assertThat(row.rankOf(best)).isEqualTo(rank);
                assertThat(all[best]).isEqualTo((float) StrictMath.exp(row.logAt(rank)));
            }
            visited += row.visited();
        }
        assertThat(visited / 1_000).as("of 175 inner nodes").isLessThan(100);
    }

    @Test
    void looksAtLittleOfALargeTreeWhereOnePathIsProbable() {
        ClassTree tree = randomTree(100_000);
        TreeRow row = new TreeRow(tree, 1, 5);
        row.become(TestRows.gaussian(random, 99_999, 0, 8), 0);
        assertThat(row.size()).isEqualTo(5);
        assertThat(row.visited()).isLessThan(2_000);
    }

    @Test
    void ranksEquallyProbableClassesByTheirNumber() {
        ClassTree tree = ClassTree.huffman(new double[16]);
        TreeRow row = new TreeRow(tree, 1, 16);
        row.become(new float[15], 0);
        for (int rank = 0; rank < 16; rank++) {
            assertThat(row.classAt(rank)).isEqualTo(rank);
            assertThat(row.logAt(rank)).isCloseTo(-4 * Math.log(2), within(1e-12));
        }
        assertThat(row.visited()).isEqualTo(15);
    }

    @Test
    void takesTheFirstChildOfAMaskedNode() {
        // The root, node 3 + 1, has class 2 first and node 3 second, which has classes 0 and 1.
        ClassTree tree = ClassTree.of(new int[] {3, 3, 4, 4, -1}, new int[] {0, 1, 0, 1, 0});
        TreeRow row = new TreeRow(tree, 1, 5);
        row.become(new float[] {9, 0, Float.NEGATIVE_INFINITY}, 1);
        assertThat(row.size()).isOne();
        assertThat(row.classAt(0)).isEqualTo(2);
        assertThat(row.logAt(0)).isZero();
        assertThat(row.logProbability(1)).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(probabilities(row, 3)).containsExactly(0, 0, 1);

        // sigmoid(ln 3) = 3/4, twice.
        float log3 = (float) Math.log(3);
        row.become(new float[] {log3, log3}, 0);
        assertThat(probabilities(row, 3))
                .containsExactly(new float[] {0.1875f, 0.5625f, 0.25f}, within(1e-7f));
        assertThat(row.classAt(0)).isEqualTo(1);
    }

    @Test
    void staysFiniteFarFromZero() {
        ClassTree tree = randomTree(50);
        TreeRow row = new TreeRow(tree, 1e-3, 5);
        float[] scores = TestRows.gaussian(random, 49, 0, 1e4);
        row.become(scores, 0);
        for (int c = 0; c < 50; c++) {
            assertThat(row.logProbability(c)).isLessThanOrEqualTo(0).isGreaterThan(-1e12);
        }
        assertThat(row.logAt(0)).isCloseTo(0, within(1e-6));
    }

    @Test
    void buildsTheTreeOfHuffman() {
        // 5+9=14, 12+13=25, 14+16=30, 25+30=55, 45+55=100: depths 4 4 3 3 3 1.
        ClassTree tree = ClassTree.huffman(new double[] {5, 9, 12, 13, 16, 45});
        TreeRow row = new TreeRow(tree, 1, 6);
        row.become(new float[5], 0);
        int[] depths = {4, 4, 3, 3, 3, 1};
        for (int c = 0; c < 6; c++) {
            assertThat(row.logProbability(c)).isCloseTo(-depths[c] * Math.log(2), within(1e-12));
        }
        assertThat(tree.depth()).isEqualTo(4);
        // The rarer is first: the root's first child is class 5 (45), its second the rest.
        row.become(new float[] {0, 0, 0, 0, Float.NEGATIVE_INFINITY}, 0);
        assertThat(row.classAt(0)).isEqualTo(5);
    }

    @Test
    void takesAChain() {
        int classes = 200_000;
        int[] parents = new int[2 * classes - 1];
        int[] sides = new int[parents.length];
        for (int j = 0; j < classes - 1; j++) {
            parents[j] = classes + j;
            int next = j == classes - 2 ? classes - 1 : classes + j + 1;
            parents[next] = classes + j;
            sides[next] = 1;
        }
        parents[classes] = -1;
        assertThat(ClassTree.of(parents, sides).depth()).isEqualTo(classes - 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "3 3 | 0 1 | 2 K - 1 nodes, not 2",
                "-1 2 -1 | 0 1 0 | node 0 hangs on -1",
                "2 2 2 | 0 1 0 | nodes 0 and 2 are both on side 0 of node 2",
                "2 2 -1 | 0 0 0 | nodes 0 and 1 are both on side 0 of node 2",
                "2 2 -1 | 0 2 0 | side 2",
                "1 2 -1 | 0 1 0 | node 0 hangs on 1",
                "2 3 -1 | 0 1 0 | node 1 hangs on 3",
                "3 3 4 4 4 | 0 1 0 1 1 | both on side 1",
                "4 4 3 3 -1 | 0 1 0 1 0 | go in a circle",
            })
    void refusesWhatIsNoTree(String parents, String sides, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClassTree.of(numbers(parents), numbers(sides)))
                .withMessageContaining(why);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClassTree.huffman(new double[1]))
                .withMessageContaining("at least 2 classes");
    }

    private static int[] numbers(String text) {
        return Arrays.stream(text.split(" ")).mapToInt(Integer::parseInt).toArray();
    }
}
