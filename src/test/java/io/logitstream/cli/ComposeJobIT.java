package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.logitstream.local.LocalKafka;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.tools.TopicCommand.TopicCommandOptions;
import org.apache.kafka.tools.TopicCommand.TopicService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of the compose file, run without an engine: the shipped jar in Flink's application
 * mode, with a container's configuration.
 */
@Timeout(300)
class ComposeJobIT {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir Path directory;

    @Test
    void topicsJobAndScoresOfTheComposeFileMakePredictions() throws Exception {
        ComposeFile compose = ComposeFile.read(ComposeFileTest.FILE);
        try (LocalKafka kafka = LocalKafka.start();
                ComposeProcesses services =
                        new ComposeProcesses(
                                compose, directory.resolve("flink"), kafka.bootstrapServers())) {
            createTopics(compose, kafka.bootstrapServers());
            services.startJobManager();
            services.startTaskManager();
            HealthCheck health = HealthCheck.of(compose, "jobmanager");
            await("the job runs, as the health check asks")
                    .atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(health.accepts(services.get("/jobs/overview")))
                                            .as(services.said("jobmanager"))
                                            .isTrue());
            services.startScores();
            TopicReader reader = new TopicReader(kafka);
            await("predictions are committed")
                    .atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(reader.committed("image-predictions"))
                                            .as(services.said("scores"))
                                            .isNotEmpty());

            assertThat(
                            new String(
                                    reader.committed("image-predictions").get(0).value(),
                                    StandardCharsets.UTF_8))
                    .contains("\"model\":\"fashion\"", "\"topK\":[");
            assertThat(services.said("taskmanager"))
                    .containsIgnoringCase(
                            System.getProperty("logitstream.test.requireKernel")
                                    + " softmax kernel");
            assertThat(services.stopJob()).as("as a job that was stopped ends").isZero();
        }
    }

    /** As Kafka's tool would, at this broker. */
    private void createTopics(ComposeFile compose, String bootstrapServers) throws Exception {
        try (TopicService service =
                new TopicService(new Properties(), Optional.of(bootstrapServers))) {
            for (TopicCommandOptions options : TopicsScript.of(compose).calls(directory)) {
                service.createTopic(options);
            }
        }
    }
}
