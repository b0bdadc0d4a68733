package io.logitstream.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
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

    @Test
    void waitsForAllReplicas() throws Exception {
        assertThat(KafkaJob.sinkProperties(job())).containsEntry("acks", "all");
    }
}
