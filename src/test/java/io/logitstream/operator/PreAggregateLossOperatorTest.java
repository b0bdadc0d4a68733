package io.logitstream.operator;

import static io.logitstream.operator.LossTerms.term;
import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossPartial;
import io.logitstream.record.LossTerm;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PreAggregateLossOperatorTest {

    private static final long WINDOW = TestJobs.WINDOW;

    private OneInputStreamOperatorTestHarness<LossTerm, LossPartial> harness;

    @BeforeEach
    void openHarness() throws Exception {
        harness = harness();
        harness.open();
    }

    @AfterEach
    void closeHarness() throws Exception {
        harness.close();
    }

    @Test
    void sendsNothingByItself() throws Exception {
        process(term("m", "eu", 0, 1), term("m", "eu", WINDOW, 1), term("m", "us", 0, 1));

        assertThat(harness.getOutput()).isEmpty();
    }

    @Test
    void sendsWhatItHoldsBeforeTheWatermark() throws Exception {
        process(term("m", "eu", 0, 1));

        harness.processWatermark(WINDOW);

        assertThat(harness.getOutput()).hasSize(3);
        assertThat(List.copyOf(harness.getOutput()).get(2)).isEqualTo(new Watermark(WINDOW));
        assertThat(sent(harness)).hasSize(2);
    }

    @Test
    void sendsWhatItHoldsBeforeItsInputBecomesIdle() throws Exception {
        process(term("m", "eu", 0, 1));

        harness.processWatermarkStatus(WatermarkStatus.IDLE);

        assertThat(harness.getOutput()).hasSize(3);
        assertThat(List.copyOf(harness.getOutput()).get(2)).isEqualTo(WatermarkStatus.IDLE);
        assertThat(sent(harness)).hasSize(2);
    }

    @Test
    void sendsWhatItHoldsBeforeTheBarrier() throws Exception {
        process(term("m", "eu", 0, 1));

        harness.prepareSnapshotPreBarrier(1);

        assertThat(sent(harness)).hasSize(2);
    }

    @Test
    void sendsWhatItHoldsAtTheEndOfInput() throws Exception {
        process(term("m", "eu", 0, 1));

        harness.getOperator().finish();

        assertThat(sent(harness)).hasSize(2);
    }

    @Test
    void sendsEverythingOnce() throws Exception {
        process(term("m", "eu", 0, 1));
        harness.processWatermark(1);
        harness.getOutput().clear();

        harness.processWatermark(2);
        harness.prepareSnapshotPreBarrier(1);
        harness.getOperator().finish();

        assertThat(harness.getOutput()).containsExactly(new Watermark(2));
    }

    private static OperatorSubtaskState snapshotAt(Long watermark, boolean idle) throws Exception {
        try (var subtask = harness()) {
            subtask.open();
            if (watermark != null) {
                subtask.processWatermark(watermark);
            }
            if (idle) {
                subtask.processWatermarkStatus(WatermarkStatus.IDLE);
            }
            return subtask.snapshot(1, 1);
        }
    }

    private static List<Object> firstAfterRestoring(OperatorSubtaskState... subtasks)
            throws Exception {
        try (var restored = harness()) {
            restored.initializeState(
                    AbstractStreamOperatorTestHarness.repartitionOperatorState(
                            AbstractStreamOperatorTestHarness.repackageState(subtasks),
                            512,
                            subtasks.length,
                            1,
                            0));
            restored.open();
            return List.copyOf(restored.getOutput());
        }
    }

    @Test
    void saysFirstHowFarEventTimeHadComeBeforeARestore() throws Exception {
        assertThat(firstAfterRestoring(snapshotAt(700L, false), snapshotAt(500L, false)))
                .containsExactly(new Watermark(500));
        assertThat(firstAfterRestoring(snapshotAt(700L, false), snapshotAt(500L, true)))
                .as("an idle subtask held nobody back")
                .containsExactly(new Watermark(700));
        assertThat(firstAfterRestoring(snapshotAt(700L, true), snapshotAt(500L, true)))
                .as("all were idle")
                .containsExactly(new Watermark(700));
        assertThat(firstAfterRestoring(snapshotAt(700L, false), snapshotAt(null, false)))
                .as("one of them had said nothing yet")
                .isEmpty();
        assertThat(firstAfterRestoring(snapshotAt(Long.MAX_VALUE, false)))
                .as("drained: event time starts anew")
                .isEmpty();
    }

    @Test
    void mergesPerSegmentAndOverAllSegments() throws Exception {
        List<LossTerm> terms =
                List.of(
                        term("m", "eu", 0, 1),
                        term("m", "us", 0, 2),
                        term("m", null, 0, 4),
                        term("m", "eu", 0, 8),
                        term("m", "eu", WINDOW, 16),
                        term("n", null, 0, 32));
        process(terms.toArray(LossTerm[]::new));

        harness.processWatermark(WINDOW);

        assertThat(sent(harness).stream().map(LossAggregate::keyOf))
                .containsExactlyInAnyOrder(
                        "m|eu|0",
                        "m|us|0",
                        "m||0",
                        "m|*|0",
                        "m|eu|10000",
                        "m|*|10000",
                        "n||0",
                        "n|*|0");
        assertThat(LossTerms.merged(sent(harness))).isEqualTo(LossTerms.sums(terms));
    }

    @Test
    void stampsWhatItSendsWithTheWindowItBelongsTo() throws Exception {
        process(term("m", null, 3 * WINDOW, 1));

        harness.processWatermark(WINDOW);

        assertThat(harness.getRecordOutput())
                .extracting(StreamRecord::getTimestamp)
                .containsExactly(3 * WINDOW, 3 * WINDOW);
    }

    @Test
    void sendsWhenItHoldsAsMuchAsItMay() throws Exception {
        for (int i = 0; i < PreAggregateLossOperator.MAX_STATES; i++) {
            process(term("m", "segment-" + i, 0, 1), term("m", "segment-" + i, 0, 1));
        }
        assertThat(harness.getOutput()).isEmpty();

        process(term("m", "one more", 0, 1));

        assertThat(sent(harness)).hasSize(PreAggregateLossOperator.MAX_STATES + 1);
        harness.getOutput().clear();
        harness.processWatermark(1);
        assertThat(sent(harness).stream().map(LossAggregate::keyOf))
                .containsExactlyInAnyOrder("m|one more|0", "m|*|0");
    }

    @Test
    void losesAndDoublesNothingWhenRestored() throws Exception {
        long seed = Long.getLong("logitstream.test.seed", System.nanoTime());
        List<LossTerm> terms = LossTerms.random(new Random(seed), 200);
        process(terms.subList(0, 120).toArray(LossTerm[]::new));

        harness.prepareSnapshotPreBarrier(1);
        OperatorSubtaskState snapshot = harness.snapshot(1, 1);
        List<LossPartial> partials = new ArrayList<>(sent(harness));
        // What comes after the checkpoint is lost with the failure, and read again.
        process(terms.subList(120, 150).toArray(LossTerm[]::new));

        assertThat(snapshot.getManagedKeyedState()).isEmpty();
        harness.close();
        harness = harness();
        harness.initializeState(snapshot);
        harness.open();
        process(terms.subList(120, 200).toArray(LossTerm[]::new));
        harness.processWatermark(1);
        partials.addAll(sent(harness));

        assertThat(LossTerms.merged(partials))
                .as("-Dlogitstream.test.seed=%d", seed)
                .isEqualTo(LossTerms.sums(terms));
    }

    @Test
    void addsUpToTheSameBitsWhereverItSends() throws Exception {
        long seed = Long.getLong("logitstream.test.seed", System.nanoTime());
        Random random = new Random(seed);
        List<LossTerm> terms = LossTerms.random(random, 300);
        long watermark = 0;

        for (LossTerm term : terms) {
            process(term);
            switch (random.nextInt(20)) {
                case 0 -> harness.processWatermark(++watermark);
                case 1 -> harness.prepareSnapshotPreBarrier(1);
                default -> {}
            }
        }
        harness.getOperator().finish();

        assertThat(LossTerms.merged(sent(harness)))
                .as("-Dlogitstream.test.seed=%d", seed)
                .isEqualTo(LossTerms.sums(terms));
    }

    @Test
    void sendsItsWatermarkAheadButNotTheLastOne() throws Exception {
        harness.close();
        harness = harness(500, 1);
        harness.open();
        harness.processWatermark(1_000);
        harness.processWatermark(Long.MAX_VALUE);
        assertThat(harness.getOutput())
                .extracting(element -> ((Watermark) element).getTimestamp())
                .containsExactly(1_500L, Long.MAX_VALUE);
    }

    @Test
    void sendsWhenTheWatermarkPassesAMultipleAndNotBetween() throws Exception {
        harness.close();
        harness = harness(0, 1_000);
        harness.open();
        process(term("m", null, 0, 1));
        harness.processWatermark(998);
        process(term("m", null, 0, 1));
        harness.processWatermark(998);
        assertThat(sent(harness)).as("the first watermark sends").hasSize(2);
        harness.processWatermark(999);
        assertThat(sent(harness)).hasSize(4);
        process(term("m", null, 0, 1));
        harness.processWatermark(1_998);
        assertThat(sent(harness)).hasSize(4);
        harness.processWatermark(5_000);
        assertThat(sent(harness)).hasSize(6);
    }

    @Test
    void sendsTheWatermarkItHoldsBeforeItGoesIdle() throws Exception {
        harness.close();
        harness = harness(0, 1_000);
        harness.open();
        harness.processWatermark(1_000);
        process(term("m", null, 0, 1));
        harness.processWatermark(1_500);
        harness.getOutput().clear();

        harness.processWatermarkStatus(WatermarkStatus.IDLE);

        List<Object> sent = new ArrayList<>(harness.getOutput());
        assertThat(sent).hasSize(4);
        assertThat(sent.subList(2, 4)).containsExactly(new Watermark(1_500), WatermarkStatus.IDLE);
    }

    private static OneInputStreamOperatorTestHarness<LossTerm, LossPartial> harness()
            throws Exception {
        return harness(0, 1);
    }

    private static OneInputStreamOperatorTestHarness<LossTerm, LossPartial> harness(
            long aheadMillis, long everyMillis) throws Exception {
        return new OneInputStreamOperatorTestHarness<>(
                new PreAggregateLossOperator(aheadMillis, everyMillis),
                TypeInformation.of(LossTerm.class).createSerializer(new SerializerConfigImpl()));
    }

    private void process(LossTerm... terms) throws Exception {
        for (LossTerm term : terms) {
            harness.processElement(new StreamRecord<>(term));
        }
    }

    private static List<LossPartial> sent(
            OneInputStreamOperatorTestHarness<LossTerm, LossPartial> harness) {
        return harness.extractOutputValues();
    }
}
