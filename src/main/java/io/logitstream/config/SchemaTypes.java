package io.logitstream.config;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/** Writes what each {@link KeyType} is in JSON Schema. */
final class SchemaTypes {

    private SchemaTypes() {}

    /** Writes the fields of a schema that allows what the type allows. */
    static void write(JsonGenerator json, KeyType type) throws IOException {
        if (type instanceof KeyType.Text text) {
            json.writeStringField("type", "string");
            json.writeStringField("pattern", text.pattern().pattern());
        } else if (type instanceof KeyType.Choice choice) {
            json.writeArrayFieldStart("enum");
            for (String word : choice.words()) {
                json.writeString(word);
                if (word.matches("-?[0-9]+")) {
                    // Without quotes YAML makes it a number.
                    json.writeNumber(Integer.parseInt(word));
                }
            }
            json.writeEndArray();
        } else if (type instanceof KeyType.Whole whole) {
            json.writeStringField("type", "integer");
            json.writeNumberField("minimum", whole.min());
            json.writeNumberField("maximum", whole.max());
        } else if (type instanceof KeyType.Decimal decimal) {
            json.writeStringField("type", "number");
            json.writeNumberField("minimum", decimal.min());
            json.writeNumberField("maximum", decimal.max());
        } else if (type instanceof KeyType.Duration) {
            json.writeStringField("type", "string");
            json.writeStringField("pattern", "^" + DurationText.PATTERN.pattern() + "$");
            json.writeStringField("description", type.allowed());
        }
    }

    /** Writes a value as YAML would read it. */
    static void writeScalar(JsonGenerator json, KeyType type, String value) throws IOException {
        if (type instanceof KeyType.Whole || type instanceof KeyType.Decimal) {
            json.writeNumber(value);
        } else {
            json.writeString(value);
        }
    }
}
