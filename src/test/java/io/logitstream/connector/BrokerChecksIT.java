package io.logitstream.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileReader;
import io.logitstream.local.LocalKafka;
import io.logitstream.local.SharedLocal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class BrokerChecksIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    private static final String[] QUICKLY = {
        "kafka.default.api.timeout.ms=2000", "kafka.request.timeout.ms=1000"
    };

    @Test
    void createsMissingOutputsAndCompactsTheLosses() throws Exception {
        JobFile job =
                job(
                        LOCAL.kafka().bootstrapServers(),
                        "checked",
                        "gradients.topic=checked-gradients");
        LOCAL.kafka().createTopic("checked-scores", 1, Map.of());

        assertThat(BrokerChecks.check(job)).isEmpty();

        assertThat(cleanupPolicy("checked-losses")).isEqualTo("compact");
        assertThat(cleanupPolicy("checked-predictions")).isEqualTo("delete");
        assertThat(cleanupPolicy("checked-gradients")).isEqualTo("delete");
        assertThat(cleanupPolicy("checked-dead-letters")).isEqualTo("delete");
        assertThat(BrokerChecks.check(job)).as("a second time").isEmpty();
    }

    @Test
    void createsTheControlTopicCompactedAndRefusesOneThatForgets() throws Exception {
        LOCAL.kafka().createTopic("controlled-scores", 1, Map.of());
        JobFile job = job(LOCAL.kafka().bootstrapServers(), "controlled", "control.topic=models");

        assertThat(BrokerChecks.check(job)).isEmpty();

        assertThat(cleanupPolicy("models")).isEqualTo("compact");
        assertThat(BrokerChecks.check(job)).as("a second time").isEmpty();
        LOCAL.kafka().createTopic("forgetful", 1, Map.of());
        JobFile forgetful =
                job(LOCAL.kafka().bootstrapServers(), "controlled", "control.topic=forgetful");
        assertThat(BrokerChecks.check(forgetful))
                .containsExactly(
                        "control.topic: topic 'forgetful' has cleanup.policy delete, so that models"
                                + " would be forgotten; make it compact");
    }

    @Test
    void namesEveryFaultAtOnce() {
        Map<String, String> policy =
                Map.of("create.topic.policy.class.name", RefusingTopicPolicy.class.getName());
        try (LocalKafka kafka = LocalKafka.start(policy)) {
            JobFile job =
                    job(
                            kafka.bootstrapServers(),
                            RefusingTopicPolicy.REFUSED_PREFIX + "job",
                            "predictions.topic=allowed-predictions",
                            "kafka.transaction.timeout.ms=900001");

            List<String> faults = BrokerChecks.check(job);

            assertThat(faults).hasSize(4);
            assertThat(faults.get(0))
                    .isEqualTo(
                            "scores.topic: topic 'forbidden-job-scores' does not exist; create it or correct the name");
            assertThat(faults.get(1))
                    .startsWith("losses.topic: topic 'forbidden-job-losses' does not exist")
                    .contains("only the owner creates forbidden-job-losses");
            assertThat(faults.get(2))
                    .startsWith(
                            "dead-letters.topic: topic 'forbidden-job-dead-letters' does not exist");
            assertThat(faults.get(3))
                    .startsWith("kafka.transaction.timeout.ms: 900001 is more than")
                    .contains("transaction.max.timeout.ms of 900000");
        }
    }

    @Test
    void doesNotMindATransactionTimeoutItWillNotUse() {
        JobFile job =
                job(
                        LOCAL.kafka().bootstrapServers(),
                        "unused-timeout",
                        "delivery=at-least-once",
                        "kafka.transaction.timeout.ms=900001");
        LOCAL.kafka().createTopic("unused-timeout-scores", 1, Map.of());

        assertThat(BrokerChecks.check(job)).isEmpty();
    }

    @Test
    void refusesRecordsLargerThanATopicTakes() {
        JobFile job =
                job(LOCAL.kafka().bootstrapServers(), "large", "kafka.max.request.size=2000000");
        LOCAL.kafka().createTopic("large-scores", 1, Map.of());
        Map<String, String> roomy = Map.of("max.message.bytes", "3000000");
        LOCAL.kafka().createTopic("large-losses", 1, roomy);
        LOCAL.kafka().createTopic("large-dead-letters", 1, roomy);
        LOCAL.kafka().createTopic("large-predictions", 1, Map.of("max.message.bytes", "1999999"));

        assertThat(BrokerChecks.check(job))
                .singleElement()
                .asString()
                .startsWith(
                        "kafka.max.request.size: 2000000 is more than predictions.topic"
                                + " 'large-predictions' takes (its max.message.bytes is 1999999)");
    }

    /** Predictions may be larger than a topic of models takes. */
    @Test
    void holdsNoTopicOfModelsAgainstTheSizeOfPredictions() {
        JobFile job =
                job(
                        LOCAL.kafka().bootstrapServers(),
                        "small-models",
                        "kafka.max.request.size=2000000",
                        "control.topic=small-models-control");

        assertThat(BrokerChecks.checkControl(job, true)).isEmpty();
    }

    @Test
    void namesTheAddressThatNobodyListensOn() throws Exception {
        int port;
        try (ServerSocket closed = listening()) {
            port = closed.getLocalPort();
        }
        assertUnreachable("127.0.0.1:" + port);
    }

    @Test
    void namesTheAddressThatDoesNotAnswer() throws Exception {
        try (ServerSocket silent = listening()) {
            assertUnreachable("127.0.0.1:" + silent.getLocalPort());
        }
    }

    private static void assertUnreachable(String address) {
        JobFile job = job(address, "unreachable", QUICKLY);
        long start = System.nanoTime();

        List<String> faults = BrokerChecks.check(job);

        assertThat(faults).hasSize(1);
        assertThat(faults.get(0))
                .startsWith("kafka.bootstrap.servers: no answer from " + address + " within 2.0 s");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    }

    private static ServerSocket listening() throws Exception {
        return new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
    }

    private static JobFile job(String broker, String name, String... more) {
        List<String> overrides =
                new ArrayList<>(
                        List.of(
                                "name=" + name,
                                "kafka.bootstrap.servers=" + broker,
                                "scores.topic=" + name + "-scores",
                                "predictions.topic=" + name + "-predictions",
                                "losses.topic=" + name + "-losses",
                                "dead-letters.topic=" + name + "-dead-letters"));
        overrides.addAll(List.of(more));
        try {
            return JobFileReader.read(
                    Path.of("jobs/image-classification.yaml"), overrides, Map.of());
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String cleanupPolicy(String topic) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", LOCAL.kafka().bootstrapServers()))) {
            Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
            return config.get("cleanup.policy").value();
        }
    }
}
