package io.logitstream.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.config.JobFileReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class KafkaJobTest {

    private static Properties sourceProperties(String... overrides) throws Exception {
        return KafkaJob.sourceProperties(
                JobFileReader.read(Path.of("jobs/late-labels.yaml"), List.of(overrides), Map.of()));
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
}
