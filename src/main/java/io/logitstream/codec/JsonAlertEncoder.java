package io.logitstream.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.logitstream.record.Alert;
import io.logitstream.record.AlertRule;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Writes an alert as one JSON object:
 *
 * <pre>
 * {"alert","state":"raised" or "ended","model","segment","figure","value","above" or "below",
 *  "leave","windows","window":{"start","end"},"revision"}
 * </pre>
 *
 * <p>Not thread-safe.
 */
public final class JsonAlertEncoder {

    private final JsonFactory factory = JsonFactories.forWriting();

    /** Returns the JSON object of an alert, in UTF-8. */
    public byte[] encode(Alert alert) {
        AlertRule rule = alert.rule();
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(256)) {
            try (JsonGenerator json = factory.createGenerator(bytes)) {
                json.writeStartObject();
                json.writeStringField("alert", rule.name());
                json.writeStringField("state", alert.isRaised() ? "raised" : "ended");
                json.writeStringField("model", alert.model());
                if (alert.segment() != null) {
                    json.writeStringField("segment", alert.segment());
                }
                json.writeStringField("figure", rule.figure().path());
                json.writeNumberField("value", alert.value());
                json.writeNumberField(rule.isAbove() ? "above" : "below", rule.enter());
                json.writeNumberField("leave", rule.leave());
                json.writeNumberField("windows", rule.windows());
                json.writeObjectFieldStart("window");
                json.writeNumberField("start", alert.window().startMillis());
                json.writeNumberField("end", alert.window().endMillis());
                json.writeEndObject();
                json.writeNumberField("revision", alert.revision());
                json.writeEndObject();
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }
}
