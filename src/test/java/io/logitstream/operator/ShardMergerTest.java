package io.logitstream.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.logitstream.Seeds;
import io.logitstream.codec.JsonPredictionEncoder;
import io.logitstream.kernel.RowKernels;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.Header;
import io.logitstream.record.Inexact;
import io.logitstream.record.Keep;
import io.logitstream.record.LabelFigures;
import io.logitstream.record.LossTerm;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.Normalizer;
import io.logitstream.record.Prediction;
import io.logitstream.record.RawRecord;
import io.logitstream.record.RowNorm;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.ScoresAre;
import io.logitstream.record.Shard;
import io.logitstream.record.ShardMemory;
import io.logitstream.record.ShardState;
import io.logitstream.record.WaitingRow;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardMergerTest {

    private static final int CLASSES = 1_000;
    private static final int[] CUTS = {0, 100, 101, 640, 1_000};
    private static final int SHARDS = CUTS.length - 1;
    private static final long TIME = 10_000;
    private static final long WAIT = 500;

    private final Random random = Seeds.random(getClass());
    private final float[] scores = randomScores();
    private final MemoryShardSlot slot = new MemoryShardSlot();
    private final Recorder recorder = new Recorder();
    private ScoringPlan plan = plan(ScoresAre.LOGITS, 1.5, false);
    private ShardMerger merger = new ShardMerger(plan, WAIT, false, recorder);

    private static final class Recorder implements ShardMerger.Output {
        final JsonPredictionEncoder encoder = new JsonPredictionEncoder();
        final List<Prediction> predictions = new ArrayList<>();
        final List<String> json = new ArrayList<>();
        final List<LossTerm> losses = new ArrayList<>();
        final List<WaitingRow> waiting = new ArrayList<>();
        final List<Fault> faults = new ArrayList<>();
        final List<RawRecord> buried = new ArrayList<>();
        final List<LossTerm> refused = new ArrayList<>();
        final List<RowNorm> norms = new ArrayList<>();
        final TreeSet<Long> wakes = new TreeSet<>();

        @Override
        public void row(ClassifiedRow row, RawRecord origin) {
            predictions.add(row.prediction());
            json.add(
                    new String(
                            encoder.encode(row.prediction(), row.model()), StandardCharsets.UTF_8));
            losses.add(row.lossTerm());
            if (row.isWaiting()) {
                waiting.add(row.waitingRow());
            }
        }

        @Override
        public void refused(ShardState shard, Fault fault) {
            buried.add(shard.origin());
            faults.add(fault);
        }

        @Override
        public void term(LossTerm term) {
            refused.add(term);
        }

        @Override
        public void norm(RowNorm norm) {
            norms.add(norm);
        }

        @Override
        public void wakeAt(long millis) {
            wakes.add(millis);
        }
    }

    private static ScoringPlan plan(ScoresAre scoresAre, double temperature, boolean full) {
        ModelSpec model =
                new ModelSpec(
                        "wide", CLASSES, List.of(), scoresAre, temperature, Normalizer.SOFTMAX, 7);
        return new ScoringPlan(List.of(model), full, 1_000, 0, Keep.top(10), true);
    }

    private float[] randomScores() {
        float[] row = new float[CLASSES];
        for (int i = 0; i < CLASSES; i++) {
            row[i] = (float) Math.min(10, 3 * random.nextGaussian());
        }
        row[5] = Float.NEGATIVE_INFINITY;
        row[641] = 0; // never among the best
        row[700] = row[3] = 11; // a tie across shards
        return row;
    }

    /** All shards of a row are at hand at once when it ends, up to 1,024 of them. */
    @Test
    void keepsForADeadLetterWhatIsShort() {
        byte[] key = {7};
        ScoreRecord record =
                new ScoreRecord(
                        "r",
                        "wide",
                        TIME,
                        new float[] {1},
                        ScoreRecord.NO_LABEL,
                        null,
                        null,
                        1,
                        new Shard(0, 2, 0, CLASSES),
                        null,
                        ScoreRecord.ONLY_ROW);
        for (int length : new int[] {8_000, 9_000}) {
            Header[] headers = {new Header("trace", new byte[length])};
            RawRecord raw = new RawRecord("scores", 1, 2, TIME, key, new byte[] {1}, headers);
            assertThat(shard(record, raw).origin())
                    .isEqualTo(length == 8_000 ? raw.withoutValue() : raw.withoutBytes());
        }
    }

    private ShardState shard(int index, int label) {
        return shard(index, label, scores, CUTS);
    }

    private ShardState shard(int index, int label, float[] row, int[] cuts) {
        ScoreRecord record =
                new ScoreRecord(
                        "r",
                        "wide",
                        TIME + index,
                        Arrays.copyOfRange(row, cuts[index], cuts[index + 1]),
                        label,
                        null,
                        null,
                        1,
                        new Shard(index, cuts.length - 1, cuts[index], CLASSES),
                        null,
                        ScoreRecord.ONLY_ROW);
        return shard(
                record,
                new RawRecord(
                        "scores", index, 40 + index, TIME, null, new byte[] {1}, Header.NONE));
    }

    private ShardState shard(ScoreRecord record, RawRecord raw) {
        RowClassifier classifier = new RowClassifier(plan, RowKernels.create());
        assertThat(classifier.classify(record)).isNull();
        return classifier.shard(record, raw);
    }

    private List<ShardState> shards(int label) {
        List<ShardState> shards = new ArrayList<>();
        for (int index = 0; index < SHARDS; index++) {
            shards.add(shard(index, label));
        }
        return shards;
    }

    private void come(ShardState shard) {
        merger.onShard(slot, shard, Long.MIN_VALUE);
    }

    private ClassifiedRow whole(int label) {
        RowClassifier classifier = new RowClassifier(plan, RowKernels.create());
        ScoreRecord record =
                new ScoreRecord("r", "wide", TIME, scores.clone(), label, null, null, 1);
        assertThat(classifier.classify(record)).isNull();
        return classifier.row();
    }

    @Test
    void saysOfShardsWhatItSaysOfTheWholeRow() {
        int label = 333;
        shards(label).forEach(this::come);

        Prediction merged = recorder.predictions.get(0);
        Prediction expected = whole(label).prediction();
        assertThat(merged.topClasses()).isEqualTo(expected.topClasses()).startsWith(3, 700);
        assertThat(merged.topScores()).isEqualTo(expected.topScores());
        for (int rank = 0; rank < 7; rank++) {
            assertThat(merged.topProbabilities()[rank])
                    .isCloseTo(expected.topProbabilities()[rank], within(1e-6f));
        }
        // Each is within 3e-7 of the exact one.
        assertThat(merged.logSumExp()).isCloseTo(expected.logSumExp(), within(6e-7));
        assertThat(merged.entropy()).isCloseTo(expected.entropy(), within(2e-6));
        assertThat(merged.numClasses()).isEqualTo(CLASSES);
        assertThat(merged.timestampMillis()).isEqualTo(TIME);
        assertThat(merged.inexact()).isNull();
        LossTerm loss = recorder.losses.get(0);
        LossTerm expectedLoss = whole(label).lossTerm();
        assertThat(loss.kind()).isEqualTo(LossTerm.Kind.ROW);
        assertThat(loss.label().rank()).isEqualTo(expectedLoss.label().rank());
        assertThat(loss.label().lossNats())
                .isCloseTo(expectedLoss.label().lossNats(), within(6e-7));
        assertThat(loss.label().brier()).isCloseTo(expectedLoss.label().brier(), within(2e-6));
        assertThat(recorder.faults).isEmpty();
        assertThat(recorder.refused).isEmpty();
    }

    @Test
    void givesTheSameBitsInAnyOrderAndWithAnyShardTwice() {
        for (int run = 0; run < 50; run++) {
            List<ShardState> shards = shards(641);
            shards.add(shards.get(random.nextInt(SHARDS)));
            shards.add(shards.get(random.nextInt(SHARDS)));
            Collections.shuffle(shards, random);
            MemoryShardSlot each = new MemoryShardSlot();
            shards.forEach(shard -> merger.onShard(each, shard, Long.MIN_VALUE));
        }
        assertThat(recorder.json).hasSize(50).containsOnly(recorder.json.get(0));
        assertThat(recorder.losses).containsOnly(recorder.losses.get(0));
        assertThat(recorder.faults).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(ScoresAre.class)
    void checksWhatTheScoresOfAllShardsAreDeclaredToBe(ScoresAre scoresAre) {
        plan = plan(scoresAre, 2, false);
        merger = new ShardMerger(plan, WAIT, false, recorder);
        float[] declared = new float[CLASSES];
        Arrays.fill(
                declared,
                scoresAre == ScoresAre.PROBABILITIES
                        ? 1f / CLASSES
                        : (float) Math.log(1.0 / CLASSES));
        for (int index = 0; index < SHARDS; index++) {
            merger.onShard(slot, shard(index, 0, declared.clone(), CUTS), Long.MIN_VALUE);
        }
        assertThat(recorder.faults).isEmpty();
        assertThat(recorder.predictions).hasSize(1);
        assertThat(recorder.predictions.get(0).topProbabilities()[0])
                .isCloseTo(0.001f, within(1e-8f));

        float[] half = declared.clone();
        Arrays.fill(half, 0, 500, scoresAre == ScoresAre.PROBABILITIES ? 0 : -100);
        MemoryShardSlot other = new MemoryShardSlot();
        for (int index = 0; index < SHARDS; index++) {
            merger.onShard(other, shard(index, 600, half.clone(), CUTS), Long.MIN_VALUE);
        }
        if (scoresAre == ScoresAre.LOGITS) {
            assertThat(recorder.faults).isEmpty();
        } else {
            assertThat(recorder.faults)
                    .singleElement()
                    .satisfies(
                            fault -> {
                                assertThat(fault.reason()).isEqualTo(FaultReason.NOT_AS_DECLARED);
                                assertThat(fault.detail()).containsPattern(" is 0\\.(5|49999)");
                            });
        }
    }

    @Test
    void refusesARowWhoseShardsDidNotAllCome() {
        List<ShardState> shards = shards(ScoreRecord.NO_LABEL);
        merger.onShard(slot, shards.get(2), Long.MIN_VALUE);
        merger.onShard(slot, shards.get(1), Long.MIN_VALUE);
        assertThat(recorder.wakes).containsExactly(TIME + 1 + WAIT, TIME + 2 + WAIT);

        merger.onTime(slot, TIME + WAIT);
        assertThat(recorder.faults).as("not yet").isEmpty();
        merger.onTime(slot, TIME + 1 + WAIT);

        assertThat(recorder.faults)
                .containsExactly(
                        new Fault(
                                FaultReason.MISSING_SHARDS,
                                "2 shards of 4 did not come within 500 ms: 0, 3"));
        RawRecord origin = recorder.buried.get(0);
        assertThat(origin.coordinates()).isEqualTo("scores-1-41");
        assertThat(origin.value()).as("only the state crossed the network").isNull();
        assertThat(recorder.refused)
                .extracting(LossTerm::kind)
                .containsExactly(LossTerm.Kind.REFUSED_ROW);
        assertThat(recorder.predictions).isEmpty();
        assertThat(slot.shard(1)).isNull();
        merger.onShard(slot, shards.get(0), TIME + WAIT + 1);
        assertThat(recorder.faults).hasSize(2);
        assertThat(recorder.faults.get(1).reason()).isEqualTo(FaultReason.TOO_LATE);
        assertThat(recorder.refused).as("the row counts once").hasSize(1);
        assertThat(recorder.wakes).contains(TIME + 1 + 3 * WAIT);
        merger.onTime(slot, TIME + 1 + 3 * WAIT);
        assertThat(slot.memory()).isEqualTo(ShardMemory.NONE);
    }

    @Test
    void givesALateRowAsLongAsOthers() {
        List<ShardState> shards = shards(7);
        long now = TIME + 2 * WAIT - 1;
        merger.onShard(slot, shards.get(0), now);
        assertThat(recorder.wakes).containsExactly(now + WAIT);
        merger.onTime(slot, now + WAIT - 1);
        shards.subList(1, SHARDS).forEach(shard -> merger.onShard(slot, shard, now + WAIT - 1));
        assertThat(recorder.predictions).hasSize(1);
        assertThat(recorder.faults).isEmpty();
    }

    @Test
    void refusesAShardOfARowThatMayBeForgotten() {
        List<ShardState> shards = shards(7);
        shards.forEach(this::come);
        merger.onTime(slot, TIME + WAIT);
        merger.onShard(slot, shards.get(1), TIME + 2 * WAIT - 1);
        assertThat(recorder.faults).as("it came twice").isEmpty();
        merger.onTime(slot, TIME + 3 * WAIT);
        merger.onShard(slot, shards.get(1), TIME + 3 * WAIT);
        assertThat(recorder.faults).extracting(Fault::reason).containsExactly(FaultReason.TOO_LATE);
        assertThat(recorder.predictions).hasSize(1);
        assertThat(slot.memory()).isEqualTo(ShardMemory.NONE);
    }

    @Test
    void wakesAgainWhereTheWaitHasBecomeLonger() {
        merger.onShard(slot, shard(1, 7), Long.MIN_VALUE);
        ShardMerger patient = new ShardMerger(plan, 3 * WAIT, false, recorder);
        patient.onTime(slot, TIME + 1 + WAIT);
        assertThat(recorder.faults).as("as it was promised").hasSize(1);
        patient.onTime(slot, TIME + 1 + 2 * WAIT);
        assertThat(recorder.wakes).contains(TIME + 1 + WAIT + 6 * WAIT);
    }

    @Test
    void refusesARowWhoseShardsAreTooFarApartInTime() {
        for (int index = 0; index < SHARDS; index++) {
            ShardState shard = shard(index, 7);
            merger.onShard(slot, index == 2 ? at(shard, TIME + WAIT + 1) : shard, Long.MIN_VALUE);
        }
        assertThat(recorder.faults)
                .extracting(Fault::detail)
                .containsExactly(
                        "the shards of the row are 501 ms apart, more than the 500 they wait for each other");
    }

    private static ShardState at(ShardState of, long millis) {
        return new ShardState(
                of.model(),
                of.id(),
                millis,
                of.label(),
                of.givesLabel(),
                of.segment(),
                of.weight(),
                of.shard(),
                of.length(),
                of.mass(),
                of.least(),
                of.digest(),
                of.state(),
                of.origin());
    }

    @Test
    void tellsShardsApartThatHaveTheSameState() {
        float[] others = scores.clone();
        others[20] = scores[36];
        others[36] = scores[20];
        assertThat(shard(0, 7, others, CUTS).digest()).isNotEqualTo(shard(0, 7).digest());
    }

    @Test
    void aPartOfARowHasNoMoreProbabilityThanAWholeOne() {
        plan = plan(ScoresAre.PROBABILITIES, 2, true);
        merger = new ShardMerger(plan, WAIT, true, recorder);
        float[] declared = new float[CLASSES];
        Arrays.fill(declared, 3f / CLASSES);
        for (int index = 0; index < SHARDS; index++) {
            if (index != 2) {
                merger.onShard(slot, shard(index, 0, declared.clone(), CUTS), Long.MIN_VALUE);
            }
        }
        merger.onTime(slot, Long.MAX_VALUE);
        assertThat(recorder.predictions).isEmpty();
        assertThat(recorder.faults)
                .extracting(Fault::reason)
                .containsExactly(FaultReason.NOT_AS_DECLARED);
    }

    @Test
    void namesMissingShardsAsRanges() {
        assertThat(ShardFit.ranges(List.of(0))).isEqualTo("0");
        assertThat(ShardFit.ranges(List.of(0, 1, 2, 5, 7, 8))).isEqualTo("0-2, 5, 7-8");
    }

    @Test
    void givesAPartialRowWhereThatIsWanted() {
        plan = plan(ScoresAre.LOGITS, 1, true);
        merger = new ShardMerger(plan, WAIT, true, recorder);
        merger.onShard(slot, shard(3, ScoreRecord.NO_LABEL), Long.MIN_VALUE);
        merger.onShard(slot, shard(1, ScoreRecord.NO_LABEL), Long.MIN_VALUE);
        merger.onTime(slot, Long.MAX_VALUE);

        Prediction partial = recorder.predictions.get(0);
        assertThat(partial.inexact()).isEqualTo(new Inexact.MissingShards(List.of(0, 2), 639));
        assertThat(partial.topClasses()).startsWith(700);
        assertThat(recorder.json.get(0))
                .contains(
                        "\"normalizer\":\"softmax\",\"exact\":false,\"missing\":{\"shards\":[0,2],\"classes\":639}}");
        ClassifiedRow whole = whole(ScoreRecord.NO_LABEL);
        assertThat(partial.logSumExp()).isLessThan(whole.prediction().logSumExp());
        assertThat(partial.topProbabilities()[0])
                .isGreaterThan(whole.prediction().topProbabilities()[1]);
        assertThat(recorder.faults).isEmpty();
        assertThat(recorder.refused).hasSize(1);
        assertThat(recorder.norms)
                .hasSize(2)
                .allSatisfy(
                        norm -> {
                            assertThat(norm.isGiven()).isTrue();
                            assertThat(norm.isExact()).isFalse();
                        });
    }

    @Test
    void refusesAShardThatContradictsOneThatCame() {
        List<ShardState> shards = shards(7);
        float[] others = scores.clone();
        others[50] += 1;
        merger.onShard(slot, shards.get(0), Long.MIN_VALUE);
        merger.onShard(slot, shard(0, 7, others, CUTS), Long.MIN_VALUE);
        merger.onShard(slot, shard(1, 7, scores, new int[] {0, 100, 1_000}), Long.MIN_VALUE);
        assertThat(recorder.faults)
                .containsExactly(
                        new Fault(
                                FaultReason.INVALID_SHARD,
                                "shard 0 of 4 of this row came before and was different"),
                        new Fault(
                                FaultReason.INVALID_SHARD,
                                "shard 1 of 2, but its row has 4 shards"));
        shards.subList(1, SHARDS).forEach(shard -> merger.onShard(slot, shard, Long.MIN_VALUE));
        assertThat(recorder.predictions).hasSize(1);

        merger.onShard(slot, shards.get(2), Long.MIN_VALUE);
        merger.onShard(slot, shard(0, 7, others, CUTS), Long.MIN_VALUE);
        assertThat(recorder.predictions).as("over").hasSize(1);
        assertThat(recorder.faults).as("a surplus shard that differs").hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {99, 102})
    void refusesARowWithAGapOrAnOverlap(int start) {
        merger.onShard(slot, shard(0, 7), Long.MIN_VALUE);
        merger.onShard(
                slot, shard(1, 7, scores, new int[] {0, start, 103, 640, 1_000}), Long.MIN_VALUE);
        merger.onShard(
                slot, shard(2, 7, scores, new int[] {0, start, 103, 640, 1_000}), Long.MIN_VALUE);
        merger.onShard(slot, shard(3, 7), Long.MIN_VALUE);
        assertThat(recorder.faults)
                .containsExactly(
                        new Fault(
                                FaultReason.INVALID_SHARD,
                                "shard 1 of 4 starts at class %d, but shard 0 of 4 ends at 100"
                                        .formatted(start)));
        assertThat(recorder.predictions).isEmpty();
        assertThat(recorder.refused).hasSize(1);
    }

    @Test
    void refusesARowThatDoesNotReachItsEnds() {
        for (int index = 0; index < 2; index++) {
            merger.onShard(
                    slot, shard(index, 7, scores, new int[] {1, 500, 1_000}), Long.MIN_VALUE);
        }
        MemoryShardSlot other = new MemoryShardSlot();
        for (int index = 0; index < 2; index++) {
            merger.onShard(other, shard(index, 7, scores, new int[] {0, 500, 999}), Long.MIN_VALUE);
        }
        assertThat(recorder.faults)
                .extracting(Fault::detail)
                .containsExactly(
                        "shard 0 of 2 starts at class 1, but the row at 0",
                        "shard 1 of 2 ends at class 999, but the row ends at 1000");
    }

    @Test
    void refusesShardsThatDisagreeOnTheLabel() {
        merger.onShard(slot, shard(0, 7), Long.MIN_VALUE);
        merger.onShard(slot, shard(1, 8), Long.MIN_VALUE);
        merger.onShard(slot, shard(2, 7), Long.MIN_VALUE);
        merger.onShard(slot, shard(3, 7), Long.MIN_VALUE);
        assertThat(recorder.faults)
                .extracting(Fault::detail)
                .containsExactly(
                        "shard 0 of 4 and shard 1 of 4 differ in label, segment or weight");
    }

    @Test
    void refusesARowThatIsAllMasked() {
        float[] masked = new float[CLASSES];
        Arrays.fill(masked, Float.NEGATIVE_INFINITY);
        for (int index = 0; index < SHARDS; index++) {
            merger.onShard(slot, shard(index, 7, masked, CUTS), Long.MIN_VALUE);
        }
        assertThat(recorder.faults)
                .extracting(Fault::reason)
                .containsExactly(FaultReason.ALL_MASKED);
    }

    @Test
    void keepsTheBestClassesForALabelThatComesLater() {
        shards(ScoreRecord.NO_LABEL).forEach(shard -> merger.onShard(slot, shard, Long.MIN_VALUE));
        WaitingRow waiting = recorder.waiting.get(0);
        assertThat(waiting.topClasses()).hasSize(10).startsWith(3, 700);
        assertThat(waiting.unmasked()).isEqualTo(CLASSES - 1);
        LabelFigures best = waiting.judge(700, 1);
        assertThat(best.isExact()).isTrue();
        assertThat(best.lossNats())
                .isCloseTo(whole(700).lossTerm().label().lossNats(), within(6e-7));
        LabelFigures other = waiting.judge(641, 1);
        double nats = whole(641).lossTerm().label().lossNats();
        assertThat(other.lossNats()).isLessThanOrEqualTo(nats);
        assertThat(other.upperLossNats()).isEqualTo(Double.POSITIVE_INFINITY);
    }

    @Test
    void refusesARowThatWaitedWhileItsModelChanged() {
        List<ModelSpec> changed =
                List.of(spec(CLASSES, 1, 7), spec(CLASSES - 1, 1.5, 7), spec(CLASSES, 1.5, 12));
        for (ModelSpec model : changed) {
            MemoryShardSlot each = new MemoryShardSlot();
            List<ShardState> shards = shards(7);
            shards.subList(0, 3).forEach(shard -> merger.onShard(each, shard, Long.MIN_VALUE));
            ScoringPlan other = new ScoringPlan(List.of(model), false, 1_000, 0, null, true);
            new ShardMerger(other, WAIT, true, recorder)
                    .onShard(each, shards.get(3), Long.MIN_VALUE);
        }
        assertThat(recorder.faults)
                .hasSize(3)
                .extracting(Fault::reason)
                .containsOnly(FaultReason.UNKNOWN_MODEL);
        assertThat(recorder.predictions).isEmpty();
    }

    private static ModelSpec spec(int classes, double temperature, int topK) {
        return new ModelSpec(
                "wide",
                classes,
                List.of(),
                ScoresAre.LOGITS,
                temperature,
                Normalizer.SOFTMAX,
                topK);
    }
}
