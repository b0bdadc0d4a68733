package io.logitstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(120)
class LocalKafkaIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    @Test
    void carriesRecordsFromProducerToConsumer() throws Exception {
        LOCAL.kafka().createTopic("carried", 2, Map.of());
        try (KafkaProducer<String, String> producer = producer(LOCAL.kafka(), Map.of())) {
            producer.send(new ProducerRecord<>("carried", 0, "k0", "zero")).get();
            producer.send(new ProducerRecord<>("carried", 1, "k1", "one")).get();
        }
        assertThat(read(LOCAL.kafka(), "carried", 0)).containsExactly("zero");
        assertThat(read(LOCAL.kafka(), "carried", 1)).containsExactly("one");
    }

    @Test
    void showsCommittedTransactionsOnly() {
        LOCAL.kafka().createTopic("transactions", 1, Map.of());
        try (KafkaProducer<String, String> producer =
                producer(LOCAL.kafka(), Map.of("transactional.id", "local-kafka-it"))) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("transactions", 0, "k", "aborted"));
            producer.flush();
            producer.abortTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("transactions", 0, "k", "committed"));
            producer.commitTransaction();
        }
        assertThat(read(LOCAL.kafka(), "transactions", 0)).containsExactly("committed");
    }

    @Test
    void createsTopicsWithTheirSettings() throws Exception {
        LOCAL.kafka().createTopic("compacted", 1, Map.of("cleanup.policy", "compact"));
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "compacted");
        try (Admin admin = admin(LOCAL.kafka())) {
            assertThat(
                            admin.describeConfigs(List.of(topic))
                                    .all()
                                    .get()
                                    .get(topic)
                                    .get("cleanup.policy")
                                    .value())
                    .isEqualTo("compact");
        }
    }

    @Test
    void listensOnTheLoopbackInterfaceOnly() throws Exception {
        assertThat(LOCAL.kafka().bootstrapServers()).startsWith("127.0.0.1:");
        Loopback.assertListensThereOnly();
    }

    @Test
    void refusesATopicThatExists() {
        LOCAL.kafka().createTopic("twice", 1, Map.of());
        assertThatThrownBy(() -> LOCAL.kafka().createTopic("twice", 1, Map.of()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("cannot create topic twice")
                .hasCauseInstanceOf(TopicExistsException.class);
    }

    @Test
    void keepsRecordsAndPortWhileTheBrokerIsAway() throws Exception {
        try (LocalKafka kafka = LocalKafka.start()) {
            kafka.createTopic("kept", 1, Map.of());
            try (KafkaProducer<String, String> producer = producer(kafka, Map.of())) {
                producer.send(new ProducerRecord<>("kept", 0, "k", "before")).get();
                kafka.stopBroker();
                // A producer without a broker forgets the topic, so that send itself blocks.
                CompletableFuture<Long> during =
                        CompletableFuture.supplyAsync(() -> offsetOf(producer, "kept", "during"));
                assertThatThrownBy(() -> during.get(200, TimeUnit.MILLISECONDS))
                        .isInstanceOf(TimeoutException.class);
                kafka.startBroker();
                assertThat(during.get(60, TimeUnit.SECONDS)).isEqualTo(1);
            }
            assertThat(read(kafka, "kept", 0)).containsExactly("before", "during");
        }
    }

    @Test
    void leavesNothingBehindWhenClosed() throws Exception {
        Set<Thread> before = threadsThatKeepTheProcess();
        Path directory;
        try (LocalKafka kafka = LocalKafka.start()) {
            directory = kafka.directory();
            kafka.createTopic("left", 1, Map.of());
            assertThat(Files.exists(directory.resolve("left-0"))).isTrue();
            assertThat(threadsThatKeepTheProcess()).hasSizeGreaterThan(before.size());
        }
        assertThat(Files.exists(directory)).isFalse();
        await().pollInSameThread()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(before).containsAll(threadsThatKeepTheProcess()));
    }

    @Test
    void looksForOtherPortsWhenOneIsTaken() throws Exception {
        try (ServerSocket taken =
                new ServerSocket(0, 1, InetAddress.getByName(BrokerSettings.HOST))) {
            Queue<Integer> offered =
                    new ArrayDeque<>(
                            List.of(
                                    taken.getLocalPort(),
                                    FreePorts.find(),
                                    FreePorts.find(),
                                    taken.getLocalPort()));
            try (LocalKafka kafka =
                    LocalKafka.start(
                            Map.of(),
                            () -> offered.isEmpty() ? FreePorts.find() : offered.remove())) {
                assertThat(offered).isEmpty();
                assertThat(kafka.bootstrapServers())
                        .isNotEqualTo("127.0.0.1:" + taken.getLocalPort());
                kafka.createTopic("works", 1, Map.of());
            }
        }
    }

    @Test
    void letsExtraSettingsWin() throws Exception {
        Map<String, String> extra = Map.of("auto.create.topics.enable", "true");
        try (LocalKafka kafka = LocalKafka.start(extra);
                KafkaProducer<String, String> producer = producer(kafka, Map.of())) {
            producer.send(new ProducerRecord<>("created-by-use", "k", "v")).get();
            assertThat(read(kafka, "created-by-use", 0)).containsExactly("v");
        }
    }

    @Test
    void saysWhatIsWrongWithASettingAndLeavesNoDirectory() throws Exception {
        Set<Path> before = brokerDirectories();
        assertThatThrownBy(() -> LocalKafka.start(Map.of("num.io.threads", "none")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("num.io.threads");
        assertThat(before).containsAll(brokerDirectories());
    }

    private static Set<Path> brokerDirectories() throws IOException {
        try (Stream<Path> entries = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return entries.filter(LocalKafkaIT::isBrokerDirectory).collect(Collectors.toSet());
        }
    }

    private static boolean isBrokerDirectory(Path path) {
        return path.getFileName().toString().startsWith(LocalKafka.DIRECTORY_PREFIX);
    }

    private static long offsetOf(
            KafkaProducer<String, String> producer, String topic, String value) {
        try {
            return producer.send(new ProducerRecord<>(topic, 0, "k", value)).get().offset();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Set<Thread> threadsThatKeepTheProcess() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.isDaemon())
                .collect(Collectors.toSet());
    }

    private static Admin admin(LocalKafka kafka) {
        return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
    }

    private static KafkaProducer<String, String> producer(
            LocalKafka kafka, Map<String, Object> extra) {
        Map<String, Object> settings = new HashMap<>(extra);
        settings.put("bootstrap.servers", kafka.bootstrapServers());
        return new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    }

    /** Reads a partition from its start to the end of what is committed now. */
    private static List<String> read(LocalKafka kafka, String topic, int partition) {
        Map<String, Object> settings =
                Map.of(
                        "bootstrap.servers",
                        kafka.bootstrapServers(),
                        "isolation.level",
                        "read_committed");
        TopicPartition source = new TopicPartition(topic, partition);
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(source));
            consumer.seekToBeginning(List.of(source));
            long end = consumer.endOffsets(List.of(source)).get(source);
            while (consumer.position(source) < end) {
                for (ConsumerRecord<String, String> record :
                        consumer.poll(Duration.ofMillis(100))) {
                    values.add(record.value());
                }
            }
        }
        return values;
    }
}
