package io.logitstream.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileReader;
import io.logitstream.operator.OperatorIds;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KafkaJobTest {

    private static JobFile job(String... overrides) throws Exception {
        return JobFileReader.read(Path.of("jobs/late-labels.yaml"), List.of(overrides), Map.of());
    }

    private static Properties sourceProperties(String... overrides) throws Exception {
        return KafkaJob.sourceProperties(job(overrides));
    }

    /** With Kafka's own default the log of a JobManager fills while all brokers are away. */
    @Test
    void keepsSourcesWithTheBrokersTheyKnowUnlessToldOtherwise() throws Exception {
        assertThat(sourceProperties()).containsEntry("metadata.recovery.strategy", "none");
        assertThat(sourceProperties("kafka.metadata.recovery.strategy=rebootstrap"))
                .containsEntry("metadata.recovery.strategy", "rebootstrap");
    }

    @Test
    void readsOnlyWhatIsCommitted() throws Exception {
        assertThat(sourceProperties()).containsEntry("isolation.level", "read_committed");
    }

    /** Scores are large: with Kafka's own 64 KB the job has two thirds of its records a second. */
    @Test
    void leavesTheReceiveBufferToTheSystemUnlessToldOtherwise() throws Exception {
        assertThat(sourceProperties()).containsEntry("receive.buffer.bytes", "-1");
        assertThat(sourceProperties("kafka.receive.buffer.bytes=1048576"))
                .containsEntry("receive.buffer.bytes", "1048576");
    }

    @Test
    void writesLargerBatchesThanKafkaByItselfUnlessToldOtherwise() throws Exception {
        assertThat(KafkaJob.sinkProperties(job())).containsEntry("batch.size", "65536");
        assertThat(KafkaJob.sinkProperties(job("predictions.emit=full")))
                .containsEntry("batch.size", "524288");
        assertThat(
                        KafkaJob.sinkProperties(
                                job("predictions.emit=full", "kafka.max.request.size=100000")))
                .as("a topic for smaller records refuses larger batches, too")
                .containsEntry("batch.size", "100000");
        assertThat(KafkaJob.sinkProperties(job("kafka.batch.size=16384")))
                .containsEntry("batch.size", "16384");
    }

    /** The producer throws for what is larger than its memory, and the job restarts for ever. */
    @Test
    void hasMemoryForTheLargestRecordAndBatch() throws Exception {
        assertThat(KafkaJob.sinkProperties(job())).containsEntry("buffer.memory", "33554432");
        for (String large : List.of("kafka.max.request.size", "kafka.batch.size")) {
            assertThat(KafkaJob.sinkProperties(job(large + "=67108864")))
                    .containsEntry("buffer.memory", "134217728");
        }
        assertThat(KafkaJob.sinkProperties(job("kafka.buffer.memory=2000000")))
                .containsEntry("buffer.memory", "2000000");
    }

    /** Jobs whose transactions have the same names abort each other's. */
    @Test
    void namesTheTransactionsOfTwoJobsApart() throws Exception {
        assertThat(KafkaJob.transactionalIds(job("name=x"), OperatorIds.MERGED_PREDICTIONS_SINK))
                .startsWith(KafkaJob.transactionalIdPrefix(job("name=x")))
                .isNotEqualTo(
                        KafkaJob.transactionalIds(
                                job("name=x-merged"), OperatorIds.PREDICTIONS_SINK));
    }

    private static List<String> faults(JobFile job, Optional<Long> most) {
        return TransactionTimeout.faults(
                job, KafkaJob.checkpointInterval(job, new Configuration()), most);
    }

    @Test
    void takesTheClustersCheckpointIntervalWhereTheJobFileHasNone() throws Exception {
        Configuration cluster = new Configuration();
        String key = "execution.checkpointing.interval";
        assertThat(KafkaJob.checkpointInterval(job(), cluster)).hasSeconds(2);
        JobFile silent = JobFileReader.read(Path.of("jobs/two-class.yaml"), List.of(), Map.of());
        assertThat(KafkaJob.checkpointInterval(silent, cluster)).hasSeconds(10);
        cluster.setString(key, "30min");
        assertThat(KafkaJob.checkpointInterval(silent, cluster)).hasMinutes(30);
        assertThat(KafkaJob.checkpointInterval(job(), cluster)).hasSeconds(2);
    }

    @Test
    void wantsTransactionsThatOutliveTheTimeBetweenCheckpoints() throws Exception {
        assertThat(faults(job(), Optional.of(900_000L))).isEmpty();
        assertThat(faults(job(), Optional.of(899_999L)))
                .singleElement(STRING)
                .contains("more than the broker's transaction.max.timeout.ms of 899999");
        for (String interval : List.of("15min", "20 min", "3600000")) {
            assertThat(
                            faults(
                                    job("flink.execution.checkpointing.interval=" + interval),
                                    Optional.empty()))
                    .singleElement(STRING)
                    .startsWith("kafka.transaction.timeout.ms: 900000 is not more than");
        }
        assertThat(
                        faults(
                                job(
                                        "kafka.transaction.timeout.ms=5000",
                                        "flink.execution.checkpointing.interval=4s"),
                                Optional.empty()))
                .isEmpty();
        assertThat(faults(job("flink.execution.checkpointing.interval=0"), Optional.empty()))
                .singleElement(STRING)
                .contains("without checkpoints nothing");
    }

    /** What crosses a shuffle would else be counted twice after a failure. */
    @Test
    void theClusterDoesNotTakeAwayExactlyOnce() throws Exception {
        for (CheckpointingMode mode : CheckpointingMode.values()) {
            Configuration cluster = new Configuration();
            cluster.set(CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, mode);
            for (String delivery : List.of("exactly-once", "at-least-once")) {
                StreamExecutionEnvironment env = new StreamExecutionEnvironment(cluster);
                KafkaJob.graph(env, job("delivery=" + delivery));
                assertThat(env.getCheckpointConfig().getCheckpointingConsistencyMode())
                        .isEqualTo(
                                delivery.equals("exactly-once")
                                        ? CheckpointingMode.EXACTLY_ONCE
                                        : mode);
            }
        }
    }

    /** Kafka's clients check them themselves, on a cluster only in the tasks. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "delivery.timeout.ms=20000 | delivery.timeout.ms should be equal to or larger than",
                "compression.type=zst | zst",
                "linger.ms=5ms | linger.ms",
                "max.poll.records=5k | max.poll.records",
                "max.in.flight.requests.per.connection=6 | at most 5",
                "retries=0 | without also enabling idempotence",
            })
    void namesSettingsThatAClientRefuses(String setting, String why) throws Exception {
        assertThat(ClientChecks.faults(job("kafka." + setting)))
                .singleElement(STRING)
                .startsWith("kafka: the client cannot be set up: ")
                .contains(why);
        assertThat(ClientChecks.faults(job())).isEmpty();
    }

    /** Else the first of them ended the command in a stack trace, and the others came after it. */
    @Test
    void namesEverySettingThatFlinkCannotRead() throws Exception {
        JobFile job =
                job(
                        "flink.execution.checkpointing.interval=soon",
                        "flink.parallelism.default=s3cret",
                        "flink.state.backend.type=rocksdb",
                        "flink.execution.checkpointing.mode=twice",
                        "flink.state.backend.rocksdb.compaction.style=none at all",
                        "flink.state.backend.local-recovery=perhaps",
                        "flink.a.plugin=anything");
        assertThat(FlinkChecks.faults(job))
                .containsExactly(
                        "flink.execution.checkpointing.interval: Flink can't read it",
                        "flink.execution.checkpointing.mode: Flink can't read it"
                                + " (allowed: one of [EXACTLY_ONCE, AT_LEAST_ONCE])",
                        "flink.parallelism.default: Flink can't read it"
                                + " (allowed: a value like its default, 1)",
                        "flink.state.backend.local-recovery: Flink can't read it"
                                + " (allowed: a value like its default, false)",
                        "flink.state.backend.rocksdb.compaction.style: Flink can't read it"
                                + " (allowed: one of [LEVEL, UNIVERSAL, FIFO, NONE])");
        assertThat(FlinkChecks.faults(job())).isEmpty();
    }

    @Test
    void waitsForAllReplicas() throws Exception {
        assertThat(KafkaJob.sinkProperties(job())).containsEntry("acks", "all");
    }
}
