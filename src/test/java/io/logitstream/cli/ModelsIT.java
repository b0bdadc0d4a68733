package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileReader;
import io.logitstream.connector.TopicContent;
import io.logitstream.local.SharedLocal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The commands that look at and change the models of a job, against a real broker. */
@Timeout(120)
class ModelsIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    private static final Path JOB = Path.of("jobs/two-class.yaml");

    @TempDir Path directory;

    private CommandRun models(String topic, String command, String... more) {
        return at(LOCAL.kafka().bootstrapServers(), topic, command, more);
    }

    private static CommandRun at(String broker, String topic, String command, String... more) {
        List<String> arguments = new ArrayList<>(List.of("models", command));
        arguments.addAll(List.of("--job", JOB.toString()));
        arguments.addAll(List.of("--set", "kafka.bootstrap.servers=" + broker));
        arguments.addAll(List.of("--set", "control.topic=" + topic));
        arguments.addAll(List.of(more));
        return CommandRun.of(arguments.toArray(String[]::new));
    }

    private String spec(String yaml) throws Exception {
        return Files.writeString(directory.resolve("pets.yaml"), yaml).toString();
    }

    private List<String> sent(String topic) throws Exception {
        JobFile job =
                JobFileReader.read(
                        JOB,
                        List.of(
                                "kafka.bootstrap.servers=" + LOCAL.kafka().bootstrapServers(),
                                "control.topic=" + topic),
                        Map.of());
        return TopicContent.read(job, List.of(topic)).records().stream()
                .map(
                        record ->
                                new String(record.key(), UTF_8)
                                        + " "
                                        + new String(record.value(), UTF_8))
                .toList();
    }

    @Test
    void listsTheModelsOfTheJobFileBeforeAnythingWasSent() {
        CommandRun run = models("untouched", "list");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.outLines())
                .containsExactly(
                        "model      version  state   classes  normalizer  temperature  topK",
                        "two-class  0        active  2        softmax     1.0          5");
    }

    @Test
    void putsChangesAndRetires() throws Exception {
        Files.writeString(directory.resolve("pets.txt"), "cat\ndog\n");
        String first =
                "{\"name\":\"pets\",\"version\":1,\"classes\":2,\"labels\":[\"cat\",\"dog\"]}";

        CommandRun put =
                models("life", "put", spec("{ name: pets, classes: 2, labels: pets.txt }"));
        assertThat(put.exitCode()).as(put.err()).isZero();
        assertThat(put.outLines()).containsExactly(first);
        assertThat(put.err()).contains("sent life-0-0");

        String warmer =
                "{ name: pets, classes: 2, labels: [cat, dog], temperature: 2, version: 5 }";
        assertThat(models("life", "put", spec(warmer)).exitCode()).isZero();
        assertThat(models("life", "list", "--json").outLines())
                .containsExactly(
                        "{\"model\":\"pets\",\"version\":5,\"state\":\"active\",\"classes\":2,\"normalizer\":\"softmax\",\"temperature\":2.0,\"topK\":5}",
                        "{\"model\":\"two-class\",\"version\":0,\"state\":\"active\",\"classes\":2,\"normalizer\":\"softmax\",\"temperature\":1.0,\"topK\":5}");

        assertThat(models("life", "retire", "pets").exitCode()).isZero();
        assertThat(models("life", "list").outLines().get(1)).contains("pets", "6", "retired");
        assertThat(sent("life"))
                .hasSize(3)
                .startsWith("pets " + first)
                .endsWith("pets {\"name\":\"pets\",\"version\":6,\"retired\":true}");
    }

    @Test
    void sendsNothingThatIsRefused() throws Exception {
        CommandRun faulty = models("refusals", "put", spec("name: m\nclasses: 0\ntop-k: 0\n"));
        assertThat(faulty.exitCode()).isEqualTo(2);
        assertThat(faulty.errLines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).startsWith("" + directory));

        CommandRun other = models("refusals", "put", spec("{ name: two-class, classes: 3 }"));
        assertThat(other.exitCode()).isEqualTo(2);
        assertThat(other.err()).contains("classes: \"3\" is not the 2 of version 0");

        CommandRun unknown = models("refusals", "retire", "nobody");
        assertThat(unknown.exitCode()).isEqualTo(2);
        assertThat(unknown.err()).contains("model nobody: the job has no such model");

        assertThat(models("refusals", "retire", "two-class").exitCode()).isZero();
        CommandRun twice = models("refusals", "retire", "two-class");
        assertThat(twice.exitCode()).isEqualTo(2);
        assertThat(twice.err()).contains("model two-class: is retired since version 1");

        assertThat(sent("refusals")).hasSize(1);
    }

    @Test
    void listsWhatTheJobRefuses() throws Exception {
        assertThat(models("foreign", "list").exitCode()).isZero();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        Map.of("bootstrap.servers", LOCAL.kafka().bootstrapServers()),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            byte[] key = "two-class".getBytes(UTF_8);
            producer.send(new ProducerRecord<>("foreign", key, "{}".getBytes(UTF_8))).get();
        }

        CommandRun run = models("foreign", "list");

        assertThat(run.exitCode()).isZero();
        assertThat(run.outLines().get(1)).contains("two-class", "0", "active");
        assertThat(run.outLines().get(2)).startsWith("two-class  -        invalid");
        assertThat(run.err()).contains("foreign-0-0: 1:1: name: is required");
    }

    @Test
    void needsAControlTopicAndABroker() throws Exception {
        CommandRun none = CommandRun.of("models", "list", "--job", JOB.toString());
        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.err()).contains("control: is not in the job file");

        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            CommandRun run =
                    at(
                            "127.0.0.1:" + silent.getLocalPort(),
                            "models",
                            "list",
                            "--set",
                            "kafka.default.api.timeout.ms=2000",
                            "--set",
                            "kafka.request.timeout.ms=1000");
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).contains("kafka.bootstrap.servers: no answer from");
        }
    }
}
