package io.logitstream.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.Seeds;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClassCountsTest {

    private final Random random = Seeds.random(getClass());

    /** By hand: class 0 is right 2 times of 3, class 1 once of 3, class 2 never of 1. */
    @Test
    void figuresOfClassesAreThoseOfTheHand() {
        ClassCounts counts = new ClassCounts();
        int[][] predictedAndTrue = {{0, 0}, {0, 0}, {0, 1}, {1, 1}, {1, 0}, {1, 2}};
        for (int[] row : predictedAndTrue) {
            counts.addPredicted(row[0], 1);
            counts.addLabelled(row[0], row[1], 1);
        }
        counts.addPredicted(3, 1); // without a label

        assertThat(counts.precision(0)).isEqualTo(2 / 3.0);
        assertThat(counts.recall(0)).isEqualTo(2 / 3.0);
        assertThat(counts.precision(1)).isEqualTo(1 / 3.0);
        assertThat(counts.recall(1)).isEqualTo(1 / 2.0);
        assertThat(counts.f1(1)).isEqualTo(0.4);
        assertThat(counts.precision(2)).isNaN();
        assertThat(counts.recall(2)).isZero();
        assertThat(counts.macroPrecision()).isCloseTo((2 / 3.0 + 1 / 3.0) / 3, within(1e-15));
        assertThat(counts.macroRecall()).isCloseTo((2 / 3.0 + 1 / 2.0) / 3, within(1e-15));
        assertThat(counts.macroF1()).isCloseTo((2 / 3.0 + 0.4) / 3, within(1e-15));
        assertThat(counts.microF1()).isEqualTo(0.5);
        assertThat(counts.predicted()).containsExactly(3, 3, 0, 1);
    }

    private record Pair(int trueClass, int predictedClass) {}

    private Pair pair(int classes) {
        double skewed = random.nextDouble() * random.nextDouble() * random.nextDouble();
        int trueClass = (int) (classes * skewed);
        return new Pair(trueClass, (trueClass + 1 + random.nextInt(classes - 1)) % classes);
    }

    private static Confusions confusions(List<Pair> pairs) {
        Confusions confusions = new Confusions();
        pairs.forEach(pair -> confusions.add(pair.trueClass, pair.predictedClass, 1));
        return confusions;
    }

    private static Map<Pair, Long> exact(List<Pair> pairs) {
        Map<Pair, Long> exact = new HashMap<>();
        pairs.forEach(pair -> exact.merge(pair, 1L, Long::sum));
        return exact;
    }

    @Test
    void confusionsAreExactAndOfNoOrderUpToTheLimit() {
        List<Pair> pairs = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            pairs.add(pair(22)); // 462 pairs at most
        }
        Map<Pair, Long> exact = exact(pairs);
        Confusions straight = confusions(pairs);
        Collections.shuffle(pairs, random);
        Confusions merged = confusions(pairs.subList(0, 1_000));
        merged.add(3, 4, 1);
        merged.mergeWith(confusions(pairs.subList(1_000, 5_000)));
        merged.add(3, 4, -1);

        assertThat(straight.maxError()).isZero();
        assertThat(merged.maxError()).isZero();
        assertThat(merged.mostFrequent(Integer.MAX_VALUE))
                .isEqualTo(straight.mostFrequent(Integer.MAX_VALUE))
                .hasSize(exact.size())
                .allSatisfy(
                        found ->
                                assertThat(found.count())
                                        .isEqualTo(
                                                exact.get(
                                                        new Pair(
                                                                found.trueClass(),
                                                                found.predictedClass()))));
    }

    @Test
    void confusionsBeyondTheLimitAreWithinTheErrorTheyState() {
        List<Confusions> parts = new ArrayList<>();
        List<Pair> all = new ArrayList<>();
        for (int part = 0; part < 8; part++) {
            List<Pair> pairs = new ArrayList<>();
            for (int i = 0; i < 5_000; i++) {
                pairs.add(i % 10 == 0 ? new Pair(7, 9) : pair(1_000));
            }
            all.addAll(pairs);
            parts.add(confusions(pairs));
        }
        Confusions merged = new Confusions();
        parts.forEach(merged::mergeWith);
        Map<Pair, Long> exact = exact(all);

        assertThat(merged.maxError())
                .isPositive()
                .isLessThanOrEqualTo(all.size() / Confusions.KEPT);
        List<Confusions.Pair> found = merged.mostFrequent(Integer.MAX_VALUE);
        assertThat(found).hasSizeLessThanOrEqualTo(Confusions.LIMIT);
        assertThat(found.get(0).trueClass()).isEqualTo(7);
        for (Confusions.Pair pair : found) {
            long count = exact.get(new Pair(pair.trueClass(), pair.predictedClass()));
            assertThat(pair.count()).isBetween(count - merged.maxError(), count);
        }
        exact.forEach(
                (pair, count) -> {
                    if (count > merged.maxError()) {
                        assertThat(found)
                                .anySatisfy(
                                        each -> {
                                            assertThat(each.trueClass()).isEqualTo(pair.trueClass);
                                            assertThat(each.predictedClass())
                                                    .isEqualTo(pair.predictedClass);
                                        });
                    }
                });
    }
}
