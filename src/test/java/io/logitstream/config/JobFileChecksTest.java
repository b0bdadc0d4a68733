package io.logitstream.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobFileChecksTest {

    @TempDir private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name= | name: \"\" is not a job name",
                "name=-a | name: \"-a\" is not a job name",
                "name=Job | name: \"Job\" is not a job name",
                "delivery=twice | delivery: \"twice\" is not one of the values",
                "scores.topic=. | scores.topic: \".\" is not a legal topic name",
                "scores.topic=.. | scores.topic: \"..\" is not a legal topic name",
                "scores.topic=a/b | scores.topic: \"a/b\" is not a legal topic name",
                "scores.format=avro | scores.format: \"avro\" is not one of the values",
                "scores.out-of-orderness=5 | scores.out-of-orderness: \"5\" is not a duration",
                "scores.out-of-orderness=-5s | scores.out-of-orderness: \"-5s\" is not a duration",
                "scores.idle-after=0s | scores.idle-after: \"0s\" is too short",
                "scores.idle-after=366d | scores.idle-after: \"366d\" is too long",
                "scores.idle-after=999999999999d | scores.idle-after: \"999999999999d\" is too long",
                "predictions.format=float32 | predictions.format: \"float32\" is not one of the values",
                "losses.window=999ms | losses.window: \"999ms\" is too short",
                "losses.allowed-lateness=1m | losses.allowed-lateness: \"1m\" is not a duration",
                "'models[0].name=a|b' | 'models[0].name: \"a|b\" is not a model name'",
                "models[0].name=a b | models[0].name: \"a b\" is not a model name",
                "models[0].name= | models[0].name: \"\" is not a model name",
                "models[0].classes=10000001 | models[0].classes: \"10000001\" is too large",
                "models[0].classes=99999999999 | models[0].classes: \"99999999999\" is too large",
                "models[0].classes=-1 | models[0].classes: \"-1\" is too small",
                "models[0].classes=1e3 | models[0].classes: \"1e3\" is not a whole number",
                "models[0].classes=010 | models[0].classes: \"010\" is not a whole number",
                "models[0].scores-are=odds | models[0].scores-are: \"odds\" is not one of the values",
                "models[0].temperature=0 | models[0].temperature: \"0\" is too small",
                "models[0].temperature=1e-999 | models[0].temperature: \"1e-999\" is too small",
                "models[0].temperature=1e999 | models[0].temperature: \"1e999\" is too large",
                "models[0].temperature=.inf | models[0].temperature: \".inf\" is not a finite number",
                "models[0].temperature=NaN | models[0].temperature: \"NaN\" is not a finite number",
                "models[0].temperature=0x1p3 | models[0].temperature: \"0x1p3\" is not a finite number",
                "models[0].normalizer=hardmax | models[0].normalizer: \"hardmax\" is not one of the values",
                "models[0].top-k=0 | models[0].top-k: \"0\" is too small",
                "models[0].top-k=129 | models[0].top-k: \"129\" is too large",
                "kafka.bootstrap.servers=localhost | kafka.bootstrap.servers: \"localhost\" is not a list of brokers",
                "kafka.transaction.timeout.ms=1min | kafka.transaction.timeout.ms: \"1min\" is not a whole number",
                "kafka.buffer.memory=1000000 | kafka.buffer.memory: \"1000000\" is less than max.request.size (allowed: at least 1048576)",
                "kafka.acks=1 | kafka.acks: \"1\" does not go with exactly-once delivery",
                "kafka.acks=2 | kafka.acks: \"2\" is not one of the values",
                "kafka.enable.idempotence=false | kafka.enable.idempotence: \"false\" does not go with exactly-once delivery",
                "flink.execution.checkpointing.mode=at-least-once | flink.execution.checkpointing.mode: \"at-least-once\" does not go with exactly-once delivery",
                "predictions.topic=scores | predictions.topic: \"scores\" is also the topic of scores",
                "dead-letters.topic=predictions | dead-letters.topic: \"predictions\" is also the topic of predictions",
                "models[1].name=m | models[1].name: \"m\" is also models[0].name",
            })
    void refusesWithTheReason(String override, String fault) {
        JobFixture fixture = new JobFixture(directory).set(override);
        if (override.startsWith("losses")) {
            fixture.set("losses.topic=losses");
        }
        if (override.startsWith("models[1]")) {
            fixture.set("models[1].classes=2");
        }

        assertThat(fixture.faults()).singleElement().asString().contains(": " + fault);
    }

    @Test
    void refusesALineEndAfterAName() {
        assertThat(new JobFixture(directory).set("name=job\n").faults())
                .singleElement()
                .asString()
                .startsWith("--set:1:6: name: \"job\\u000a\" is not a job name");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "scores.out-of-orderness=0s",
                "scores.idle-after=1ms",
                "scores.idle-after=365d",
                "models[0].classes=1",
                "models[0].classes=10000000",
                "models[0].temperature=.5e-3",
                "models[0].top-k=128",
                "models[0].name=日本語/v2.1:a",
                "kafka.acks=-1",
                "kafka.bootstrap.servers=a:1, SSL://[::1]:2,b.c:65535",
                "kafka.transaction.timeout.ms=900000",
                "flink.execution.checkpointing.mode=EXACTLY_ONCE",
            })
    void acceptsTheEdgesOfWhatIsAllowed(String override) {
        assertThat(new JobFixture(directory).set(override).faults()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kafka.acks=0",
                "kafka.enable.idempotence=false",
                "flink.execution.checkpointing.mode=AT_LEAST_ONCE"
            })
    void leavesWeakerSettingsToAtLeastOnceDelivery(String override) {
        JobFixture fixture = new JobFixture(directory).set("delivery=at-least-once").set(override);

        assertThat(fixture.faults()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "kafka.key.deserializer",
                "kafka.value.deserializer",
                "kafka.key.serializer",
                "kafka.value.serializer",
                "kafka.enable.auto.commit",
                "kafka.isolation.level",
                "kafka.group.id",
                "kafka.transactional.id",
                "flink.pipeline.auto-generate-uids",
                "flink.pipeline.generic-types",
                "flink.pipeline.max-parallelism",
            })
    void refusesSettingsTheJobMakesItself(String key) {
        assertThat(new JobFixture(directory).set(key + "=x").faults())
                .singleElement()
                .asString()
                .startsWith("--set:1:7: " + key)
                .endsWith("(allowed: leave it out)");
    }

    @Test
    void requiresEverySectionThatIsNotOptional() {
        assertThat(new JobFixture(directory).yaml("# nothing yet\n").faults())
                .extracting(fault -> fault.substring(0, fault.indexOf(" is required")))
                .containsExactly(
                        "job.yaml:1:1: name:",
                        "job.yaml:1:1: kafka:",
                        "job.yaml:1:1: scores:",
                        "job.yaml:1:1: predictions:",
                        "job.yaml:1:1: dead-letters:",
                        "job.yaml:1:1: models:");
    }

    @Test
    void reportsWhatIsOfTheWrongKind() {
        String yaml =
                """
                name: [a]
                kafka: localhost
                flink: { a: { b: c }, d: }
                scores: []
                predictions: { topic: { x: y } }
                losses:
                dead-letters: { topic: }
                models: { name: m }
                """;

        assertThat(new JobFixture(directory).yaml(yaml).faults())
                .extracting(fault -> fault.replaceAll(" \\(allowed.*", ""))
                .containsExactly(
                        "job.yaml:1:7: name: is a list, not a single value",
                        "job.yaml:2:8: kafka: is a single value, not a section",
                        "job.yaml:3:13: flink.a: is a section, not a single value",
                        "job.yaml:3:25: flink.d: is nothing, not a single value",
                        "job.yaml:4:9: scores: is a list, not a section",
                        "job.yaml:5:23: predictions.topic: is a section, not a single value",
                        "job.yaml:6:8: losses: is nothing, not a section",
                        "job.yaml:7:23: dead-letters.topic: has no value",
                        "job.yaml:8:9: models: is a section, not a list");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "models: [] | models: is empty",
                "models: [m] | models[0]: is a single value, not a section",
                "classes: { topic: labels } | classes: is not a key here",
            })
    void refusesOtherShapes(String text, String fault) {
        String yaml = JobFixture.MINIMAL;
        String models = yaml.substring(yaml.indexOf("models:"));
        String other = text.startsWith("models") ? yaml.replace(models, text) : yaml + text;

        assertThat(new JobFixture(directory).yaml(other).faults())
                .singleElement()
                .asString()
                .contains(": " + fault);
    }
}
