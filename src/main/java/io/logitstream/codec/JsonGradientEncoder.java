package io.logitstream.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.logitstream.record.Gradient;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.RawRecord;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Writes the gradient of a row as one JSON object, without a line end.
 *
 * <pre>
 * {"id","model","timestamp","classes":K,"class","label","temperature","weight","loss",
 *  "gradient":[K]}
 * </pre>
 *
 * <p>{@code "class"} and {@code "label"} are the true class, its name only where the model has
 * names. If the gradient is not of all classes, its last field is {@code
 * "gradients":[{"class","gradient"}]}. Numbers are written as in a prediction; {@code timestamp} is
 * absent without an event time.
 *
 * <p>Not thread-safe: its buffers are reused. The returned array is the caller's.
 */
public final class JsonGradientEncoder {

    private final JsonFactory factory = JsonFactories.forWriting();
    private final OutputBuffer out = new OutputBuffer();

    /**
     * Encodes a gradient.
     *
     * @param gradient what to write
     * @param model the model it is of
     * @return UTF-8
     */
    public byte[] encode(Gradient gradient, ModelSpec model) {
        out.reset();
        try (JsonGenerator json = factory.createGenerator(out)) {
            json.writeStartObject();
            json.writeStringField("id", gradient.id());
            json.writeStringField("model", gradient.model());
            if (gradient.timestampMillis() != RawRecord.NO_TIMESTAMP) {
                json.writeNumberField("timestamp", gradient.timestampMillis());
            }
            json.writeNumberField("classes", model.numClasses());
            json.writeNumberField("class", gradient.label());
            if (!model.classNames().isEmpty()) {
                json.writeStringField("label", model.nameOf(gradient.label()));
            }
            json.writeNumberField("temperature", model.temperature());
            JsonPredictionEncoder.writeVersion(
                    json, "temperatureVersion", model.temperatureVersion());
            JsonPredictionEncoder.writeVersion(json, "modelVersion", model.version());
            json.writeNumberField("weight", gradient.weight());
            json.writeNumberField("loss", gradient.lossNats());
            if (gradient.classes() == null) {
                writeAll(json, gradient.values());
            } else {
                writeSome(json, gradient.classes(), gradient.values());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
        return out.toByteArray();
    }

    private static void writeAll(JsonGenerator json, float[] values) throws IOException {
        json.writeArrayFieldStart("gradient");
        for (float value : values) {
            json.writeNumber(value);
        }
        json.writeEndArray();
    }

    private static void writeSome(JsonGenerator json, int[] classes, float[] values)
            throws IOException {
        json.writeArrayFieldStart("gradients");
        for (int i = 0; i < classes.length; i++) {
            json.writeStartObject();
            json.writeNumberField("class", classes[i]);
            json.writeNumberField("gradient", values[i]);
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
