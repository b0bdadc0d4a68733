package io.logitstream.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.Seeds;
import java.util.Collection;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

class PairCountsTest {

    private final PairCounts counts = new PairCounts();
    private final Map<Long, Long> expected = new TreeMap<>();

    private void add(long pair, long more) {
        counts.add(pair, more);
        expected.merge(pair, more, Long::sum);
        expected.values().removeIf(count -> count == 0);
    }

    private void change(LongUnaryOperator change) {
        expected.replaceAll((pair, count) -> change.applyAsLong(count));
        expected.values().removeIf(count -> count <= 0);
    }

    private void check() {
        assertThat(counts.size()).isEqualTo(expected.size());
        assertThat(counts.sortedPairs()).isEqualTo(toArray(expected.keySet()));
        assertThat(counts.sortedCounts())
                .isEqualTo(expected.values().stream().mapToLong(each -> each).sorted().toArray());
        expected.forEach((pair, count) -> assertThat(counts.count(pair)).isEqualTo(count));
    }

    private static long[] toArray(Collection<Long> longs) {
        return longs.stream().mapToLong(each -> each).toArray();
    }

    @Test
    void countsAsAMapDoes() {
        Random random = Seeds.random(getClass());
        for (int round = 0; round < 100; round++) {
            int classes = 1 + random.nextInt(40);
            for (int i = 0; i < 300; i++) {
                long pair = (long) random.nextInt(classes) << 32 | random.nextInt(classes);
                add(pair, random.nextInt(7) - 3);
            }
            check();
            if (random.nextInt(4) == 0) {
                long less = random.nextInt(3);
                counts.reduce(less);
                change(count -> count - less);
                check();
            }
        }
    }

    @Test
    void addsAllOfAnother() {
        PairCounts other = new PairCounts();
        for (long pair = 0; pair < 1_000; pair++) {
            add(pair << 32 | 7, 1);
            other.add(pair << 32 | pair % 2 * 7, 2);
            expected.merge(pair << 32 | pair % 2 * 7, 2L, Long::sum);
        }
        counts.addAll(other);
        check();
    }

    @Test
    void pairsThatWereTakenBackTakeNoPlace() {
        for (long pair = 0; pair < 100_000; pair++) {
            add(pair, 1);
            add(pair, -1);
        }
        check();
        assertThat(counts.places()).isEqualTo(new PairCounts().places());
    }

    @Test
    void aPairThatIsTakenBackIsForgotten() {
        add(5, 1);
        add(5, -1);
        assertThat(counts.count(5)).isZero();
        assertThat(counts.count(7)).isZero();
        check();
        add(5, -2);
        check();
        add(6, 0);
        check();
    }
}
