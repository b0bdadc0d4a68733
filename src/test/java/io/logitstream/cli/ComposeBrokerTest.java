package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import kafka.docker.KafkaDockerWrapper$;
import kafka.server.KafkaConfig;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The broker of the compose file. Its image turns variables into settings by the class called here.
 */
class ComposeBrokerTest {

    /** Read by Kafka's scripts, not by the broker. */
    private static final Set<String> OF_SCRIPTS = Set.of("heap.opts");

    private static ComposeFile compose;
    private static KafkaConfig broker;

    @BeforeAll
    static void read() throws IOException {
        compose = ComposeFile.read(ComposeFileTest.FILE);
        broker = new KafkaConfig(settings());
    }

    private static Map<String, String> settings() throws IOException {
        Map<String, String> environment = compose.environment("kafka");
        List<String> lines =
                CollectionConverters.asJava(
                        KafkaDockerWrapper$.MODULE$.getServerConfigsFromEnv(
                                scala.collection.immutable.Map.from(
                                        CollectionConverters.asScala(environment))));
        Properties properties = new Properties();
        properties.load(new StringReader(String.join("\n", lines)));
        Map<String, String> settings = new HashMap<>();
        properties.forEach((key, value) -> settings.put(key.toString(), value.toString()));
        settings.keySet().removeAll(OF_SCRIPTS);
        return settings;
    }

    @Test
    void hasOnlySettingsThatItKnows() throws IOException {
        assertThat(CollectionConverters.asJava(KafkaConfig.configNames()))
                .containsAll(settings().keySet());
        assertThat(compose.environment("kafka").keySet())
                .filteredOn(name -> !name.startsWith("KAFKA_"))
                .containsExactly("CLUSTER_ID");
    }

    @Test
    void hasAnIdOfItsCluster() {
        Uuid id = Uuid.fromString(compose.environment("kafka").get("CLUSTER_ID"));
        assertThat(id).hasToString(compose.environment("kafka").get("CLUSTER_ID"));
    }

    /** Containers come by its name, and the host by the port that is published. */
    @Test
    void tellsItsClientsWhereItIs() {
        Map<String, String> advertised = new HashMap<>();
        for (Endpoint endpoint :
                CollectionConverters.asJava(broker.effectiveAdvertisedBrokerListeners())) {
            advertised.put(endpoint.listener(), endpoint.host() + ":" + endpoint.port());
        }
        ComposeFile.Port port = compose.ports("kafka").get(0);
        assertThat(advertised)
                .containsOnly(
                        Map.entry("INSIDE", "kafka:9092"),
                        Map.entry("HOST", port.address() + ":" + port.host()));
        assertThat(port.container()).isEqualTo(port.host());
        assertThat(broker.quorumConfig().voters()).containsExactly("1@kafka:9093");
        assertThat(broker.nodeId()).isEqualTo(1);
        for (String service : List.of("jobmanager", "scores", "topics")) {
            assertThat(String.join(" ", compose.command(service))).contains("kafka:9092");
        }
        assertThat(StrictYaml.texts(compose.service("kafka").at("/healthcheck/test")))
                .containsExactly(
                        "CMD",
                        "/opt/kafka/bin/kafka-broker-api-versions.sh",
                        "--bootstrap-server",
                        "kafka:9092");
    }

    @Test
    void isABrokerOfOneNode() throws IOException {
        assertThat(settings())
                .containsEntry("process.roles", "broker,controller")
                .containsEntry("offsets.topic.replication.factor", "1")
                .containsEntry("transaction.state.log.replication.factor", "1")
                .containsEntry("transaction.state.log.min.isr", "1");
    }
}
