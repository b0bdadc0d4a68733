package io.logitstream.cli;

import io.logitstream.record.LossTerm.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Draws labels for rows: most within the wait, some before their score, some after the wait, a
 * tenth never, with duplicates, contradictions and orphans among them. What has to become of each
 * is worked out here by the definitions, without the code under test.
 */
final class GivenLabels {

    /** How far the repetition of a label is from it, before or after. */
    static final int NEAR_MILLIS = 20_000;

    private static final long WINDOW_MILLIS = 10_000;
    private static final String[] CLASSES = {"Bag", "Coat", "Dress"};

    private final Random random;
    private final int waitMillis;
    private final int earliestMillis;
    private final Map<Kind, Long> expected = new EnumMap<>(Kind.class);

    /** A label that is given for a row. */
    record Given(String id, String label, long millis) {

        String json() {
            return "{\"id\":\"%s\",\"model\":\"fashion\",\"label\":\"%s\",\"timestamp\":%d}"
                    .formatted(id, label, millis);
        }
    }

    /**
     * Draws labels of a job.
     *
     * @param waitMillis how long the job waits for them
     * @param earliestMillis how long before its score the first one of a row may come
     */
    GivenLabels(Random random, int waitMillis, int earliestMillis) {
        this.random = random;
        this.waitMillis = waitMillis;
        this.earliestMillis = earliestMillis;
    }

    /** Returns the labels of a row, or none. */
    List<Given> of(String id, String label, long scoreMillis) {
        List<Given> given = new ArrayList<>();
        int fate = random.nextInt(100);
        if (fate >= 10) {
            long millis = scoreMillis + delay(fate);
            given.add(new Given(id, label, millis));
            if (random.nextInt(100) < 5) {
                given.add(new Given(id, label, millis + random.nextInt(NEAR_MILLIS)));
            }
            if (random.nextInt(100) < 2) {
                String other = CLASSES[label.equals(CLASSES[0]) ? 1 : 0];
                long near = random.nextInt(2 * NEAR_MILLIS) - NEAR_MILLIS;
                given.add(new Given(id, other, millis + near));
            }
        }
        expect(scoreMillis, given);
        return given;
    }

    private int delay(int fate) {
        if (fate < 20) {
            return -random.nextInt(earliestMillis);
        }
        // The join remembers a row for twice the wait.
        return fate < 95
                ? random.nextInt(waitMillis)
                : waitMillis + 1 + random.nextInt(waitMillis / 6 * 5);
    }

    /** Returns a label that has no row. */
    Given orphan(int number, long millis) {
        count(Kind.ORPHAN, 1);
        return new Given("ghost-" + number, CLASSES[number % CLASSES.length], millis);
    }

    private void expect(long scoreMillis, List<Given> given) {
        List<Given> near = new ArrayList<>();
        for (Given label : given) {
            long delay = label.millis - scoreMillis;
            if (delay > waitMillis) {
                count(Kind.TOO_LATE, 1);
            } else {
                near.add(label);
            }
        }
        if (near.isEmpty()) {
            count(Kind.EXPIRED, 1);
            return;
        }
        long first = near.stream().mapToLong(Given::millis).min().orElseThrow();
        long windowEnd = scoreMillis - Math.floorMod(scoreMillis, WINDOW_MILLIS) + WINDOW_MILLIS;
        count(first < windowEnd ? Kind.MATCHED : Kind.CORRECTED, 1);
        long classes = near.stream().map(Given::label).distinct().count();
        count(Kind.DUPLICATE, near.size() - classes);
        count(Kind.CONFLICTING, classes - 1);
    }

    private void count(Kind kind, long more) {
        if (more > 0) {
            expected.merge(kind, more, Long::sum);
        }
    }

    /** Returns how many scores and labels so far have to end in each bucket. */
    Map<Kind, Long> expected() {
        return expected;
    }
}
