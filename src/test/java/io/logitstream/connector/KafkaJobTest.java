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
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

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
        assertThat(KafkaJob.sinkProperties(job("kafka.batch.size=16384")))
                .containsEntry("batch.size", "16384");
    }

    /** The producer throws for a record that is larger than its memory, and the job restarts. */
    @Test
    void hasMemoryForTheLargestRecordOrTakesItForTheLimit() throws Exception {
        String large = "kafka.max.request.size=67108864";
        assertThat(KafkaJob.sinkProperties(job(large))).containsEntry("buffer.memory", "134217728");
        assertThat(KafkaJob.maxOutputBytes(job(large))).isEqualTo(67_108_864);
        assertThat(KafkaJob.sinkProperties(job())).containsEntry("buffer.memory", "33554432");
        assertThat(KafkaJob.maxOutputBytes(job())).isEqualTo(1_048_576);
        assertThat(KafkaJob.maxOutputBytes(job("kafka.buffer.memory=500000"))).isEqualTo(500_000);
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

    @Test
    void waitsForAllReplicas() throws Exception {
        assertThat(KafkaJob.sinkProperties(job())).containsEntry("acks", "all");
    }
}
