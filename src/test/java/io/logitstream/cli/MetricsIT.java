package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.local.MeasuredFlink;
import io.logitstream.local.SharedLocal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(240)
class MetricsIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    @Test
    void look() throws Exception {
        LateLabels inputs = new LateLabels(7);
        ImageJob job =
                ImageJob.withLateLabels(
                        LOCAL.kafka(),
                        "metrics",
                        "labels.wait=" + LateLabels.WAIT,
                        "losses.allowed-lateness=15min",
                        "flink.execution.checkpointing.interval=500ms",
                        "calibration.mode=shadow",
                        "calibration.topic=metrics-calibrations");
        try (MeasuredFlink cluster = MeasuredFlink.start(2)) {
            JobID id = cluster.flink().submit(job.graph(2));
            for (List<ProducerRecord<byte[], byte[]>> part : inputs.inOrderOfTime(job)) {
                job.send(part);
            }
            job.send(List.of(job.score(0, "poison")));
            cluster.flink().awaitRunning(id, Duration.ofSeconds(60));
            job.awaitAllRead(() -> cluster.flink().triggerCheckpoint(id));
            Files.writeString(Path.of("target/scrape.txt"), cluster.scrape());
            cluster.flink().cancel(id);
        }
        assertThat(id()).isNotNull();
    }

    private static String id() {
        return "";
    }
}
