package io.logitstream.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.logitstream.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopKTest {

    private final Random random = Seeds.random(getClass());

    /** Scores with many ties, both zeros, and some masked classes. */
    private float[] scores(int numClasses) {
        float[] scores = new float[numClasses];
        for (int i = 0; i < numClasses; i++) {
            int draw = random.nextInt(12);
            scores[i] = draw == 0 ? Float.NEGATIVE_INFINITY : draw == 1 ? -0f : (draw - 6) / 4f;
        }
        return scores;
    }

    private static TopK offered(int k, float[] scores, List<Integer> order) {
        TopK topK = new TopK(k);
        for (int classIndex : order) {
            topK.offer(scores[classIndex], classIndex);
        }
        return topK;
    }

    private List<Integer> shuffled(int numClasses) {
        List<Integer> order = new ArrayList<>(IntStream.range(0, numClasses).boxed().toList());
        Collections.shuffle(order, random);
        return order;
    }

    private static void assertHolds(TopK topK, int k, float[] scores) {
        int[] ranking = ReferenceRow.ranking(scores);
        assertThat(topK.size()).isEqualTo(Math.min(k, ranking.length));
        for (int rank = 0; rank < topK.size(); rank++) {
            int expected = ranking[rank];
            assertThat(topK.classAt(rank)).as("rank %s", rank).isEqualTo(expected);
            assertThat(Float.floatToRawIntBits(topK.score(rank)))
                    .isEqualTo(Float.floatToRawIntBits(scores[expected]));
            assertThat(topK.rankOf(expected)).isEqualTo(rank);
        }
        for (int rank = topK.size(); rank < ranking.length; rank++) {
            assertThat(topK.rankOf(ranking[rank])).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 17, 127, 128})
    void isTheHeadOfAFullSortWhateverTheOrderOfInsertion(int k) {
        for (int numClasses : new int[] {0, 1, 2, 5, 16, 17, 300}) {
            float[] scores = scores(numClasses);
            for (int round = 0; round < 10; round++) {
                assertHolds(offered(k, scores, shuffled(numClasses)), k, scores);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 50})
    void partsMergeToTheSameInAnyOrder(int k) {
        float[] scores = scores(200);
        for (int round = 0; round < 20; round++) {
            List<Integer> order = shuffled(200);
            List<TopK> parts = new ArrayList<>();
            for (int from = 0; from < 200; from += 40) {
                parts.add(offered(k, scores, order.subList(from, from + 40)));
            }
            TopK left = new TopK(k);
            parts.forEach(left::mergeWith);
            assertHolds(left, k, scores);

            TopK right = new TopK(k);
            right.mergeWith(parts.get(3));
            right.mergeWith(parts.get(4));
            parts.get(0).mergeWith(parts.get(2));
            parts.get(0).mergeWith(parts.get(1));
            parts.get(0).mergeWith(right);
            assertHolds(parts.get(0), k, scores);
        }
    }

    @Test
    void keepsFewerThanKWhenThereAreFewer() {
        TopK topK = new TopK(5);
        topK.offer(1, 3);
        topK.offer(Float.NEGATIVE_INFINITY, 4);
        assertThat(topK.size()).isEqualTo(1);
        assertThat(topK.rankOf(3)).isZero();
        assertThat(topK.rankOf(4)).isEqualTo(-1);
    }

    @Test
    void keepsScoresAsTheyWereGiven() {
        float[] scores = {0f, -0f, -Float.MAX_VALUE, Float.MIN_VALUE};
        assertHolds(offered(4, scores, List.of(3, 2, 1, 0)), 4, scores);
    }

    @Test
    void admitsNoLaterClassOfAnEqualScoreOnceFull() {
        TopK topK = new TopK(2);
        float anything = Float.NEGATIVE_INFINITY;
        assertThat(topK.thresholdFrom(anything)).isEqualTo(-Float.MAX_VALUE);
        assertThat(topK.thresholdFrom(7)).isEqualTo(7);
        topK.offer(2, 0);
        topK.offer(1, 1);
        assertThat(topK.thresholdFrom(anything)).isEqualTo(Math.nextUp(1f));
        assertThat(topK.thresholdFrom(1)).isEqualTo(Math.nextUp(1f));
        assertThat(topK.thresholdFrom(7)).isEqualTo(7);
        // A lower class of that score comes only from another shard, and is taken then.
        TopK other = new TopK(2);
        other.offer(1, 5);
        other.mergeWith(topK);
        assertThat(other.rankOf(1)).isEqualTo(1);
        assertThat(other.rankOf(5)).isEqualTo(-1);
    }

    @Test
    void clearForgetsWhatWasHeld() {
        float[] scores = {5, 6, 7};
        TopK topK = offered(2, scores, List.of(0, 1, 2));
        topK.clear();
        assertThat(topK.size()).isZero();
        assertThat(topK.rankOf(2)).isEqualTo(-1);
        topK.offer(-1, 9);
        assertThat(topK.classAt(0)).isEqualTo(9);
    }

    @Test
    void mayHoldNothing() {
        TopK topK = new TopK(0);
        topK.offer(1, 1);
        assertThat(topK.size()).isZero();
        assertThat(5f >= topK.thresholdFrom(-1)).isFalse();
    }

    @Test
    void holdsFromNoneToAHundredAndTwentyEight() {
        for (int k : new int[] {-1, 129}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new TopK(k))
                    .withMessageContaining("" + k);
        }
    }
}
