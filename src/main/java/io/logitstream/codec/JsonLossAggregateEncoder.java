package io.logitstream.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.logitstream.kernel.CalibrationBins;
import io.logitstream.record.Comparison;
import io.logitstream.record.Drift;
import io.logitstream.record.LabelLedger;
import io.logitstream.record.LossAggregate;
import io.logitstream.record.LossState;
import io.logitstream.record.LossTerm.Kind;
import io.logitstream.record.ModelCard;
import io.logitstream.record.RowComparison.Contender;
import io.logitstream.record.Saturation;
import io.logitstream.record.TemperatureFit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;

/**
 * Writes a loss aggregate as JSON. Figures that nothing defines (no labels, no weight, a perplexity
 * beyond float64) are absent; numbers are the shortest decimals that read back to the same float64.
 * Equal aggregates give equal bytes. Not thread-safe.
 */
public final class JsonLossAggregateEncoder {

    private final JsonFactory factory = JsonFactories.forWriting();

    /**
     * Returns the JSON object of an aggregate, in UTF-8.
     *
     * @param model the aggregate's model
     */
    public byte[] encode(LossAggregate aggregate, ModelCard model) {
        try (ByteArrayBuilder bytes = new ByteArrayBuilder(2048)) {
            try (JsonGenerator json = factory.createGenerator(bytes)) {
                json.writeStartObject();
                writeKey(json, aggregate);
                writeFigures(json, aggregate.state(), model);
                writeDrift(json, aggregate.drift());
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

    private static void writeFigures(JsonGenerator json, LossState state, ModelCard model)
            throws IOException {
        json.writeNumberField("records", state.records());
        json.writeNumberField("deadLetters", state.refused());
        writeNumber(json, "deadLetterShare", state.refusedShare());
        json.writeNumberField("labelled", state.labelled());
        writeNumber(json, "weight", state.weight());
        if (state.labelled() > 0) {
            writeLoss(json, state);
            if (model.normalizer().hasPerplexity()) {
                writeNumber(json, "perplexity", state.perplexity());
            }
            json.writeObjectFieldStart("accuracy");
            writeNumber(json, "top1", state.top1Accuracy());
            writeNumber(json, "top5", state.top5Accuracy());
            json.writeEndObject();
            writeNumber(json, "brier", state.brier());
            writeCalibration(json, state);
        }
        ClassFigures.write(json, state, model);
        writeNumber(json, "confidence", state.meanConfidence());
        writeNumber(json, "entropy", state.meanEntropy());
        if (state.inexact() > 0) {
            json.writeObjectFieldStart("inexact");
            json.writeNumberField("count", state.inexact());
            writeNumber(json, "confidenceWidth", state.confidenceWidth());
            json.writeEndObject();
        }
        if (model.normalizer().isSparse()) {
            writeNumber(json, "support", state.meanSupport());
        }
        writeEstimates(json, state, model);
        if (state.saturation().rows() > 0 || state.saturation().gradients() > 0) {
            writeGradient(json, state.saturation(), model.vanishedBelow());
        }
        if (state.comparison().rows() > 0) {
            writeComparison(json, state.comparison());
        }
        if (!state.ledger().isEmpty()) {
            writeLedger(json, state.ledger(), state.coverage());
        }
    }

    /**
     * What the loss would be if the probabilities were true: the mean entropy for the plain
     * cross-entropy, which other losses do not have.
     */
    private static void writeEstimates(JsonGenerator json, LossState state, ModelCard model)
            throws IOException {
        if (state.records() == 0) {
            return;
        }
        boolean plain = model.isCrossEntropy();
        json.writeObjectFieldStart("estimated");
        json.writeStringField("assumes", "calibrated probabilities");
        writeNumber(json, "accuracy", state.meanConfidence());
        if (plain) {
            writeNumber(json, "loss", state.estimatedLoss());
        }
        writeNumber(json, "coverage", state.coverage());
        if (state.labelled() > 0) {
            json.writeObjectFieldStart("gap");
            writeNumber(json, "accuracy", state.meanConfidence() - state.top1Accuracy());
            if (plain) {
                writeNumber(json, "loss", state.lossGap());
            }
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void writeGradient(
            JsonGenerator json, Saturation saturation, double vanishedBelow) throws IOException {
        json.writeObjectFieldStart("gradient");
        json.writeNumberField("count", saturation.gradients());
        if (saturation.gradients() > 0) {
            json.writeObjectFieldStart("norm");
            writeNumber(json, "p50", saturation.normQuantile(0.5));
            writeNumber(json, "p90", saturation.normQuantile(0.9));
            writeNumber(json, "p99", saturation.normQuantile(0.99));
            json.writeEndObject();
            json.writeObjectFieldStart("vanished");
            writeNumber(json, "below", vanishedBelow);
            writeNumber(json, "wrong", saturation.vanishedAmongWrong(vanishedBelow));
            writeNumber(json, "right", saturation.vanishedAmongRight(vanishedBelow));
            json.writeEndObject();
            writeNumber(json, "labelUnderflow", saturation.labelUnderflow());
        }
        writeNumber(json, "certain", saturation.certainShare());
        writeNumber(json, "spread", saturation.meanSpread());
        writeNumber(json, "effectiveClasses", saturation.meanEffectiveClasses());
        writeNumber(json, "topMass", saturation.meanTopMass());
        json.writeEndObject();
    }

    private static void writeComparison(JsonGenerator json, Comparison comparison)
            throws IOException {
        json.writeObjectFieldStart("comparison");
        json.writeNumberField("count", comparison.rows());
        for (Contender contender : Contender.values()) {
            json.writeObjectFieldStart(contender.code());
            writeNumber(json, "loss", comparison.lossMean(contender));
            if (contender == Contender.SAMPLED) {
                writeNumber(json, "standardError", comparison.sampledStandardError());
            }
            writeNumber(json, "agreement", comparison.agreement(contender));
            writeNumber(json, "support", comparison.meanSupport(contender));
            writeNumber(json, "bytes", comparison.meanBytes(contender));
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void writeLedger(JsonGenerator json, LabelLedger ledger, double coverage)
            throws IOException {
        json.writeObjectFieldStart("labels");
        json.writeNumberField("awaited", ledger.awaited());
        for (Kind kind : EnumSet.range(Kind.MATCHED, Kind.TOO_LATE)) {
            json.writeNumberField(JsonLedgerEncoder.bucket(kind), ledger.count(kind));
        }
        json.writeNumberField("waiting", ledger.waiting());
        writeNumber(json, "coverage", coverage);
        if (ledger.joined() > 0) {
            json.writeObjectFieldStart("delayMillis");
            writeNumber(json, "p50", ledger.delayQuantileMillis(0.5));
            writeNumber(json, "p90", ledger.delayQuantileMillis(0.9));
            writeNumber(json, "p99", ledger.delayQuantileMillis(0.99));
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void writeDrift(JsonGenerator json, @Nullable Drift drift) throws IOException {
        if (drift != null) {
            json.writeObjectFieldStart("drift");
            writeNumber(json, "psi", drift.psi());
            writeNumber(json, "jensenShannon", drift.jensenShannon());
            json.writeEndObject();
        }
    }

    private static void writeLoss(JsonGenerator json, LossState state) throws IOException {
        json.writeObjectFieldStart("loss");
        writeNumber(json, "mean", state.lossMean());
        if (Double.isFinite(state.lossMean())) {
            writeNumber(json, "sum", state.lossSum());
        }
        writeNumber(json, "p50", state.lossQuantile(0.5));
        writeNumber(json, "p90", state.lossQuantile(0.9));
        writeNumber(json, "p99", state.lossQuantile(0.99));
        json.writeNumberField("infinite", state.infiniteLosses());
        if (state.boundedLosses() > 0) {
            json.writeObjectFieldStart("bounded");
            json.writeNumberField("count", state.boundedLosses());
            writeNumber(json, "meanFrom", state.lossMeanFrom());
            writeNumber(json, "meanTo", state.lossMeanTo());
            json.writeEndObject();
        }
        if (state.estimatedLosses() > 0) {
            json.writeObjectFieldStart("sampled");
            json.writeNumberField("count", state.estimatedLosses());
            writeNumber(json, "standardError", state.lossStandardError());
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static void writeCalibration(JsonGenerator json, LossState state) throws IOException {
        CalibrationBins bins = state.calibration();
        json.writeObjectFieldStart("calibration");
        writeNumber(json, "ece", bins.expectedError());
        writeNumber(json, "mce", bins.maximumError());
        writeNumber(json, "adaptiveEce", bins.adaptiveError());
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
        TemperatureFit.Fitted best = state.fit().best();
        if (best != null) {
            writeFitted(json, best, state.fit());
        }
        json.writeEndObject();
    }

    static void writeFitted(JsonGenerator json, TemperatureFit.Fitted best, TemperatureFit fit)
            throws IOException {
        json.writeObjectFieldStart("fitted");
        writeNumber(json, "temperature", best.temperature());
        writeNumber(json, "loss", best.loss());
        writeNumber(json, "ece", best.calibrationError());
        json.writeNumberField("samples", fit.samples());
        if (!best.isInside()) {
            json.writeBooleanField("isLimit", true);
        }
        json.writeObjectFieldStart("before");
        writeNumber(json, "loss", fit.lossBefore());
        writeNumber(json, "ece", fit.calibrationErrorBefore());
        json.writeEndObject();
        json.writeEndObject();
    }

    static void writeNumber(JsonGenerator json, String name, double value) throws IOException {
        if (Double.isFinite(value)) {
            json.writeNumberField(name, value);
        }
    }
}
