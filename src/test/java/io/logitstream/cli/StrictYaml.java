package io.logitstream.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** YAML files of other programs, read as they read them and held to a schema. */
final class StrictYaml {

    static final Path SCHEMAS = Path.of("src/test/resources/schema");

    private static final ObjectMapper JSON = new ObjectMapper();

    private StrictYaml() {}

    static JsonNode read(Path file) throws IOException {
        return parse(Files.readString(file));
    }

    static JsonNode parse(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        return JSON.valueToTree(new Yaml(new SafeConstructor(options)).load(text));
    }

    /** Returns what a schema, itself in YAML, has against a document. */
    static List<String> refusals(JsonNode document, String schema) throws IOException {
        return refusals(document, read(SCHEMAS.resolve(schema)));
    }

    static List<String> refusals(JsonNode document, JsonNode schema) {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(schema)
                .validate(document)
                .stream()
                .map(message -> message.getInstanceLocation() + " " + message.getType())
                .toList();
    }

    /** Returns the texts of a list. */
    static List<String> texts(JsonNode list) {
        return JSON.convertValue(
                list, JSON.getTypeFactory().constructCollectionType(List.class, String.class));
    }
}
