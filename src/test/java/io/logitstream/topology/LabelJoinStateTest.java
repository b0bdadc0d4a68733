package io.logitstream.topology;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.Seeds;
import io.logitstream.config.JobFile;
import io.logitstream.kernel.RowKernels;
import io.logitstream.kernel.RowLoss;
import io.logitstream.kernel.RowState;
import io.logitstream.operator.LabelJoin;
import io.logitstream.operator.RowClassifier;
import io.logitstream.operator.ScoringPlan;
import io.logitstream.operator.TestJobs;
import io.logitstream.operator.types.RecordType;
import io.logitstream.record.Keep;
import io.logitstream.record.Label;
import io.logitstream.record.LossState;
import io.logitstream.record.LossStateFormat;
import io.logitstream.record.LossTerm;
import io.logitstream.record.LossTerm.Kind;
import io.logitstream.record.PackedRow;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.WaitingRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** State, timers and side output of the operator; what is decided is the {@link LabelJoin}'s. */
class LabelJoinStateTest {

    private static final long WAIT = 4_000;

    static final JobFile JOB =
            TestJobs.withLabels(
                    new JobFile.Labels("labels", WAIT, Keep.FLOAT32, 0, 1),
                    new JobFile.LabelLedger("ledger"),
                    TestJobs.model("m", 4));

    private final Random random = Seeds.random(getClass());

    static PackedRow row(String id, long millis) {
        RowClassifier classifier = new RowClassifier(ScoringPlan.of(JOB), RowKernels.create());
        float[] scores = {1, 3, 2, 0};
        ScoreRecord record =
                new ScoreRecord(id, "m", millis, scores, ScoreRecord.NO_LABEL, null, "eu", 1);
        assertThat(classifier.classify(record)).isNull();
        return PackedRow.of(classifier.row().waitingRow());
    }

    private static Label label(String id, int label, long millis) {
        return new Label("m", id, label, millis);
    }

    @Test
    void theSlowerInputDecidesWhenAWaitIsOver() throws Exception {
        try (LabelJoinHarness join = LabelJoinHarness.open(JOB, 1, null)) {
            join.row(row("r", 1_000));
            join.scoreWatermark(1_000_000);
            assertThat(join.terms()).as("labels may still be read").isEmpty();
            join.labelWatermark(1_000 + WAIT - 1);
            join.label(label("r", 2, 1_000 + WAIT));
            assertThat(join.terms()).extracting(LossTerm::kind).containsExactly(Kind.MATCHED);
            join.labelWatermark(1_000 + 2 * WAIT);
            assertThat(join.terms()).isEmpty();
            assertThat(join.entries()).isZero();
        }
    }

    @Test
    void endsAllOfAWindowBeforeItTakesNothingMore() throws Exception {
        long window = JOB.losses().windowMillis();
        try (LabelJoinHarness join = LabelJoinHarness.open(JOB, 1, null)) {
            for (int i = 0; i < 50; i++) {
                join.row(row("r" + i, window - 1 - i * 10L));
                join.label(label("ghost" + i, 1, window - 1 - i * 10L));
            }
            join.scoreWatermark(window - 1 + WAIT);
            join.labelWatermark(window - 1 + WAIT);
            assertThat(join.terms()).hasSize(100);
        }
    }

    @Test
    void anIdIsOnOneListAndListsHaveOneTimerEach() throws Exception {
        try (LabelJoinHarness join = LabelJoinHarness.open(JOB, 1, null)) {
            for (int i = 0; i < 20; i++) {
                join.label(label("r", 1, 1_000));
            }
            assertThat(join.entries()).as("memory, list and timer").isEqualTo(3);
            join.scoreWatermark(Long.MAX_VALUE);
            join.labelWatermark(Long.MAX_VALUE);
            assertThat(join.terms()).hasSize(20);
            assertThat(join.entries()).isZero();
        }
    }

    private static void tenRowsAndMail(LabelJoinHarness join) throws Exception {
        for (int i = 0; i < 10; i++) {
            join.row(row("r" + i, 1_000));
        }
        join.mail();
    }

    /** What {@link Keep} says, and at most 300 bytes for everything else. */
    @Test
    void aRowTakesTheBytesThatItKeeps() throws Exception {
        float[] scores = new float[1_000];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = (float) random.nextGaussian();
        }
        RowState state = new RowState(1, 32);
        RowKernels.create().reduce(scores, 0, scores.length, 0, state);
        ScoreRecord record =
                new ScoreRecord("r-1", "m", 5, scores, ScoreRecord.NO_LABEL, null, "eu", 1);
        for (Keep keep : List.of(Keep.FLOAT32, Keep.FLOAT16, Keep.top(32))) {
            DataOutputSerializer out = new DataOutputSerializer(64);
            RecordType.WAITING_ROW
                    .createSerializer(new SerializerConfigImpl())
                    .serialize(
                            PackedRow.of(
                                    WaitingRow.of(
                                            record,
                                            state,
                                            state.summary(),
                                            keep,
                                            RowLoss.CROSS_ENTROPY)),
                            out);
            int kept =
                    switch (keep.form()) {
                        case FLOAT32 -> 4 * 1_000;
                        case FLOAT16 -> 2 * 1_000;
                        case TOP -> 8 * 32;
                    };
            assertThat(out.length()).as("%s", keep).isBetween(kept, kept + 300);
        }
    }

    @Test
    void isAheadOfItsTimeButNotOfRowsThatPause() throws Exception {
        assertThat(JOB.labelsAheadMillis()).isEqualTo(1_000);
        try (LabelJoinHarness join = LabelJoinHarness.open(JOB, 1, null)) {
            join.scoreWatermark(10_000);
            join.labelWatermark(9_500);
            assertThat(join.times()).as("as far as rows are").endsWith(new Watermark(10_000));
            join.scoreWatermark(10_300);
            assertThat(join.times()).as("also if labels are not").endsWith(new Watermark(10_300));
            join.scoreWatermark(20_000);
            assertThat(join.times()).as("by a second").endsWith(new Watermark(10_500));
            join.labelWatermark(9_600);
            assertThat(join.times()).endsWith(new Watermark(10_600));
            join.rowsPause();
            join.labelWatermark(30_000);
            assertThat(join.times()).as("as far as labels are").endsWith(new Watermark(30_000));
            join.labelWatermark(Long.MAX_VALUE);
            join.scoreWatermark(Long.MAX_VALUE);
            assertThat(join.times()).endsWith(Watermark.MAX_WATERMARK);
        }
    }

    @Test
    void endsAllWaitsThatAreOverBeforeItIsIdleThoughTimersGaveWay() throws Exception {
        try (LabelJoinHarness join = LabelJoinHarness.open(JOB, 1, null)) {
            tenRowsAndMail(join);
            join.scoreWatermark(20_000);
            join.labelWatermark(20_000);
            assertThat(join.sent().size()).as("timers gave way").isLessThan(10);
            join.rowsPause();
            join.labelsPause();
            List<Object> sent = join.sent();
            assertThat(sent.indexOf(WatermarkStatus.IDLE)).isEqualTo(sent.size() - 1);
            assertThat(join.terms()).hasSize(10);
        }
    }

    /** As when the job is drained: what Flink leaves for later would come behind the end. */
    @Test
    void endsAllWaitsBeforeItIsFinishedThoughTimersGaveWay() throws Exception {
        try (LabelJoinHarness join = LabelJoinHarness.open(JOB, 1, null)) {
            tenRowsAndMail(join);
            join.scoreWatermark(Long.MAX_VALUE);
            join.labelWatermark(Long.MAX_VALUE);
            int before = join.terms().size();
            assertThat(before).as("timers gave way").isLessThan(10);
            join.finish();
            assertThat(before + join.terms().size()).isEqualTo(10);
            assertThat(join.entries()).isZero();
        }
    }

    @Test
    void endsWhatWaitsWhenEventTimeStandsStillTwiceForTheWaitsAndAWeek() throws Exception {
        try (LabelJoinHarness join = LabelJoinHarness.open(JOB, 1, null)) {
            long patience = 2 * WAIT + Duration.ofDays(7).toMillis();
            join.row(row("waits", 1_000));
            join.row(row("matched", 1_000));
            join.label(label("matched", 2, 1_000));
            join.label(label("ghost", 3, 2_000));
            join.wallClock(patience);
            join.scoreWatermark(500);
            join.labelWatermark(500);
            join.terms();
            join.wallClock(2 * patience);
            assertThat(join.terms()).as("event time moved").isEmpty();

            join.wallClock(3 * patience - 1);
            join.row(row("later", 1_000));
            assertThat(join.terms()).isEmpty();
            join.wallClock(3 * patience);
            assertThat(join.terms())
                    .extracting(LossTerm::kind)
                    .containsExactlyInAnyOrder(Kind.EXPIRED, Kind.ORPHAN);
            assertThat(join.ledger()).hasSize(2);
            assertThat(join.entries())
                    .as("row, memory, list and its timer of the later one")
                    .isEqualTo(4);
            join.wallClock(4 * patience);
            assertThat(join.terms()).extracting(LossTerm::kind).containsExactly(Kind.EXPIRED);
            assertThat(join.entries()).isZero();
        }
    }

    @Test
    void aPauseOfTheLabelsLetsNoRowGoBeforeItsWaitIsOver() throws Exception {
        try (LabelJoinHarness join = LabelJoinHarness.open(JOB, 1, null)) {
            join.row(row("r", 1_000));
            join.label(label("r", 1, 1_100));
            join.labelWatermark(1_050);
            join.labelsPause();
            join.scoreWatermark(3_000);
            join.label(label("r", 2, 1_090));
            assertThat(join.terms())
                    .extracting(LossTerm::kind)
                    .as("the one given first is joined")
                    .containsExactly(Kind.MATCHED, Kind.CONFLICTING, Kind.MATCHED, Kind.MATCHED);
        }
    }

    @Test
    void writesWhatFoundNothingToTheLedger() throws Exception {
        try (LabelJoinHarness join = LabelJoinHarness.open(JOB, 1, null)) {
            join.row(row("r", 1_000));
            join.label(label("ghost", 3, 2_000));
            join.scoreWatermark(Long.MAX_VALUE);
            join.labelWatermark(Long.MAX_VALUE);

            List<JsonNode> entries = new ArrayList<>();
            for (var record : join.ledger()) {
                entries.add(new ObjectMapper().readTree(record.value()));
            }
            assertThat(entries)
                    .extracting(JsonNode::toString)
                    .containsExactlyInAnyOrder(
                            "{\"bucket\":\"expired\",\"id\":\"r\",\"model\":\"m\",\"segment\":\"eu\",\"score\":{\"timestamp\":1000}}",
                            "{\"bucket\":\"orphan\",\"id\":\"ghost\",\"model\":\"m\",\"label\":{\"class\":3,\"timestamp\":2000}}");
            assertThat(join.entries()).isZero();
        }
    }

    @Test
    void endsWithTheSameBitsAndWithoutStateWhenRestoredAtOtherParallelisms() throws Exception {
        List<Object> arrivals = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            long millis = 10_000 + 20L * i;
            arrivals.add(row("r" + i, millis));
            for (int left = random.nextInt(3); left > 0; left--) {
                long given = millis + random.nextInt(6_000) - 1_000;
                arrivals.add(label("r" + (i + random.nextInt(2) * 7), random.nextInt(4), given));
            }
        }
        LossState straight = new LossState();
        try (LabelJoinHarness join = LabelJoinHarness.open(JOB, 1, null)) {
            feed(join, arrivals);
            finish(join, straight);
        }
        LossState moved = new LossState();
        LabelJoinHarness join = LabelJoinHarness.open(JOB, 2, null);
        for (int parallelism : new int[] {3, 1}) {
            int part = arrivals.size() * parallelism / 9;
            feed(join, arrivals.subList(0, part));
            arrivals = new ArrayList<>(arrivals.subList(part, arrivals.size()));
            join.terms().forEach(moved::add);
            Subtasks.Snapshot snapshot = join.snapshot();
            join.close();
            join = LabelJoinHarness.open(JOB, parallelism, snapshot);
        }
        feed(join, arrivals);
        finish(join, moved);
        join.close();
        assertThat(LossStateFormat.encode(moved)).isEqualTo(LossStateFormat.encode(straight));
    }

    /** Time passes behind what comes, and never reaches the end of time. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void endsEveryWaitByItsOwnTimeWhereverItsStateIs(boolean inRocksDb) throws Exception {
        StateBackend backend =
                inRocksDb ? new EmbeddedRocksDBStateBackend() : new HashMapStateBackend();
        TreeMap<Long, Object> arrivals = new TreeMap<>();
        for (int i = 0; i < 200; i++) {
            long millis = 10_000 + 41L * i;
            arrivals.put(millis, row("r" + i, millis));
            for (int left = random.nextInt(3); left > 0; left--) {
                long given = millis + 41L * random.nextInt(100) + left;
                arrivals.put(given, label("r" + (i + random.nextInt(2) * 7), left, given));
            }
        }
        LossState straight = new LossState();
        try (LabelJoinHarness join = LabelJoinHarness.open(JOB, 1, null)) {
            feed(join, List.copyOf(arrivals.values()));
            finish(join, straight);
        }
        LossState moved = new LossState();
        LabelJoinHarness join = LabelJoinHarness.open(JOB, 2, backend, null);
        int fed = 0;
        for (Map.Entry<Long, Object> arrival : arrivals.entrySet()) {
            if (random.nextInt(4) == 0) {
                join.labelWatermark(arrival.getKey() - 1);
                join.scoreWatermark(arrival.getKey() - 1 - random.nextInt(500));
            }
            if (++fed % 80 == 0) {
                Subtasks.Snapshot snapshot = join.snapshot();
                join.terms().forEach(moved::add);
                join.close();
                join = LabelJoinHarness.open(JOB, 1 + fed / 80 % 3, backend, snapshot);
            }
            feed(join, List.of(arrival.getValue()));
        }
        long end = arrivals.lastKey() + 2 * WAIT + 1_000;
        join.labelWatermark(end);
        join.scoreWatermark(end);
        join.terms().forEach(moved::add);
        assertThat(join.entries()).isZero();
        join.close();
        assertThat(LossStateFormat.encode(moved)).isEqualTo(LossStateFormat.encode(straight));
    }

    private static void feed(LabelJoinHarness join, List<Object> arrivals) throws Exception {
        for (Object arrival : arrivals) {
            if (arrival instanceof PackedRow row) {
                join.row(row);
            } else {
                join.label((Label) arrival);
            }
        }
    }

    private static void finish(LabelJoinHarness join, LossState into) throws Exception {
        assertThat(join.entries()).isPositive();
        join.scoreWatermark(Long.MAX_VALUE);
        join.labelWatermark(Long.MAX_VALUE);
        join.terms().forEach(into::add);
        assertThat(join.entries()).isZero();
    }
}
