package io.logitstream.codec;

import static io.logitstream.codec.JsonName.CLASS;
import static io.logitstream.codec.JsonName.CLASSES;
import static io.logitstream.codec.JsonName.GRADIENT;
import static io.logitstream.codec.JsonName.GRADIENTS;
import static io.logitstream.codec.JsonName.ID;
import static io.logitstream.codec.JsonName.LABEL;
import static io.logitstream.codec.JsonName.LOSS;
import static io.logitstream.codec.JsonName.MODEL;
import static io.logitstream.codec.JsonName.MODEL_VERSION;
import static io.logitstream.codec.JsonName.TEMPERATURE;
import static io.logitstream.codec.JsonName.TEMPERATURE_VERSION;
import static io.logitstream.codec.JsonName.TIMESTAMP;
import static io.logitstream.codec.JsonName.WEIGHT;

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
        json.field(ID, gradient.id());
        json.field(MODEL, gradient.model());
        if (gradient.timestampMillis() != RawRecord.NO_TIMESTAMP) {
            json.field(TIMESTAMP, gradient.timestampMillis());
        }
        json.field(CLASSES, model.numClasses());
        json.field(CLASS, gradient.label());
        if (!model.classNames().isEmpty()) {
            json.field(LABEL, model.nameOf(gradient.label()));
        }
        json.figure(TEMPERATURE, model.temperature());
        json.version(TEMPERATURE_VERSION, model.temperatureVersion());
        json.version(MODEL_VERSION, model.version());
        json.figure(WEIGHT, gradient.weight());
        json.figure(LOSS, gradient.lossNats());
        if (gradient.classes() == null) {
            writeAll(gradient.values());
        } else {
            writeSome(gradient.classes(), gradient.values());
        }
        return json.end();
    }

    private void writeAll(float[] values) {
        json.startArray(GRADIENT);
        for (float value : values) {
            json.element(value);
        }
        json.endArray();
    }

    private void writeSome(int[] classes, float[] values) {
        json.startArray(GRADIENTS);
        for (int i = 0; i < classes.length; i++) {
            json.startObject();
            json.field(CLASS, classes[i]);
            json.figure(GRADIENT, values[i]);
            json.endObject();
        }
        json.endArray();
    }
}
