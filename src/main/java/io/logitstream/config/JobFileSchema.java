package io.logitstream.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * The JSON Schema (draft 2020-12) of the job file, for editors. It knows nothing of checks across
 * keys, of label files, or of what {@code ${...}} will stand for: such a value is taken as it is.
 */
public final class JobFileSchema {

    private static final String SUBSTITUTED = "substituted";

    private final JsonGenerator json;

    private JobFileSchema(JsonGenerator json) {
        this.json = json;
    }

    /** Returns the schema as indented JSON with a line end at the end. */
    public static String generate() {
        StringWriter text = new StringWriter();
        DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
        DefaultPrettyPrinter printer =
                new DefaultPrettyPrinter().withObjectIndenter(indenter).withArrayIndenter(indenter);
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.setPrettyPrinter(printer);
            new JobFileSchema(json).writeAll();
        } catch (IOException e) {
            throw new UncheckedIOException("a StringWriter does not fail", e);
        }
        return text + "\n";
    }

    private void writeAll() throws IOException {
        json.writeStartObject();
        json.writeStringField("$schema", "https://json-schema.org/draft/2020-12/schema");
        json.writeStringField("title", "logitstream job file");
        json.writeStringField(
                "description", "What one logitstream job reads, computes and writes.");
        writeKeys(JobKeys.ROOT);
        json.writeObjectFieldStart("$defs");
        json.writeObjectFieldStart(SUBSTITUTED);
        json.writeStringField(
                "description",
                "A value with ${NAME} or ${file:PATH} in it, or $${ for a plain ${.");
        json.writeStringField("type", "string");
        json.writeStringField("pattern", "\\$\\{");
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndObject();
    }

    private void writeKeys(List<KeySpec> keys) throws IOException {
        json.writeStringField("type", "object");
        writeRequired(keys);
        json.writeBooleanField("additionalProperties", false);
        writeProperties(keys);
    }

    private void writeRequired(List<? extends KeySpec> keys) throws IOException {
        List<String> required = keys.stream().filter(KeySpec::required).map(KeySpec::name).toList();
        if (!required.isEmpty()) {
            writeStrings("required", required);
        }
    }

    private void writeProperties(List<? extends KeySpec> keys) throws IOException {
        json.writeObjectFieldStart("properties");
        for (KeySpec key : keys) {
            json.writeObjectFieldStart(key.name());
            json.writeStringField("description", key.description());
            if (key instanceof KeySpec.Value value) {
                writeValue(value);
            } else if (key instanceof KeySpec.Lines lines) {
                writeLines(lines);
            } else if (key instanceof KeySpec.Section section) {
                writeKeys(section.keys());
            } else if (key instanceof KeySpec.Sections list) {
                json.writeStringField("type", "array");
                json.writeNumberField("minItems", 1);
                json.writeObjectFieldStart("items");
                writeKeys(list.keys());
                json.writeEndObject();
            } else if (key instanceof KeySpec.Settings settings) {
                writeSettings(settings);
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private void writeSettings(KeySpec.Settings settings) throws IOException {
        json.writeStringField("type", "object");
        writeRequired(settings.known());
        json.writeObjectFieldStart("propertyNames");
        json.writeObjectFieldStart("not");
        writeStrings("enum", List.copyOf(settings.refused().keySet().stream().sorted().toList()));
        json.writeEndObject();
        json.writeEndObject();
        json.writeObjectFieldStart("additionalProperties");
        writeStrings("type", List.of("string", "number", "boolean"));
        json.writeEndObject();
        writeProperties(settings.known());
    }

    private void writeValue(KeySpec.Value key) throws IOException {
        String fallback = key.fallback();
        if (fallback != null) {
            json.writeFieldName("default");
            SchemaTypes.writeScalar(json, key.type(), fallback);
        }
        json.writeArrayFieldStart("anyOf");
        json.writeStartObject();
        SchemaTypes.write(json, key.type());
        json.writeEndObject();
        writeSubstituted();
        json.writeEndArray();
    }

    private void writeLines(KeySpec.Lines key) throws IOException {
        json.writeArrayFieldStart("anyOf");
        json.writeStartObject();
        SchemaTypes.write(json, KeyTexts.PATH);
        json.writeEndObject();
        writeSubstituted();
        json.writeStartObject();
        json.writeStringField("type", "array");
        json.writeObjectFieldStart("items");
        writeStrings(
                "type",
                key.ofNumbers()
                        ? List.of("number", "string")
                        : List.of("string", "number", "boolean"));
        json.writeEndObject();
        json.writeEndObject();
        json.writeEndArray();
    }

    private void writeSubstituted() throws IOException {
        json.writeStartObject();
        json.writeStringField("$ref", "#/$defs/" + SUBSTITUTED);
        json.writeEndObject();
    }

    private void writeStrings(String field, List<String> values) throws IOException {
        json.writeArrayFieldStart(field);
        for (String value : values) {
            json.writeString(value);
        }
        json.writeEndArray();
    }
}
