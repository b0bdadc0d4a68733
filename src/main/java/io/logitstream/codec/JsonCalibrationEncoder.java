package io.logitstream.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.logitstream.record.AppliedTemperature;
import io.logitstream.record.Calibration;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes a calibration as JSON. Equal calibrations give equal bytes. Not thread-safe. */
public final class JsonCalibrationEncoder {

    private final JsonFactory factory = JsonFactories.forWriting();

    /** Returns the JSON object of a calibration, in UTF-8. */
    public byte[] encode(Calibration calibration) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(512)) {
            try (JsonGenerator json = factory.createGenerator(bytes)) {
                json.writeStartObject();
                json.writeStringField("model", calibration.model());
                if (calibration.modelVersion() > 0) {
                    json.writeNumberField("modelVersion", calibration.modelVersion());
                }
                json.writeObjectFieldStart("window");
                json.writeNumberField("start", calibration.window().startMillis());
                json.writeNumberField("end", calibration.window().endMillis());
                json.writeEndObject();
                json.writeNumberField("revision", calibration.revision());
                JsonLossAggregateEncoder.writeFitted(json, calibration.best(), calibration.fit());
                AppliedTemperature applied = calibration.applied();
                if (applied != null) {
                    json.writeObjectFieldStart("applied");
                    json.writeNumberField("temperature", applied.temperature());
                    json.writeNumberField("version", applied.version());
                    json.writeNumberField("specified", applied.specified());
                    json.writeEndObject();
                }
                json.writeEndObject();
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }
}
