package io.logitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.Seeds;
import io.logitstream.kernel.RowKernels;
import io.logitstream.kernel.RowLoss;
import io.logitstream.record.DriftReference;
import io.logitstream.record.Keep;
import io.logitstream.record.Label;
import io.logitstream.record.LabelKey;
import io.logitstream.record.LabelLedger;
import io.logitstream.record.LabelsSeen;
import io.logitstream.record.LedgerEntry;
import io.logitstream.record.LossState;
import io.logitstream.record.LossStateFormat;
import io.logitstream.record.LossTerm;
import io.logitstream.record.LossTerm.Kind;
import io.logitstream.record.ModelLoss;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.PackedRow;
import io.logitstream.record.RawRecord;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.ScoresAre;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelJoinTest {

    private static final long WAIT = 1_000;
    private static final long WINDOW = 100;
    private static final long TIME = 10_030;
    private static final int CLASSES = 4;

    private final Random random = Seeds.random(getClass());
    private final ModelSpec model =
            new ModelSpec(
                    "m",
                    CLASSES,
                    List.of("a", "b", "c", "d"),
                    ScoresAre.LOGITS,
                    1,
                    Normalizer.SOFTMAX,
                    3,
                    new ModelLoss(RowLoss.CROSS_ENTROPY, new double[0], "none"),
                    DriftReference.NONE);
    private final ScoringPlan plan =
            new ScoringPlan(List.of(model), false, WINDOW, 10, Keep.FLOAT32, false);
    private final RowClassifier classifier = new RowClassifier(plan, RowKernels.create());
    private final Recorder recorder = new Recorder();
    private final LabelJoin join = new LabelJoin(plan, WAIT, WINDOW, recorder);
    private final Map<LabelKey, MemoryJoinSlot> slots = new LinkedHashMap<>();
    private long now = Long.MIN_VALUE;

    private static final class Recorder implements LabelJoin.Output {
        final List<LossTerm> terms = new ArrayList<>();
        final List<LedgerEntry> ledger = new ArrayList<>();

        @Override
        public void waits() {}

        @Override
        public void term(LossTerm term) {
            terms.add(term);
        }

        @Override
        public void ledger(LedgerEntry entry) {
            ledger.add(entry);
        }
    }

    private MemoryJoinSlot slot(String id) {
        return slots.computeIfAbsent(new LabelKey("m", id), MemoryJoinSlot::new);
    }

    private ScoreRecord score(String id, long millis, int label, float... scores) {
        return new ScoreRecord(id, "m", millis, scores, label, null, "eu", 0.5);
    }

    private PackedRow row(String id, long millis, float... scores) {
        RowClassifier timeless = new RowClassifier(plan.withoutWindows(), RowKernels.create());
        assertThat(timeless.classify(score(id, millis, ScoreRecord.NO_LABEL, scores))).isNull();
        assertThat(timeless.row().isWaiting()).isTrue();
        return PackedRow.of(timeless.row().waitingRow());
    }

    private void score(String id, long millis) {
        join.onRow(slot(id), row(id, millis, 3, 1, 0, 2), now);
    }

    private void label(String id, int label, long millis) {
        join.onLabel(slot(id), new Label("m", id, label, millis), now);
    }

    private void passTime(long millis) {
        passTime(millis, millis);
    }

    private void passTime(long millis, long labelsMillis) {
        now = millis;
        join.labelsPassed(labelsMillis);
        slots.values().stream()
                .filter(slot -> slot.memory().wakeMillis() <= millis)
                .forEach(slot -> join.onTime(slot, millis));
    }

    private long wake(String id) {
        return slot(id).memory().wakeMillis();
    }

    private List<Kind> kinds() {
        return recorder.terms.stream().map(LossTerm::kind).toList();
    }

    private List<Kind> ledger() {
        return recorder.ledger.stream().map(LedgerEntry::kind).toList();
    }

    private void assertNothingLeft() {
        assertThat(slots.values())
                .allSatisfy(
                        slot -> {
                            assertThat(slot.memory().isNone()).isTrue();
                            assertThat(slot.row()).isNull();
                        });
    }

    @Test
    void judgesALaterLabelToTheBitsOfOneThatCameWithTheRow() {
        score("r", TIME);
        label("r", 3, TIME + 20);

        LossTerm joined = recorder.terms.get(0);
        assertThat(classifier.classify(score("r", TIME, 3, 3, 1, 0, 2))).isNull();
        LossTerm direct = classifier.row().lossTerm();
        assertThat(joined.label()).isEqualTo(direct.label());
        assertThat(joined.confidence()).isEqualTo(direct.confidence());
        assertThat(joined.weight()).isEqualTo(direct.weight());
        assertThat(joined.segment()).isEqualTo("eu");
        assertThat(joined.windowStartMillis()).isEqualTo(direct.windowStartMillis());
        assertThat(joined.delayMillis()).isEqualTo(20);
        assertThat(joined.perClass()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "-1000, MATCHED",
        "-1, MATCHED",
        "0, MATCHED",
        "69, MATCHED",
        "70, CORRECTED",
        "1000, CORRECTED",
        "1001, TOO_LATE",
        "2000, TOO_LATE",
    })
    void aLabelCountsByItsTimeAfterTheScore(long delay, Kind kind) {
        score("r", TIME);
        label("r", 1, TIME + delay);
        assertThat(kinds()).containsExactly(kind);
        boolean isLate = kind == Kind.TOO_LATE;
        assertThat(ledger()).isEqualTo(isLate ? List.of(kind) : List.of());
        long window = isLate ? (TIME + delay) / WINDOW * WINDOW : TIME / WINDOW * WINDOW;
        assertThat(recorder.terms.get(0).windowStartMillis()).isEqualTo(window);

        setUpAgain();
        label("r", 1, TIME + delay);
        assertThat(kinds()).as("before its score it waits").isEmpty();
        score("r", TIME);
        assertThat(kinds()).containsExactly(kind);
    }

    @ParameterizedTest
    @CsvSource({"-1001", "2001"})
    void aLabelFromAnotherTimeIsAnOrphan(long delay) {
        score("r", TIME);
        label("r", 1, TIME + delay);
        assertThat(kinds()).isEmpty();

        passTime(TIME + 10 * WAIT);

        assertThat(kinds()).containsExactlyInAnyOrder(Kind.EXPIRED, Kind.ORPHAN);
        assertThat(recorder.terms)
                .filteredOn(term -> term.kind() == Kind.ORPHAN)
                .allSatisfy(
                        term -> {
                            assertThat(term.segment()).isNull();
                            assertThat(term.windowStartMillis())
                                    .isEqualTo((TIME + delay) / WINDOW * WINDOW);
                        });
        assertNothingLeft();
    }

    private void setUpAgain() {
        recorder.terms.clear();
        recorder.ledger.clear();
        slots.clear();
        now = Long.MIN_VALUE;
        join.labelsPassed(Long.MIN_VALUE);
    }

    @Test
    void aScoreExpiresWhenItsWaitIsOverAndIsForgottenAfterAsMuchAgain() {
        score("r", TIME);
        assertThat(wake("r"))
                .as("the last time that is before its window is over")
                .isEqualTo(11_099);

        passTime(11_098);
        assertThat(kinds()).isEmpty();
        passTime(11_099);
        assertThat(kinds()).containsExactly(Kind.EXPIRED);
        assertThat(slot("r").row()).isNull();
        assertThat(wake("r")).isEqualTo(12_099);
        label("r", 1, TIME + 10);
        assertThat(kinds()).containsExactly(Kind.EXPIRED, Kind.TOO_LATE);
        passTime(12_099);
        assertNothingLeft();

        passTime(TIME + 9 * WAIT);
        assertThat(kinds()).hasSize(2);
    }

    @Test
    void aJoinedScoreDoesNotExpire() {
        score("r", TIME);
        label("r", 1, TIME);
        passTime(Long.MAX_VALUE);
        assertThat(kinds()).containsExactly(Kind.MATCHED);
        assertNothingLeft();
    }

    @Test
    void theLabelGivenFirstCountsWhicheverComesFirst() {
        score("r", TIME);
        label("r", 1, TIME + 500);
        label("r", 2, TIME + 20);
        label("r", 2, TIME + 30);
        label("r", 3, TIME + 40);

        assertThat(kinds())
                .containsExactly(
                        Kind.CORRECTED,
                        Kind.CONFLICTING,
                        Kind.CORRECTED,
                        Kind.MATCHED,
                        Kind.DUPLICATE,
                        Kind.CONFLICTING);
        assertThat(recorder.terms.get(2)).isEqualTo(recorder.terms.get(0).withdrawn());
        assertThat(recorder.terms.get(3).label().trueClass()).isEqualTo(2);
        assertThat(ledger()).containsExactly(Kind.CONFLICTING, Kind.DUPLICATE, Kind.CONFLICTING);
        assertThat(recorder.ledger)
                .as("the labels that were set aside")
                .extracting(LedgerEntry::labelMillis)
                .containsExactly(TIME + 500, TIME + 30, TIME + 40);
    }

    @Test
    void letsTheRowGoOnceNoLabelCanComeThatWasGivenBefore() {
        score("r", TIME);
        label("r", 1, TIME + 20);
        assertThat(wake("r")).isEqualTo(10_099);
        passTime(10_098);
        assertThat(slot("r").row()).isNotNull();
        passTime(10_099);
        assertThat(slot("r").row()).isNull();

        label("r", 1, TIME + 30);
        label("r", 2, TIME + 40);
        label("r", 0, TIME + 10);
        assertThat(kinds())
                .as("one that is late changes nothing")
                .containsExactly(Kind.MATCHED, Kind.DUPLICATE, Kind.CONFLICTING, Kind.CONFLICTING);
        label("r", 1, TIME + WAIT + 1);
        assertThat(kinds()).endsWith(Kind.TOO_LATE);
        passTime(TIME + WAIT - 1);
        label("r", 1, TIME + 60);
        assertThat(kinds()).endsWith(Kind.DUPLICATE);
        passTime(TIME + WAIT);
        label("r", 1, TIME + 160);
        assertThat(kinds()).as("read when the wait was over").endsWith(Kind.TOO_LATE);
        assertThat(recorder.terms.get(recorder.terms.size() - 1).windowStartMillis())
                .as("its score's window may be gone")
                .isEqualTo(10_100);
        passTime(12_099);
        assertNothingLeft();
    }

    @Test
    void keepsTheRowWhileLabelsPause() {
        score("r", TIME);
        label("r", 1, TIME + 20);
        passTime(10_099, TIME + 20);
        assertThat(slot("r").row()).as("one of the same time may come").isNotNull();
        assertThat(wake("r")).as("when its wait is over").isEqualTo(11_099);
        label("r", 2, TIME + 30);
        assertThat(wake("r")).as("not for nothing").isEqualTo(11_099);
        passTime(10_200, TIME + 21);
        label("r", 2, TIME + 40);
        assertThat(slot("r").row()).isNull();
        passTime(12_099);
        assertNothingLeft();
    }

    @Test
    void keepsNoRowWhoseLabelIsCertainAlready() {
        label("r", 1, TIME + 20);
        label("r", 2, TIME + 10);
        join.labelsPassed(TIME + 21);
        score("r", TIME);
        assertThat(kinds())
                .as("all labels that came are judged before")
                .containsExactly(Kind.MATCHED, Kind.CONFLICTING, Kind.MATCHED, Kind.MATCHED);
        assertThat(recorder.terms.get(3).label().trueClass()).isEqualTo(2);
        assertThat(slot("r").row()).isNull();
        label("r", 3, TIME + 5);
        assertThat(kinds()).endsWith(Kind.CONFLICTING);

        label("s", 1, TIME + 21);
        score("s", TIME);
        assertThat(slot("s").row()).as("another of that time may come").isNotNull();
        passTime(Long.MAX_VALUE);
        assertNothingLeft();
    }

    @Test
    void isLookedAtOnceWhereOneLookWillDo() {
        label("r", 1, TIME + 20);
        assertThat(wake("r")).isEqualTo(11_099);
        label("r", 1, TIME + 60);
        label("r", 1, TIME + 120);
        assertThat(wake("r")).as("the first that ends").isEqualTo(11_099);
        label("r", 1, TIME - 40);
        assertThat(wake("r")).isEqualTo(10_999);
        passTime(10_999);
        assertThat(kinds()).containsExactly(Kind.ORPHAN);
        assertThat(wake("r")).isEqualTo(11_099);
        passTime(11_099);
        assertThat(wake("r")).isEqualTo(11_199);
        passTime(11_199);
        assertThat(kinds()).hasSize(4);
        assertNothingLeft();
    }

    @Test
    void ofLabelsGivenAtOnceTheLowerClassCounts() {
        score("r", TIME);
        label("r", 2, TIME);
        label("r", 1, TIME);
        LossState state = new LossState();
        recorder.terms.forEach(state::add);
        assertThat(state.labelled()).isEqualTo(1);
        assertThat(state.classes().labelled(1)).isEqualTo(1);
        assertThat(state.classes().labelled(2)).isZero();
    }

    @Test
    void aLabelToIgnoreIsJoinedAndCountsForNothingElse() {
        score("r", TIME);
        label("r", ScoreRecord.NO_LABEL, TIME);
        assertThat(kinds()).containsExactly(Kind.MATCHED);
        assertThat(recorder.terms.get(0).label()).isNull();
        passTime(Long.MAX_VALUE);
        assertThat(kinds()).hasSize(1);
    }

    @Test
    void aSecondScoreOfAnIdIsRepeatedUntilTheFirstIsForgotten() {
        score("r", TIME);
        score("r", TIME + 2 * WAIT);
        assertThat(kinds()).containsExactly(Kind.REPEATED_SCORE);
        assertThat(recorder.terms.get(0).windowStartMillis()).isEqualTo(12_000);
        assertThat(ledger()).containsExactly(Kind.REPEATED_SCORE);

        score("r", TIME + 2 * WAIT + 1);
        assertThat(kinds()).containsExactly(Kind.REPEATED_SCORE, Kind.EXPIRED);
        label("r", 1, TIME + 2 * WAIT + 2);
        assertThat(kinds()).endsWith(Kind.MATCHED);
    }

    @Test
    void withoutTimesEverythingIsNear() {
        score("r", RawRecord.NO_TIMESTAMP);
        label("r", 1, TIME);
        label("s", 1, RawRecord.NO_TIMESTAMP);
        passTime(TIME + 5 * WAIT);
        assertThat(kinds()).containsExactly(Kind.MATCHED);
        score("s", TIME);
        assertThat(kinds()).containsExactly(Kind.MATCHED, Kind.MATCHED);
        passTime(Long.MAX_VALUE);
        assertNothingLeft();
    }

    @Test
    void labelsBeyondTheBoundAreCountedAtOnce() {
        for (int i = 0; i < LabelsSeen.MAX + 3; i++) {
            label("r", 1, TIME + i);
        }
        assertThat(kinds()).containsExactly(Kind.DUPLICATE, Kind.DUPLICATE, Kind.DUPLICATE);
        score("r", TIME);
        assertThat(slot("r").memory().labels().size()).isEqualTo(1);
    }

    /**
     * Labels of another time wait beside the joined one, and with it are one more than the bound.
     */
    @Test
    void labelsBeyondTheBoundAreNotHeldBesideAJoinedOneEither() {
        score("r", TIME);
        for (int i = 0; i < LabelsSeen.MAX; i++) {
            label("r", 0, TIME + 2 * WAIT + 1 + i);
        }
        label("r", 0, TIME);
        assertThat(kinds()).containsExactly(Kind.MATCHED);
        for (int i = 0; i < 300; i++) {
            label("r", 0, TIME + 2 * WAIT + 100 + i);
        }
        assertThat(slot("r").memory().labels().size()).isEqualTo(LabelsSeen.MAX + 1);
        assertThat(counts()).containsEntry(Kind.DUPLICATE, 300L);
    }

    /** After a restart with a longer wait, what is held was to be looked at too early. */
    @Test
    void looksAgainWhenWhatItLooksAtMayStillWait() {
        LabelJoin before = new LabelJoin(plan, WAIT / 2, WINDOW, recorder);
        before.onRow(slot("r"), row("r", TIME, 3, 1, 0, 2), now);
        before.onLabel(slot("s"), new Label("m", "s", 1, TIME + 70), now);
        assertThat(wake("r")).isEqualTo(10_549);
        passTime(10_549);
        assertThat(wake("r")).isEqualTo(11_099);
        passTime(10_649);
        assertThat(wake("s")).isEqualTo(11_199);
        assertThat(kinds()).isEmpty();
        passTime(11_099);
        assertThat(wake("r")).isEqualTo(12_099);
        assertThat(wake("s")).isEqualTo(11_199);
    }

    @Test
    void labelsOfOneClassTakeTheRoomOfOne() {
        score("r", TIME);
        for (int i = LabelsSeen.MAX; i >= 0; i--) {
            label("r", 0, TIME + 10 + i);
        }
        assertThat(slot("r").memory().labels().size()).isOne();
        label("r", 1, TIME + 1);
        assertThat(counts())
                .containsEntry(Kind.DUPLICATE, (long) LabelsSeen.MAX)
                .containsEntry(Kind.CONFLICTING, 1L);
        Map<String, String> states = states();
        setUpAgain();
        score("r", TIME);
        label("r", 1, TIME + 1);
        for (int i = 0; i <= LabelsSeen.MAX; i++) {
            label("r", 0, TIME + 10 + i);
        }
        assertThat(states()).as("another order").isEqualTo(states);
    }

    /** Everything that can happen, in any order of arrival, against the definition. */
    @Test
    void theOrderOfArrivalChangesNoBit() {
        for (int round = 0; round < 30; round++) {
            List<Arrival> arrivals = new ArrayList<>();
            Map<Kind, Long> expected = new EnumMap<>(Kind.class);
            for (int i = 0; i < 40; i++) {
                addId("r" + i, arrivals, expected);
            }
            Map<String, String> first = null;
            for (int order = 0; order < 6; order++) {
                setUpAgain();
                if (order % 2 == 0) {
                    arrivals.forEach(arrival -> arrival.what.run());
                } else {
                    arriveAsTimePasses(arrivals);
                }
                // The last label comes 2.26 s after its score, which has up to 3 s; then twice the
                // wait.
                passTime(order < 3 ? Long.MAX_VALUE : TIME + 3_000 + 2_300 + 2 * WAIT + WINDOW);
                assertNothingLeft();
                assertThat(counts()).isEqualTo(expected);
                Map<String, String> states = states();
                first = first == null ? states : first;
                assertThat(states).isEqualTo(first);
                Collections.shuffle(arrivals, random);
            }
        }
    }

    /** Each up to half a second later than those of a later time, and time passes behind them. */
    private void arriveAsTimePasses(List<Arrival> arrivals) {
        TreeMap<Double, Arrival> inOrder = new TreeMap<>();
        arrivals.forEach(each -> inOrder.put(each.millis + 500 * random.nextDouble(), each));
        inOrder.forEach(
                (due, arrival) -> {
                    arrival.what.run();
                    passTime((long) (due - 500));
                });
    }

    private record Arrival(long millis, Runnable what) {}

    private record Given(int label, long millis) {}

    private void addId(String id, List<Arrival> arrivals, Map<Kind, Long> expected) {
        long millis = TIME + random.nextInt(3_000);
        boolean hasScore = random.nextInt(8) > 0;
        if (hasScore) {
            PackedRow row = row(id, millis, random.nextInt(5), 1, 2.5f, random.nextInt(3));
            arrivals.add(new Arrival(millis, () -> join.onRow(slot(id), row, now)));
        }
        List<Given> near = new ArrayList<>();
        for (int left = random.nextInt(5); left > 0; left--) {
            Given given = new Given(random.nextInt(3), millis + 250 * (random.nextInt(16) - 6) + 7);
            arrivals.add(new Arrival(given.millis, () -> label(id, given.label, given.millis)));
            long delay = given.millis - millis;
            if (!hasScore || delay < -WAIT || delay > 2 * WAIT) {
                expected.merge(Kind.ORPHAN, 1L, Long::sum);
            } else if (delay > WAIT) {
                expected.merge(Kind.TOO_LATE, 1L, Long::sum);
            } else {
                near.add(given);
            }
        }
        if (hasScore && near.isEmpty()) {
            expected.merge(Kind.EXPIRED, 1L, Long::sum);
        } else if (hasScore) {
            near.sort(Comparator.comparing(Given::millis).thenComparing(Given::label));
            boolean inTime = near.get(0).millis < millis / WINDOW * WINDOW + WINDOW;
            long classes = near.stream().map(Given::label).distinct().count();
            expected.merge(inTime ? Kind.MATCHED : Kind.CORRECTED, 1L, Long::sum);
            add(expected, Kind.DUPLICATE, near.size() - classes);
            add(expected, Kind.CONFLICTING, classes - 1);
        }
    }

    private static void add(Map<Kind, Long> counts, Kind kind, long more) {
        if (more > 0) {
            counts.merge(kind, more, Long::sum);
        }
    }

    private Map<Kind, Long> counts() {
        LossState all = new LossState();
        recorder.terms.forEach(all::add);
        LabelLedger ledger = all.ledger();
        Map<Kind, Long> counts = new EnumMap<>(Kind.class);
        Arrays.stream(Kind.values())
                .filter(kind -> kind.compareTo(Kind.MATCHED) >= 0)
                .forEach(kind -> add(counts, kind, ledger.count(kind)));
        return counts;
    }

    private Map<String, String> states() {
        Map<String, LossState> states = new TreeMap<>();
        for (LossTerm term : recorder.terms) {
            states.computeIfAbsent(
                            term.segment() + "|" + term.windowStartMillis(), key -> new LossState())
                    .add(term);
        }
        byte[] empty = LossStateFormat.encode(new LossState());
        Map<String, String> bytes = new TreeMap<>();
        states.forEach(
                (key, state) -> {
                    byte[] encoded = LossStateFormat.encode(state);
                    if (!Arrays.equals(encoded, empty)) {
                        bytes.put(key, HexFormat.of().formatHex(encoded));
                    }
                });
        return bytes;
    }
}
