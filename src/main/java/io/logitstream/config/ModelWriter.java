package io.logitstream.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Writes a model as a record of the control topic: the keys it gives, lists in place of files. */
final class ModelWriter {

    private static final Pattern JSON_NUMBER =
            Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");

    private final JsonGenerator json;
    private final Path beside;
    private final Faults faults;

    private ModelWriter(JsonGenerator json, Path beside, Faults faults) {
        this.json = json;
        this.beside = beside;
        this.faults = faults;
    }

    /**
     * Writes a model without faults.
     *
     * @param beside what paths are beside
     * @throws JobFileException if a file it names has gone meanwhile
     */
    static byte[] write(CheckedSection model, long version, Path beside) throws JobFileException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        JsonFactory factory =
                JsonFactory.builder().recyclerPool(JsonRecyclerPools.nonRecyclingPool()).build();
        Faults faults = new Faults(beside.toString());
        try (JsonGenerator json = factory.createGenerator(bytes)) {
            json.writeStartObject();
            model.put("version", Long.toString(version));
            new ModelWriter(json, beside, faults).writeKeys(model, ModelRecords.keysOfModel(true));
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        faults.throwIfAny();
        return bytes.toByteArray();
    }

    private void writeKeys(CheckedSection section, List<KeySpec> keys) throws IOException {
        for (KeySpec key : keys) {
            if (section.has(key.name()) || key.required()) {
                json.writeFieldName(key.name());
                writeKey(section, key);
            }
        }
    }

    private void writeKey(CheckedSection section, KeySpec key) throws IOException {
        if (key instanceof KeySpec.Section known) {
            json.writeStartObject();
            writeKeys(section.sectionOf(key.name()), known.keys());
            json.writeEndObject();
        } else if (key instanceof KeySpec.Lines lines) {
            writeLines(section, lines);
        } else if (key instanceof KeySpec.Value value) {
            boolean isNumber =
                    value.type() instanceof KeyType.Whole
                            || value.type() instanceof KeyType.Decimal;
            writeScalar(section.valueOf(key.name()), isNumber);
        } else {
            throw new IllegalStateException("a model has no such key: " + key.name());
        }
    }

    private void writeLines(CheckedSection section, KeySpec.Lines key) throws IOException {
        json.writeStartArray();
        TextLines lines = TextLines.read(beside, section, key.name(), Integer.MAX_VALUE, faults);
        if (lines != null) {
            for (String text : lines.texts()) {
                writeScalar(key.ofNumbers() ? text.strip() : text, key.ofNumbers());
            }
        }
        json.writeEndArray();
    }

    /** Writes a number as it is written, unless JSON would not have it: then it is a text. */
    private void writeScalar(String text, boolean isNumber) throws IOException {
        if (isNumber && JSON_NUMBER.matcher(text).matches()) {
            json.writeNumber(text);
        } else {
            json.writeString(text);
        }
    }
}
