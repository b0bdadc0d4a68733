package io.logitstream.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.logitstream.kernel.CalibrationBins;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossState;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Writes a loss aggregate as JSON. Figures that nothing defines (no labels, no weight, a perplexity
 * beyond float64) are absent; numbers are the shortest decimals that read back to the same float64.
 * Equal aggregates give equal bytes. Not thread-safe.
 */
public final class JsonLossAggregateEncoder {

    private final JsonFactory factory = JsonFactories.forWriting();

    /** Returns the JSON object of an aggregate, in UTF-8. */
    public byte[] encode(LossAggregate aggregate) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(2048)) {
            try (JsonGenerator json = factory.createGenerator(bytes)) {
                json.writeStartObject();
                writeKey(json, aggregate);
                writeFigures(json, aggregate.state());
                json.writeEndObject();
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory failed", e);
        }
    }

    private static void writeKey(JsonGenerator json, LossAggregate aggregate) throws IOException {
        json.writeStringField("model", aggregate.model());
        if (aggregate.segment() != null) {
            json.writeStringField("segment", aggregate.segment());
        }
        LossAggregate.Window window = aggregate.window();
        if (window != null) {
            json.writeObjectFieldStart("window");
            json.writeNumberField("start", window.startMillis());
            json.writeNumberField("end", window.endMillis());
            json.writeEndObject();
        }
        json.writeNumberField("revision", aggregate.revision());
    }

    private static void writeFigures(JsonGenerator json, LossState state) throws IOException {
        json.writeNumberField("records", state.records());
        json.writeNumberField("labelled", state.labelled());
        writeNumber(json, "weight", state.weight());
        if (state.labelled() > 0) {
            writeLoss(json, state);
            writeNumber(json, "perplexity", state.perplexity());
            json.writeObjectFieldStart("accuracy");
            writeNumber(json, "top1", state.top1Accuracy());
            writeNumber(json, "top5", state.top5Accuracy());
            json.writeEndObject();
            writeNumber(json, "brier", state.brier());
            writeCalibration(json, state.calibration());
        }
        writeNumber(json, "confidence", state.meanConfidence());
        writeNumber(json, "entropy", state.meanEntropy());
    }

    private static void writeLoss(JsonGenerator json, LossState state) throws IOException {
        json.writeObjectFieldStart("loss");
        writeNumber(json, "mean", state.lossMean());
        writeNumber(json, "sum", state.lossSum());
        writeNumber(json, "p50", state.lossQuantile(0.5));
        writeNumber(json, "p90", state.lossQuantile(0.9));
        writeNumber(json, "p99", state.lossQuantile(0.99));
        json.writeNumberField("infinite", state.infiniteLosses());
        json.writeEndObject();
    }

    private static void writeCalibration(JsonGenerator json, CalibrationBins bins)
            throws IOException {
        json.writeObjectFieldStart("calibration");
        writeNumber(json, "ece", bins.expectedError());
        writeNumber(json, "mce", bins.maximumError());
        json.writeArrayFieldStart("bins");
        for (int bin = 0; bin < CalibrationBins.BINS; bin++) {
            json.writeStartObject();
            writeNumber(json, "from", bin / (double) CalibrationBins.BINS);
            writeNumber(json, "to", (bin + 1) / (double) CalibrationBins.BINS);
            json.writeNumberField("count", bins.count(bin));
            writeNumber(json, "confidence", bins.confidence(bin));
            writeNumber(json, "accuracy", bins.accuracy(bin));
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeNumber(JsonGenerator json, String name, double value)
            throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumberField(name, value);
        }
    }
}
