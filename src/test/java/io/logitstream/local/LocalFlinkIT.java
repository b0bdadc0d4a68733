package io.logitstream.local;

import static io.logitstream.local.CountFunction.FIRST;
import static io.logitstream.local.CountFunction.FLUSHED;
import static io.logitstream.local.CountFunction.SEEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.runtime.jobgraph.SavepointRestoreSettings;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LocalFlinkIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String COUNT = "count";
    private static final long ENDLESS = Long.MAX_VALUE;
    private static final long NO_POISON = -1;

    @TempDir Path directory;

    @Test
    void givesAccumulatorsAndMetricsOfAFinishedJob() throws Exception {
        JobID job = LOCAL.flink().submit(counting(100, NO_POISON));

        assertThat(accumulated(job, SEEN)).isEqualTo(100L);
        assertThat(accumulated(job, FLUSHED)).isEqualTo(1L);
        assertThat(LOCAL.flink().status(job)).isEqualTo(JobStatus.FINISHED);
        assertThat(LOCAL.metrics().count(job, COUNT, SEEN)).isEqualTo(100);
        LOCAL.flink().awaitRunning(job, PATIENCE);
    }

    @Test
    void continuesFromASavepointWhereTheStoppedJobEnded() throws Exception {
        JobID stopped = LOCAL.flink().submit(counting(ENDLESS, NO_POISON));
        awaitCounted(stopped);
        String savepoint = LOCAL.flink().stopWithSavepoint(stopped, directory, false);
        assertThat(accumulated(stopped, FLUSHED)).isEqualTo(0L);

        StreamGraph graph = counting(ENDLESS, NO_POISON);
        graph.setSavepointRestoreSettings(SavepointRestoreSettings.forPath(savepoint));
        JobID continued = LOCAL.flink().submit(graph);
        awaitCounted(continued);
        LOCAL.flink().stopWithSavepoint(continued, directory, false);

        assertThat(accumulated(continued, FIRST)).isEqualTo(accumulated(stopped, SEEN));
    }

    @Test
    void endsEventTimeWhenItDrains() throws Exception {
        JobID job = LOCAL.flink().submit(counting(ENDLESS, NO_POISON));
        awaitCounted(job);

        String savepoint = LOCAL.flink().stopWithSavepoint(job, directory, true);

        assertThat(savepoint).startsWith("file:" + directory);
        assertThat(accumulated(job, FLUSHED)).isEqualTo(1L);
    }

    @Test
    void makesACheckpointOnDemand() {
        StreamGraph graph = counting(ENDLESS, NO_POISON);
        graph.getJobConfiguration()
                .set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, directory.toUri().toString());
        JobID job = LOCAL.flink().submit(graph);
        LOCAL.flink().awaitRunning(job, PATIENCE);

        Path checkpoint = Path.of(URI.create(LOCAL.flink().triggerCheckpoint(job)));

        assertThat(checkpoint).startsWith(directory);
        LOCAL.flink().cancel(job);
    }

    /** In the heap of the JobManager, where they are by default, state is bound to 5 MB. */
    @Test
    void keepsCheckpointsAmongItsScratchFiles() {
        try (LocalFlink flink = LocalFlink.start(1, 1, new Configuration())) {
            JobID job = flink.submit(counting(ENDLESS, NO_POISON, 1));
            flink.awaitRunning(job, PATIENCE);
            assertThat(Path.of(URI.create(flink.triggerCheckpoint(job))))
                    .startsWith(flink.directory());
        }
    }

    @Test
    void cancelsAJob() {
        JobID job = LOCAL.flink().submit(counting(ENDLESS, NO_POISON));
        LOCAL.flink().awaitRunning(job, PATIENCE);
        assertThat(LOCAL.flink().status(job)).isEqualTo(JobStatus.RUNNING);

        LOCAL.flink().cancel(job);

        assertThat(LOCAL.flink().status(job)).isEqualTo(JobStatus.CANCELED);
    }

    @Test
    void saysWhyAJobFailed() throws Exception {
        JobID job = LOCAL.flink().submit(counting(ENDLESS, 0));

        assertThatThrownBy(() -> LOCAL.flink().result(job).get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("cannot count 0");
        assertThatThrownBy(() -> LOCAL.flink().awaitRunning(job, PATIENCE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("FAILED")
                .hasRootCauseMessage("cannot count 0");
    }

    @Test
    void namesTheTasksThatDoNotRunInTime() {
        StreamGraph graph = counting(ENDLESS, NO_POISON, SharedLocal.SLOTS + 1);
        JobID job = LOCAL.flink().submit(graph);

        await().atMost(PATIENCE)
                .untilAsserted(
                        () ->
                                assertThatThrownBy(
                                                () ->
                                                        LOCAL.flink()
                                                                .awaitRunning(
                                                                        job,
                                                                        Duration.ofMillis(200)))
                                        .hasMessageContaining("count")
                                        .hasMessageContaining("(9/9) SCHEDULED"));
        LOCAL.flink().cancel(job);
    }

    @Test
    void servesItsWebPageOnTheLoopbackInterface() throws Exception {
        assertThat(LOCAL.flink().webUi().getHost()).isEqualTo("127.0.0.1");
        Loopback.assertListensThereOnly();
        HttpResponse<String> page =
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(LOCAL.flink().webUi()).build(),
                                HttpResponse.BodyHandlers.ofString());
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("<title>Apache Flink Web Dashboard</title>");
    }

    @Test
    void leavesNothingBehindWhenClosed() {
        Path scratch;
        try (LocalFlink flink = LocalFlink.start(1, 1, new Configuration())) {
            scratch = flink.directory();
            JobID job = flink.submit(counting(ENDLESS, NO_POISON));
            flink.awaitRunning(job, PATIENCE);
            assertThat(Files.exists(scratch)).isTrue();
        }
        assertThat(Files.exists(scratch)).isFalse();
    }

    private static void awaitCounted(JobID job) {
        LOCAL.flink().awaitRunning(job, PATIENCE);
        await().atMost(PATIENCE).until(() -> LOCAL.metrics().count(job, COUNT, SEEN) > 0);
    }

    private static Object accumulated(JobID job, String name) throws Exception {
        JobExecutionResult result = LOCAL.flink().result(job).get(60, TimeUnit.SECONDS);
        return result.getAccumulatorResult(name);
    }

    private static StreamGraph counting(long records, long poison) {
        return counting(records, poison, 1);
    }

    private static StreamGraph counting(long records, long poison, int parallelism) {
        StreamExecutionEnvironment environment =
                StreamExecutionEnvironment.getExecutionEnvironment();
        environment.setParallelism(parallelism);
        DataGeneratorSource<Long> numbers =
                new DataGeneratorSource<>(
                        index -> index, records, RateLimiterStrategy.perSecond(1000), Types.LONG);
        environment
                .fromSource(numbers, WatermarkStrategy.forMonotonousTimestamps(), "numbers")
                .uid("numbers")
                .keyBy(number -> 0, Types.INT)
                .process(new CountFunction(poison), Types.LONG)
                .name(COUNT)
                .uid(COUNT)
                .sinkTo(new DiscardingSink<>());
        return environment.getStreamGraph();
    }
}
