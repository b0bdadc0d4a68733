package io.logitstream.codec;

import io.logitstream.record.Gradient;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.RawRecord;

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

    private final RowJson json = new RowJson();

    /**
     * Encodes a gradient.
     *
     * @param gradient what to write
     * @param model the model it is of
     * @return UTF-8
     */
    public byte[] encode(Gradient gradient, ModelSpec model) {
        json.start();
        json.field("id", gradient.id());
        json.field("model", gradient.model());
        if (gradient.timestampMillis() != RawRecord.NO_TIMESTAMP) {
            json.field("timestamp", gradient.timestampMillis());
        }
        json.field("classes", model.numClasses());
        json.field("class", gradient.label());
        if (!model.classNames().isEmpty()) {
            json.field("label", model.nameOf(gradient.label()));
        }
        json.figure("temperature", model.temperature());
        json.version("temperatureVersion", model.temperatureVersion());
        json.version("modelVersion", model.version());
        json.figure("weight", gradient.weight());
        json.figure("loss", gradient.lossNats());
        if (gradient.classes() == null) {
            writeAll(gradient.values());
        } else {
            writeSome(gradient.classes(), gradient.values());
        }
        return json.end();
    }

    private void writeAll(float[] values) {
        json.startArray("gradient");
        for (float value : values) {
            json.element(value);
        }
        json.endArray();
    }

    private void writeSome(int[] classes, float[] values) {
        json.startArray("gradients");
        for (int i = 0; i < classes.length; i++) {
            json.startObject();
            json.field("class", classes[i]);
            json.figure("gradient", values[i]);
            json.endObject();
        }
        json.endArray();
    }
}
