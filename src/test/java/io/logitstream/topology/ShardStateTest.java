package io.logitstream.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileReader;
import io.logitstream.kernel.RowKernels;
import io.logitstream.operator.DistributeShardsFunction;
import io.logitstream.operator.MergeShardsOperator;
import io.logitstream.operator.OutputLimit;
import io.logitstream.operator.Outputs;
import io.logitstream.operator.RowClassifier;
import io.logitstream.operator.ScoringPlan;
import io.logitstream.operator.types.RecordType;
import io.logitstream.record.Header;
import io.logitstream.record.LabelKey;
import io.logitstream.record.LossTerm;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.RawRecord;
import io.logitstream.record.RowNorm;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.Shard;
import io.logitstream.record.ShardKey;
import io.logitstream.record.ShardScores;
import io.logitstream.record.ShardState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedTwoInputStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** State, timers and watermarks of the operators; what is decided is the merger's. */
class ShardStateTest {

    static final String JOB_FILE = "src/test/resources/recorded/ocr-6625.yaml";

    private static final long WAIT = 600_000;
    private static final long TIME = 1_732_000_000_000L;
    private static final int CLASSES = 6_625;
    private static final OutputLimit LIMIT = new OutputLimit(1 << 20);

    private final JobFile job = read();
    private final ScoringPlan plan = ScoringPlan.of(job);

    private static JobFile read(String... more) {
        List<String> overrides = new ArrayList<>(List.of(more));
        overrides.add("predictions.emit=full");
        overrides.add("models[0].scores-are=logits");
        try {
            return JobFileReader.read(Path.of(JOB_FILE), overrides, Map.of());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static float[] scores(int index, int length) {
        float[] scores = new float[length];
        for (int i = 0; i < length; i++) {
            scores[i] = (i * 31 + index * 7) % 13;
        }
        return scores;
    }

    /** Returns one of some shards of a row, of about equal length. */
    private ShardState shard(String id, int index, int count, long millis) {
        int offset = CLASSES / count * index;
        int end = index == count - 1 ? CLASSES : offset + CLASSES / count;
        ScoreRecord record =
                new ScoreRecord(
                        id,
                        "ppocr",
                        millis,
                        scores(index, end - offset),
                        3,
                        null,
                        null,
                        1,
                        new Shard(index, count, offset, CLASSES),
                        null,
                        ScoreRecord.ONLY_ROW);
        RawRecord raw = new RawRecord("scores", 0, index, millis, null, null, Header.NONE);
        RowClassifier classifier = new RowClassifier(plan, RowKernels.create());
        assertThat(classifier.classify(record)).isNull();
        return classifier.shard(record, raw);
    }

    private KeyedOneInputStreamOperatorTestHarness<LabelKey, ShardState, OutputRecord> merge(
            int parallelism, int index, Subtasks.@Nullable Snapshot from) throws Exception {
        var merge =
                new KeyedOneInputStreamOperatorTestHarness<>(
                        new MergeShardsOperator(job, LIMIT),
                        (ShardState shard) -> new LabelKey(shard.model(), shard.id()),
                        RecordType.LABEL_KEY,
                        ScoringTopology.MAX_PARALLELISM,
                        parallelism,
                        index);
        Subtasks.restore(merge, from, parallelism, index);
        merge.open();
        return merge;
    }

    private KeyedTwoInputStreamOperatorTestHarness<ShardKey, ShardScores, RowNorm, OutputRecord>
            distribute() throws Exception {
        var distribute =
                new KeyedTwoInputStreamOperatorTestHarness<>(
                        new KeyedCoProcessOperator<>(new DistributeShardsFunction(job, LIMIT)),
                        (ShardScores of) -> of.key(),
                        (RowNorm of) -> of.key(),
                        TypeInformation.of(ShardKey.class));
        distribute.open();
        return distribute;
    }

    /** Returns the names of the keyed state of both operators, as they are written. */
    static List<String> stateNames() throws Exception {
        ShardStateTest test = new ShardStateTest();
        TreeSet<String> names = new TreeSet<>();
        try (var merge = test.merge(1, 0, null);
                var distribute = test.distribute()) {
            ShardState shard = test.shard("r", 0, 2, TIME);
            merge.processElement(new StreamRecord<>(shard, TIME));
            distribute.processElement1(
                    new StreamRecord<>(ShardScores.of(shard, scores(0, 5)), TIME));
            names.addAll(Subtasks.snapshot(List.of(merge)).stateNames());
            names.addAll(Subtasks.snapshot(List.of(distribute)).stateNames());
        }
        return List.copyOf(names);
    }

    @Test
    void sendsWatermarksOnBehindByTheWait() throws Exception {
        try (var merge = merge(1, 0, null)) {
            merge.processWatermark(new Watermark(TIME));
            merge.processWatermark(new Watermark(Long.MIN_VALUE));
            merge.processWatermark(Watermark.MAX_WATERMARK);
            assertThat(merge.getOutput())
                    .containsExactly(new Watermark(TIME - WAIT), Watermark.MAX_WATERMARK);
        }
    }

    @Test
    void keepsNothingOfARowThatIsComplete() throws Exception {
        try (var merge = merge(1, 0, null)) {
            for (int index : new int[] {2, 0, 1}) {
                merge.processElement(new StreamRecord<>(shard("r", index, 3, TIME), TIME));
            }
            assertThat(merge.extractOutputValues()).hasSize(1);
            assertThat(merge.numKeyedStateEntries()).as("only what came").isEqualTo(1);
            merge.processWatermark(new Watermark(TIME + WAIT - 1));
            merge.processElement(new StreamRecord<>(shard("r", 1, 3, TIME), TIME));
            merge.processWatermark(new Watermark(TIME + WAIT));
            merge.processElement(new StreamRecord<>(shard("r", 1, 3, TIME), TIME));
            assertThat(merge.numKeyedStateEntries()).as("that it is over").isOne();
            merge.processWatermark(new Watermark(TIME + 3 * WAIT));
            assertThat(merge.numKeyedStateEntries()).isZero();
            assertThat(merge.numEventTimeTimers()).isZero();
            assertThat(Subtasks.side(List.of(merge), Outputs.DEAD_LETTERS)).isEmpty();
            assertThat(Subtasks.side(List.of(merge), Outputs.LOSS_TERMS))
                    .extracting(LossTerm::kind)
                    .containsExactly(LossTerm.Kind.ROW);
        }
    }

    @Test
    void refusesAShardWithoutATime() throws Exception {
        ShardState timed = shard("r", 1, 3, TIME);
        ShardState timeless =
                new ShardState(
                        timed.model(),
                        timed.id(),
                        RawRecord.NO_TIMESTAMP,
                        timed.label(),
                        timed.givesLabel(),
                        timed.segment(),
                        timed.weight(),
                        timed.shard(),
                        timed.length(),
                        timed.mass(),
                        timed.least(),
                        timed.digest(),
                        timed.state(),
                        timed.origin());
        try (var merge = merge(1, 0, null)) {
            merge.processElement(new StreamRecord<>(timeless, TIME));
            assertThat(merge.numKeyedStateEntries()).isZero();
            List<OutputRecord> letters = Subtasks.side(List.of(merge), Outputs.DEAD_LETTERS);
            assertThat(letters).hasSize(1);
            assertThat(new String(letters.get(0).value(), StandardCharsets.UTF_8))
                    .contains("\"reason\":\"invalid-timestamp\"", "shards need one to wait");
        }
    }

    @Test
    void refusesAfterARestoreWhatMayBeForgotten() throws Exception {
        Subtasks.Snapshot snapshot;
        try (var merge = merge(1, 0, null)) {
            merge.processWatermark(new Watermark(TIME + 3 * WAIT));
            snapshot = Subtasks.snapshot(List.of(merge));
        }
        try (var merge = merge(1, 0, snapshot)) {
            merge.processElement(new StreamRecord<>(shard("r", 0, 3, TIME), TIME));
            assertThat(merge.numKeyedStateEntries()).isZero();
            assertThat(Subtasks.side(List.of(merge), Outputs.DEAD_LETTERS)).hasSize(1);
        }
    }

    @Test
    void carriesIncompleteRowsToAnotherParallelism() throws Exception {
        Subtasks.Snapshot snapshot;
        try (var merge = merge(1, 0, null)) {
            for (int row = 0; row < 20; row++) {
                for (int index = 0; index < 3; index += 2) {
                    ShardState shard = shard("r" + row, index, 3, TIME);
                    merge.processElement(new StreamRecord<>(shard, TIME));
                }
            }
            snapshot = Subtasks.snapshot(List.of(merge));
        }
        int complete = 0;
        int missing = 0;
        for (int subtask = 0; subtask < 2; subtask++) {
            try (var merge = merge(2, subtask, snapshot)) {
                int mine = merge.numEventTimeTimers();
                assertThat(mine).isPositive();
                for (int row = 0; row < 20; row++) {
                    ShardState shard = shard("r" + row, 1, 3, TIME);
                    int target =
                            KeyGroupRangeAssignment.assignKeyToParallelOperator(
                                    new LabelKey("ppocr", "r" + row),
                                    ScoringTopology.MAX_PARALLELISM,
                                    2);
                    if (target == subtask && row % 2 == 0) {
                        merge.processElement(new StreamRecord<>(shard, TIME));
                    }
                }
                merge.processWatermark(new Watermark(TIME + WAIT));
                complete += merge.extractOutputValues().size();
                missing += Subtasks.side(List.of(merge), Outputs.DEAD_LETTERS).size();
                merge.processWatermark(new Watermark(TIME + 3 * WAIT));
                assertThat(merge.numKeyedStateEntries()).isZero();
            }
        }
        assertThat(complete).isEqualTo(10);
        assertThat(missing).isEqualTo(10);
    }

    @Test
    void distributesWhateverComesFirstAndForgetsWhatComesTwice() throws Exception {
        try (var merge = merge(1, 0, null);
                var distribute = distribute()) {
            List<ShardScores> scores = new ArrayList<>();
            for (int index = 0; index < 3; index++) {
                ShardState shard = shard("r", index, 3, TIME);
                scores.add(ShardScores.of(shard, scores(index, shard.length())));
                merge.processElement(new StreamRecord<>(shard, TIME));
            }
            List<RowNorm> norms = Subtasks.side(List.of(merge), Outputs.ROW_NORMS);
            assertThat(norms).hasSize(3);
            distribute.processElement1(new StreamRecord<>(scores.get(0), TIME));
            for (RowNorm norm : norms) {
                distribute.processElement2(new StreamRecord<>(norm, TIME));
            }
            distribute.processElement1(new StreamRecord<>(scores.get(2), TIME));
            distribute.processElement1(new StreamRecord<>(scores.get(1), TIME));
            distribute.processElement1(new StreamRecord<>(scores.get(1), TIME));
            List<String> parts =
                    distribute.extractOutputValues().stream()
                            .map(part -> new String(part.value(), StandardCharsets.UTF_8))
                            .toList();
            assertThat(parts).hasSize(3);
            assertThat(parts.get(1))
                    .startsWith(
                            "{\"id\":\"r\",\"model\":\"ppocr\",\"timestamp\":1732000000000,\"classes\":6625,\"shard\":{\"index\":2,\"count\":3,\"offset\":4416},\"logSumExp\":");
            assertThat(distribute.numKeyedStateEntries()).as("the one that came twice").isOne();
            distribute.processWatermark1(new Watermark(TIME + 3 * WAIT));
            distribute.processWatermark2(new Watermark(TIME + 3 * WAIT));
            assertThat(distribute.numKeyedStateEntries()).isZero();
            // An earlier job may not have sent the scores.
            distribute.processElement2(new StreamRecord<>(norms.get(1), TIME));
            distribute.processWatermark1(new Watermark(TIME + 6 * WAIT));
            assertThat(distribute.numKeyedStateEntries()).as("may still come").isOne();
            distribute.processWatermark2(new Watermark(TIME + 6 * WAIT));
            assertThat(Subtasks.side(List.of(distribute), Outputs.DEAD_LETTERS)).hasSize(1);
            assertThat(distribute.numKeyedStateEntries()).isZero();
            assertThat(distribute.numEventTimeTimers()).isZero();
        }
    }

    /** The merge has forgotten a row after three waits: it may come again, to the bit. */
    @Test
    void aTimerOfARowDoesNotTakeTheScoresOfTheNextOneWithItsId() throws Exception {
        long again = TIME + 3 * WAIT;
        try (var distribute = distribute()) {
            for (long millis : new long[] {TIME, again}) {
                ShardState shard = shard("r", 0, 1, millis);
                distribute.processElement1(
                        new StreamRecord<>(
                                ShardScores.of(shard, scores(0, shard.length())), millis));
                distribute.processWatermark1(new Watermark(millis));
                distribute.processWatermark2(new Watermark(millis));
                try (var merge = merge(1, 0, null)) {
                    merge.processElement(new StreamRecord<>(shard, millis));
                    for (RowNorm norm : Subtasks.side(List.of(merge), Outputs.ROW_NORMS)) {
                        distribute.processElement2(new StreamRecord<>(norm, millis));
                    }
                }
            }
            assertThat(distribute.extractOutputValues()).hasSize(2);
            distribute.processWatermark1(new Watermark(again + 3 * WAIT));
            distribute.processWatermark2(new Watermark(again + 3 * WAIT));
            assertThat(distribute.numKeyedStateEntries()).isZero();
        }
    }

    /** A row that came twice leaves scores behind, until a time before a third is over. */
    @Test
    void whatIsLeftOfARowDoesNotTakeTheScoresOfALaterOneWithIt() throws Exception {
        long later = TIME + 3 * WAIT - 1;
        try (var distribute = distribute()) {
            for (long millis : new long[] {TIME, later}) {
                ShardState shard = shard("r", 0, 1, millis);
                distribute.processElement1(
                        new StreamRecord<>(
                                ShardScores.of(shard, scores(0, shard.length())), millis));
            }
            distribute.processWatermark1(new Watermark(TIME + 3 * WAIT));
            distribute.processWatermark2(new Watermark(TIME + 3 * WAIT));
            assertThat(distribute.numKeyedStateEntries()).isOne();
            distribute.processWatermark1(new Watermark(later + 3 * WAIT));
            distribute.processWatermark2(new Watermark(later + 3 * WAIT));
            assertThat(distribute.numKeyedStateEntries()).isZero();
        }
    }

    @Test
    void forgetsTheScoresOfARowThatIsRefused() throws Exception {
        try (var merge = merge(1, 0, null);
                var distribute = distribute()) {
            ShardState shard = shard("r", 1, 3, TIME);
            merge.processElement(new StreamRecord<>(shard, TIME));
            distribute.processElement1(
                    new StreamRecord<>(ShardScores.of(shard, scores(1, 2_208)), TIME));
            merge.processWatermark(new Watermark(TIME + WAIT));
            for (RowNorm norm : Subtasks.side(List.of(merge), Outputs.ROW_NORMS)) {
                distribute.processElement2(new StreamRecord<>(norm, TIME));
            }
            assertThat(distribute.extractOutputValues()).isEmpty();
            assertThat(distribute.numKeyedStateEntries()).isZero();
        }
    }

    /** 100 bytes and 8 for each of the best classes, and at most 150 for everything else. */
    @Test
    void aShardTakesAFewHundredBytesWhateverItsLength() throws Exception {
        for (int count : new int[] {2, 64}) {
            DataOutputSerializer out = new DataOutputSerializer(64);
            TypeInformation.of(ShardState.class)
                    .createSerializer(new SerializerConfigImpl())
                    .serialize(shard("r", 1, count, TIME), out);
            assertThat(out.length()).isBetween(140, 290);
        }
    }
}
