package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.logitstream.local.FragileFlink;
import io.logitstream.local.LocalKafka;
import io.logitstream.local.SharedLocal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The broker goes away while the job has open transactions, and comes back. */
@Timeout(180)
class BrokerOutageIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration OUTAGE = Duration.ofSeconds(3);

    @TempDir Path savepoints;

    @Test
    void waitsForTheBrokerWithoutARestart() throws Exception {
        try (LocalKafka kafka = LocalKafka.start()) {
            ImageJob job =
                    new ImageJob(
                            kafka,
                            "broker-outage",
                            "flink.execution.checkpointing.interval=1s",
                            "kafka.reconnect.backoff.max.ms=500");
            MixedScores scores = MixedScores.create(job);
            JobID id = LOCAL.flink().submit(job.graph(2));
            LOCAL.flink().awaitRunning(id, PATIENCE);
            scores.sendThird(0);
            job.awaitPredictionsCommitted(scores.rowsOfThirds(1));
            scores.sendThird(1);
            CompletableFuture<Void> sending = scores.sendThirdMeanwhile(2);
            kafka.stopBroker();
            await().during(OUTAGE)
                    .atMost(PATIENCE)
                    .until(() -> !LOCAL.flink().status(id).isGloballyTerminalState());
            kafka.startBroker();
            sending.get(60, TimeUnit.SECONDS);
            job.awaitPredictionsCommitted(scores.rowsOfThirds(3));
            LOCAL.flink().awaitRunning(id, PATIENCE);
            LOCAL.flink().stopWithSavepoint(id, savepoints, true);
            assertThat(LOCAL.flink().status(id)).isEqualTo(JobStatus.FINISHED);
            assertComplete(job, scores);
        }
    }

    @Test
    void restartsWhenCheckpointsCannotWaitForTheBroker() throws Exception {
        try (LocalKafka kafka = LocalKafka.start();
                FragileFlink flink = FragileFlink.start(2)) {
            ImageJob job =
                    new ImageJob(
                            kafka,
                            "broker-outage-restart",
                            "flink.execution.checkpointing.interval=500ms",
                            "flink.execution.checkpointing.timeout=10s",
                            "flink.restart-strategy.fixed-delay.attempts=1000",
                            "kafka.reconnect.backoff.max.ms=500");
            MixedScores scores = MixedScores.create(job);
            JobID id = flink.submit(job.graph(2));
            scores.sendThird(0);
            job.awaitPredictionsCommitted(scores.rowsOfThirds(1));
            scores.sendThird(1);
            kafka.stopBroker();
            // The broker is back before max.block.ms is over: a producer that cannot even abort its
            // transaction by then takes its task manager down.
            await().atMost(PATIENCE).until(() -> flink.status(id) == JobStatus.RESTARTING);
            kafka.startBroker();
            scores.sendThird(2);
            job.awaitPredictionsCommitted(scores.rowsOfThirds(3));
            assertThat(flink.attempt(id)).isPositive();
            flink.drain(id, savepoints);
            assertComplete(job, scores);
        }
    }

    @Test
    void hearsOfModelsAfterTheBrokerWasAway() throws Exception {
        try (LocalKafka kafka = LocalKafka.start()) {
            ImageJob job =
                    new ImageJob(
                            kafka,
                            "broker-outage-control",
                            "flink.execution.checkpointing.interval=1s",
                            "kafka.reconnect.backoff.max.ms=500",
                            "control.topic=broker-outage-control-models",
                            "control.unknown-models=wait",
                            "control.wait=10min");
            JobID id = LOCAL.flink().submit(job.graph(2));
            LOCAL.flink().awaitRunning(id, PATIENCE);
            job.send(List.of(job.score(0, "{\"id\":\"a\",\"model\":\"later\",\"scores\":[3,1]}")));
            job.awaitAllRead(() -> LOCAL.flink().triggerCheckpoint(id));
            kafka.stopBroker();
            await().during(OUTAGE)
                    .atMost(PATIENCE)
                    .until(() -> !LOCAL.flink().status(id).isGloballyTerminalState());
            kafka.startBroker();
            String model = "{\"name\":\"later\",\"version\":1,\"classes\":2}";
            job.send(
                    List.of(
                            new ProducerRecord<>(
                                    job.file().control().topic(),
                                    "later".getBytes(UTF_8),
                                    model.getBytes(UTF_8))));
            job.awaitPredictionsCommitted(1);
            assertThat(new String(job.predictionsSoFar().get(0).value(), UTF_8))
                    .contains("\"modelVersion\":1");
            LOCAL.flink().stopWithSavepoint(id, savepoints, true);
            assertThat(job.deadLetters()).isEmpty();
        }
    }

    private static void assertComplete(ImageJob job, MixedScores scores) throws Exception {
        assertThat(job.predictedIds()).isEqualTo(scores.ids());
        scores.assertPoisonBuried(job.deadLetters());
        job.assertLossesEqualEvaluate(scores.lines(), ExitCodes.SOME_REFUSED);
    }
}
