package io.logitstream.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileReader;
import io.logitstream.connector.KafkaJob;
import io.logitstream.kernel.RowLoss;
import io.logitstream.kernel.RowSummary;
import io.logitstream.operator.LossTerms;
import io.logitstream.operator.OperatorIds;
import io.logitstream.record.AlertState;
import io.logitstream.record.DriftBaseline;
import io.logitstream.record.DriftWindow;
import io.logitstream.record.Fault;
import io.logitstream.record.FaultReason;
import io.logitstream.record.GivenLabel;
import io.logitstream.record.Header;
import io.logitstream.record.HeldMemory;
import io.logitstream.record.JoinMemory;
import io.logitstream.record.Keep;
import io.logitstream.record.Label;
import io.logitstream.record.LabelFigures;
import io.logitstream.record.LabelInput;
import io.logitstream.record.LabelKey;
import io.logitstream.record.LabelRecord;
import io.logitstream.record.LabelsSeen;
import io.logitstream.record.LossKey;
import io.logitstream.record.LossPartial;
import io.logitstream.record.LossTerm;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.RawRecord;
import io.logitstream.record.RowNorm;
import io.logitstream.record.ScoreInput;
import io.logitstream.record.ScoreRecord;
import io.logitstream.record.Shard;
import io.logitstream.record.ShardKey;
import io.logitstream.record.ShardMemory;
import io.logitstream.record.ShardScores;
import io.logitstream.record.ShardState;
import io.logitstream.record.WaitingRow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamEdge;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.flink.streaming.api.graph.StreamNode;
import org.apache.flink.streaming.runtime.partitioner.ForwardPartitioner;
import org.apache.flink.streaming.runtime.partitioner.KeyGroupStreamPartitioner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Looks at the graph of whole jobs as they are submitted; nothing is started. */
class ScoringTopologyTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden/operator-ids.txt");
    private static final String LOSSES = "jobs/image-classification.yaml";
    private static final String NO_LOSSES = "jobs/two-class.yaml";
    private static final String CALIBRATIONS = "calibration.topic=calibrations";
    private static final String EVERYTHING = "jobs/late-labels.yaml";
    private static final String GRADIENTS = "gradients.topic=gradients";
    private static final byte[] BYTES = {0, -1, 2};

    private final StreamExecutionEnvironment env =
            StreamExecutionEnvironment.getExecutionEnvironment(new Configuration());

    /** Changing the golden list takes an ADR and a line on savepoints in the CHANGELOG. */
    @Test
    void keepsTheIdsThatSavepointsAreMadeOf() throws Exception {
        List<String> lines = new ArrayList<>();
        lines.add("# operators of a job with losses");
        lines.addAll(uids(graph(LOSSES)));
        lines.add("# operators of a job without losses");
        lines.addAll(uids(freshGraph(NO_LOSSES)));
        lines.add("# operators of a job with everything");
        lines.addAll(uids(freshGraph(EVERYTHING, GRADIENTS, CALIBRATIONS)));
        lines.add("# operators of a job with shards and whole distributions");
        lines.addAll(uids(freshGraph(ShardStateTest.JOB_FILE, "predictions.emit=full")));
        lines.add("# keyed state of loss-window");
        lines.addAll(stateNames());
        lines.add("# keyed state of join-labels");
        lines.addAll(LabelJoinHarness.stateNames());
        lines.add("# keyed state of merge-shards and distribute-shards");
        lines.addAll(ShardStateTest.stateNames());

        assertThat(lines).isEqualTo(Files.readAllLines(GOLDEN));
    }

    private static StreamGraph freshGraph(String job, String... overrides) throws Exception {
        return KafkaJob.graph(
                StreamExecutionEnvironment.getExecutionEnvironment(new Configuration()),
                JobFileReader.read(Path.of(job), List.of(overrides), Map.of()));
    }

    private static List<String> stateNames() throws Exception {
        LossWindowHarness window = LossWindowHarness.open(LossWatchTest.JOB, 1, null);
        window.process(LossTerms.partials(LossTerms.term("m", null, 0, 1)).get(1));
        window.watermark(Long.MAX_VALUE - 1);
        try {
            return List.copyOf(new TreeSet<>(window.snapshot().stateNames()));
        } finally {
            window.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {LOSSES, NO_LOSSES, EVERYTHING})
    void givesEveryOperatorAnIdOfItsOwn(String job) throws Exception {
        StreamGraph graph = graph(job);

        assertThat(env.getConfiguration().get(PipelineOptions.AUTO_GENERATE_UIDS)).isFalse();
        assertThat(graph.getStreamNodes())
                .allSatisfy(node -> assertThat(node.getTransformationUID()).isNotNull());
        assertThat(uids(graph)).doesNotHaveDuplicates();
    }

    @Test
    void classifiesAndWritesWhereItReads() throws Exception {
        env.setParallelism(3);
        List<String> vertices = vertices(graph(LOSSES));

        assertThat(vertices)
                .containsExactlyInAnyOrder(
                        "Source: scores-source -> classify -> (predictions-sink: Writer -> predictions-sink: Committer, pre-aggregate-loss)",
                        "loss-window -> (losses-sink: Writer -> losses-sink: Committer, late-partials)",
                        "dead-letters-sink: Writer -> dead-letters-sink: Committer");
    }

    @Test
    void joinsLabelsBesideTheChainOfThePredictions() throws Exception {
        env.setParallelism(3);
        List<String> vertices = vertices(graph(EVERYTHING));

        assertThat(vertices)
                .containsExactlyInAnyOrder(
                        "Source: scores-source -> classify -> (predictions-sink: Writer -> predictions-sink: Committer, pre-aggregate-loss)",
                        "Source: labels-source -> resolve-labels",
                        "join-labels -> (label-ledger-sink: Writer -> label-ledger-sink: Committer, pre-aggregate-labels)",
                        "loss-window -> (losses-sink: Writer -> losses-sink: Committer, alerts-sink: Writer -> alerts-sink: Committer, late-partials)",
                        "dead-letters-sink: Writer -> dead-letters-sink: Committer");
    }

    @Test
    void writesGradientsInTheChainOfThePredictions() throws Exception {
        assertThat(vertices(freshGraph(LOSSES, GRADIENTS)))
                .contains(
                        "Source: scores-source -> classify -> (predictions-sink: Writer -> predictions-sink: Committer, gradients-sink: Writer -> gradients-sink: Committer, pre-aggregate-loss)");
    }

    @Test
    void mergesShardsBesideTheChainOfThePredictions() throws Exception {
        env.setParallelism(3);

        assertThat(vertices(graph(ShardStateTest.JOB_FILE)))
                .containsExactlyInAnyOrder(
                        "Source: scores-source -> classify -> (predictions-sink: Writer -> predictions-sink: Committer, pre-aggregate-loss)",
                        "merge-shards -> (merged-predictions-sink: Writer -> merged-predictions-sink: Committer, pre-aggregate-shards)",
                        "loss-window -> (losses-sink: Writer -> losses-sink: Committer, late-partials)",
                        "dead-letters-sink: Writer -> dead-letters-sink: Committer");
    }

    @Test
    void isOneChainBesideTheDeadLettersWithoutLosses() throws Exception {
        env.setParallelism(3);

        assertThat(vertices(graph(NO_LOSSES)))
                .containsExactly(
                        "Source: scores-source -> classify -> (predictions-sink: Writer -> predictions-sink: Committer, dead-letters-sink: Writer -> dead-letters-sink: Committer)");
    }

    @Test
    void shufflesOnlyTowardsTheLossWindow() throws Exception {
        env.setParallelism(3);
        StreamGraph graph = graph(LOSSES);

        List<StreamEdge> edges =
                graph.getStreamNodes().stream()
                        .flatMap(node -> node.getOutEdges().stream())
                        .toList();
        assertThat(edges).isNotEmpty();
        for (StreamEdge edge : edges) {
            String target = graph.getStreamNode(edge.getTargetId()).getTransformationUID();
            assertThat(edge.getPartitioner())
                    .as("%s", edge)
                    .isInstanceOf(
                            target.equals(OperatorIds.LOSS_WINDOW)
                                    ? KeyGroupStreamPartitioner.class
                                    : ForwardPartitioner.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {LOSSES, NO_LOSSES, EVERYTHING})
    void fixesTheMaximumParallelism(String job) throws Exception {
        assertThat(graph(job).getStreamNodes())
                .extracting(StreamNode::getMaxParallelism)
                .containsOnly(512);
    }

    @Test
    void refusesGenericTypesAndReusesObjects() throws Exception {
        graph(LOSSES);

        assertThat(env.getConfiguration().get(PipelineOptions.GENERIC_TYPES)).isFalse();
        assertThat(env.getConfiguration().get(PipelineOptions.OBJECT_REUSE)).isTrue();
    }

    @Test
    void wouldNoticeATypeThatNeedsAGenericSerializer() {
        assertThatThrownBy(() -> serializer(Optional.class))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("Generic types have been disabled");
    }

    static Stream<Object> streamRecords() {
        Header[] headers = {new Header("a", BYTES), new Header("nothing", null)};
        RawRecord full = new RawRecord("scores", 3, 4, 5, BYTES, BYTES, headers);
        RawRecord bare =
                new RawRecord("scores", 0, 0, RawRecord.NO_TIMESTAMP, null, null, Header.NONE);
        float[] scores = {1, -0f, Float.NEGATIVE_INFINITY, Float.MIN_VALUE, Float.NaN};
        return Stream.of(
                ScoreInput.of(full, new ScoreRecord("r", "m", 7, scores, 2, null, "eu", 0.5)),
                ScoreInput.of(
                        bare,
                        new ScoreRecord("r", "m", Long.MIN_VALUE, scores, -1, "cat", null, 1)),
                ScoreInput.of(
                        full,
                        new ScoreRecord(
                                "r",
                                "m",
                                7,
                                scores,
                                -1,
                                null,
                                null,
                                1,
                                null,
                                null,
                                ScoreRecord.ONLY_ROW,
                                List.of(new GivenLabel(-1, "cat"), new GivenLabel(7, null)))),
                new ScoreInput(full, null, new Fault(FaultReason.MALFORMED, "broken")),
                new ScoreInput(bare, null, new Fault(FaultReason.OUTPUT_TOO_LARGE, "")),
                new OutputRecord(BYTES, new byte[0], headers),
                new OutputRecord(new byte[0], BYTES, Header.NONE),
                LossTerms.row(
                        "m",
                        null,
                        1,
                        2,
                        3,
                        4,
                        new LabelFigures(1, -1, 2, Double.POSITIVE_INFINITY, 1, 1.5)),
                LossTerms.row("m", "eu", 1, 2, 3, 4, null),
                LossTerm.event(LossTerm.Kind.ORPHAN, "m", null, 7),
                new Label("m", "r", 3, 0.5, 5),
                LabelInput.of(full, new LabelRecord("r", "m", 7, 2, null)),
                LabelInput.fault(bare, FaultReason.MALFORMED, "broken"),
                new LabelKey("m", "r"),
                new WaitingRow(
                        "m",
                        "r",
                        null,
                        7,
                        0.5,
                        new RowSummary(1, 2, 3, 4, 5, 6),
                        3.5,
                        new int[] {3, 1},
                        new float[] {2, 1},
                        -1,
                        5,
                        1,
                        Keep.Form.FLOAT16,
                        BYTES,
                        new RowLoss(0.1, 0)),
                HeldMemory.of(JoinMemory.NONE),
                new ShardState(
                        "m",
                        "r",
                        7,
                        -1,
                        true,
                        null,
                        0.5,
                        new Shard(0, 2, 0, 5),
                        3,
                        0.25,
                        -1,
                        12,
                        BYTES,
                        bare),
                new ShardMemory(new int[] {0, -5}, 7, true),
                ShardMemory.NONE,
                new ShardScores("m", "r", 1, -5, 7, scores),
                new RowNorm("m", "r", 7, new Shard(0, 2, 0, 5), -5, BYTES, false, full),
                new ShardKey("m", "r", 1, -5),
                HeldMemory.of(
                        new JoinMemory(
                                JoinMemory.Score.WAITING,
                                5,
                                "eu",
                                LabelsSeen.NONE.with(
                                        new Label("m", "r", 3, 0.5, 5), LabelsSeen.JOINED),
                                7)),
                new AlertState(true, new long[] {1}, new double[] {0.5}),
                new DriftWindow(2, new long[] {1, 2}),
                new DriftBaseline(1, 5, new long[] {1, 2}),
                new LossPartial("m", "*", -5, BYTES),
                new LossKey("m", ""));
    }

    @ParameterizedTest
    @MethodSource("streamRecords")
    void carriesEveryStreamRecordUnchanged(Object record) throws Exception {
        @SuppressWarnings("unchecked")
        TypeSerializer<Object> serializer = (TypeSerializer<Object>) serializer(record.getClass());
        DataOutputSerializer out = new DataOutputSerializer(64);

        serializer.serialize(record, out);
        DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());

        assertThat(serializer.deserialize(in)).isEqualTo(record);
        assertThat(in.available()).isZero();
        assertThat(serializer.copy(record)).isEqualTo(record);
    }

    private static TypeSerializer<?> serializer(Class<?> type) {
        SerializerConfig config = new SerializerConfigImpl();
        config.configure(
                new Configuration().set(PipelineOptions.GENERIC_TYPES, false),
                ScoringTopologyTest.class.getClassLoader());
        return TypeInformation.of(type).createSerializer(config);
    }

    private StreamGraph graph(String job) throws Exception {
        return KafkaJob.graph(env, read(job));
    }

    private static JobFile read(String job) throws Exception {
        return JobFileReader.read(Path.of(job), List.of(), Map.of());
    }

    private static List<String> uids(StreamGraph graph) {
        return graph.getStreamNodes().stream()
                .map(StreamNode::getTransformationUID)
                .sorted()
                .toList();
    }

    private static List<String> vertices(StreamGraph graph) {
        return Stream.of(graph.getJobGraph().getVerticesAsArray()).map(JobVertex::getName).toList();
    }
}
