package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.local.LocalFlink;
import io.logitstream.local.SharedLocal;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A topic of labels on which nothing comes holds nothing back. */
@Timeout(120)
class SilentLabelsIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    private static final int ROWS = 400;

    @Test
    void predictionsAndEstimatesComeWithoutLabels() throws Exception {
        ImageJob job =
                ImageJob.withLateLabels(
                        LOCAL.kafka(),
                        "labels-silent",
                        "labels.idle-after=1s",
                        "scores.idle-after=1h",
                        "flink.execution.checkpointing.interval=500ms");
        LocalFlink flink = LOCAL.flink();
        JobID id = flink.submit(job.graph(2));
        List<ProducerRecord<byte[], byte[]>> rows = job.scores(Recorded.timedFashion(ROWS));
        job.send(withoutLabels(rows));
        job.awaitPredictionsCommitted(ROWS);

        await().atMost(Duration.ofSeconds(60))
                .until(() -> job.lossesSoFar().windowsOverAllSegments() >= 3);
        for (String window : job.lossesSoFar().windows()) {
            JsonNode aggregate = new ObjectMapper().readTree(window);
            assertThat(aggregate.at("/labels/waiting").asLong())
                    .isPositive()
                    .isEqualTo(aggregate.path("records").asLong());
            assertThat(aggregate.at("/estimated/coverage").asDouble(-1)).isZero();
            assertThat(aggregate.at("/estimated/accuracy").asDouble()).isPositive();
            assertThat(aggregate.at("/estimated/loss").asDouble()).isPositive();
            assertThat(aggregate.has("loss")).isFalse();
        }
        flink.cancel(id);
    }

    private static List<ProducerRecord<byte[], byte[]>> withoutLabels(
            List<ProducerRecord<byte[], byte[]>> rows) {
        return rows.stream()
                .map(
                        row ->
                                new ProducerRecord<>(
                                        row.topic(),
                                        row.partition(),
                                        row.key(),
                                        new String(row.value(), UTF_8)
                                                .replaceFirst(",\"label\":\"[^\"]+\"", "")
                                                .getBytes(UTF_8)))
                .toList();
    }
}
