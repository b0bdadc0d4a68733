package io.logitstream.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

class JobFileSchemaTest {

    private static final Path FIXTURES = Path.of("src/test/resources/config");
    private static final JsonSchema SCHEMA =
            JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(JobFileSchema.generate());

    @Test
    void committedSchemaIsFresh() throws IOException {
        GeneratedFile.assertFresh(
                "config/job-file.schema.json", JobFileSchema.generate(), getClass());
    }

    @Test
    void isItselfAValidSchema() throws IOException {
        JsonSchema metaSchema =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                        .getSchema(
                                SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));

        assertThat(metaSchema.validate(new ObjectMapper().readTree(JobFileSchema.generate())))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"complete.yaml", "minimal.yaml", "secrets.yaml"})
    void acceptsWhatTheReaderAccepts(String fixture) throws IOException {
        assertThat(refusals(Files.readString(FIXTURES.resolve(fixture)))).isEmpty();
    }

    @Test
    void refusesEachFaultAtItsKey() throws IOException {
        assertThat(refusals(Files.readString(FIXTURES.resolve("faulty.yaml"))))
                .contains(
                        "$.kafka propertyNames",
                        "$.scores.topic pattern",
                        "$.scores additionalProperties",
                        "$.predictions required",
                        "$.predictions.emit enum",
                        "$.models[0].classes minimum",
                        "$.models[0].temperature minimum");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "classes: 2 | classes: 10000001 | $.models[0].classes maximum",
                "classes: 2 | classes: many | $.models[0].classes type",
                "classes: 2 | classes: 2, top-k: 129 | $.models[0].top-k maximum",
                "name: m, | name: a b, | $.models[0].name pattern",
                "scores: { topic: scores } | scores: { topic: .. } | $.scores.topic pattern",
                "topic: scores | topic: scores, idle-after: 30 | $.scores.idle-after type",
                "topic: scores | topic: scores, idle-after: 30m | $.scores.idle-after pattern",
                "localhost:9092 | localhost | $.kafka.bootstrap.servers pattern",
                "name: minimal | name: Minimal | $.name pattern",
                "name: minimal | delivery: exactly-once | $ required",
            })
    void refusesWhatTheReaderRefuses(String good, String bad, String refusal) throws IOException {
        String minimal = Files.readString(FIXTURES.resolve("minimal.yaml"));

        assertThat(minimal).contains(good);
        assertThat(refusals(minimal.replace(good, bad))).contains(refusal);
    }

    @ParameterizedTest
    @ValueSource(strings = {"labels: [no, 1]", "loss: { class-weights: [1, 2.5] }"})
    void takesAListInPlaceOfAFile(String key) throws IOException {
        String minimal = Files.readString(FIXTURES.resolve("minimal.yaml"));

        assertThat(refusals(minimal.replace("classes: 2", "classes: 2, " + key))).isEmpty();
    }

    @Test
    void givesDefaultsAsYamlWouldReadThem() throws IOException {
        JsonNode model =
                new ObjectMapper()
                        .readTree(JobFileSchema.generate())
                        .at("/properties/models/items/properties");

        assertThat(model.at("/top-k/default").isIntegralNumber()).isTrue();
        assertThat(model.at("/temperature/default").doubleValue()).isEqualTo(1.0);
        assertThat(model.at("/scores-are/default").textValue()).isEqualTo("logits");
    }

    private static List<String> refusals(String yaml) {
        Object tree = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
        return SCHEMA.validate(new ObjectMapper().valueToTree(tree)).stream()
                .map(JobFileSchemaTest::placeAndKeyword)
                .toList();
    }

    private static String placeAndKeyword(ValidationMessage message) {
        return message.getInstanceLocation() + " " + message.getType();
    }
}
