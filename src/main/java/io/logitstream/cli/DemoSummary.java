package io.logitstream.cli;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.logitstream.record.LossState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a demo came to.
 *
 * @param recordsIn how many records were sent
 * @param predictions how many predictions came back
 * @param deadLetters how many dead letters
 * @param loss the merged loss of all windows
 * @param recordsPerSecond predictions per second, from the first record sent to the last prediction
 *     read
 */
record DemoSummary(
        long recordsIn,
        long predictions,
        long deadLetters,
        LossState loss,
        double recordsPerSecond) {

    private static final JsonFactory JSON =
            JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();

    /** Returns the text shown at the end. */
    String text() {
        return """

                summary
                  records in   %12d
                  predictions  %12d
                  dead letters %12d
                  accuracy     %12s   top-5 %s
                  mean loss    %12s   nats
                  ECE15        %12s
                  labels       %12d   coverage %s
                  records/s    %12s
                """
                .formatted(
                        recordsIn,
                        predictions,
                        deadLetters,
                        LossText.number("%.6f", loss.top1Accuracy()),
                        LossText.number("%.6f", loss.top5Accuracy()),
                        LossText.number("%.9f", loss.lossMean()),
                        LossText.number("%.9f", loss.calibration().expectedError()),
                        loss.labelled(),
                        LossText.number("%.4f", loss.coverage()),
                        LossText.number("%.0f", recordsPerSecond));
    }

    /** Writes the summary as a JSON object; figures that nothing defines are absent. */
    void writeTo(Path file) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(file.toFile(), JsonEncoding.UTF8)) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeNumberField("recordsIn", recordsIn);
            json.writeNumberField("predictions", predictions);
            json.writeNumberField("deadLetters", deadLetters);
            for (Map.Entry<String, Double> figure : figures().entrySet()) {
                if (Double.isFinite(figure.getValue())) {
                    json.writeNumberField(figure.getKey(), figure.getValue());
                }
            }
            json.writeEndObject();
        }
    }

    private Map<String, Double> figures() {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put("accuracy", loss.top1Accuracy());
        figures.put("top5", loss.top5Accuracy());
        figures.put("meanLoss", loss.lossMean());
        figures.put("ece15", loss.calibration().expectedError());
        figures.put("coverage", loss.coverage());
        figures.put("recordsPerSecond", recordsPerSecond);
        return figures;
    }
}
