package io.logitstream.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.kernel.RowKernel;
import io.logitstream.kernel.RowKernels;
import io.logitstream.kernel.RowLoss;
import io.logitstream.kernel.RowState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/**
 * Kernel and loss state on the recorded scores of three real models. The expected figures come with
 * the recordings ({@code jobs/recorded/README.md}, here with all their digits): they were computed
 * from the float32 scores in float64 by other means.
 */
class RecordedScoresTest {

    private static final Path RECORDED = Path.of("jobs", "recorded");
    private static final Path FOR_TESTS = Path.of("src", "test", "resources", "recorded");

    /** Six decimals. */
    private static final double TOLERANCE = 5e-7;

    private final RowKernel kernel = RowKernels.create();

    private record Expected(
            double top1,
            double top5,
            double loss,
            double brier,
            double calibrationError,
            double confidence,
            double entropy) {}

    @Test
    void languagesAtTemperatureOne() throws IOException {
        LossState state = reduced("langdetect-103", 1);
        assertThat(state.records()).isEqualTo(2401);
        assertFigures(
                state,
                new Expected(
                        0.8583923365264473,
                        0.9379425239483549,
                        1.8998023550629186,
                        0.5796633273312298,
                        0.5298758717423894,
                        0.3285164647840578,
                        3.2821230440312608));
        assertBins(
                state,
                new long[] {574, 345, 200, 138, 153, 133, 126, 115, 82, 115, 106, 84, 68, 72, 90},
                new long[] {414, 298, 176, 117, 135, 115, 109, 104, 75, 107, 101, 82, 67, 72, 89});
    }

    @Test
    void languagesAtTheFittedTemperature() throws IOException {
        assertFigures(
                reduced("langdetect-103", 0.32518556582459185),
                new Expected(
                        0.8583923365264473,
                        0.9379425239483549,
                        1.1163629021199182,
                        0.28971912888988316,
                        0.1366221490283875,
                        0.755530326843127,
                        1.1163629021199182));
    }

    @Test
    void clothesAtTemperatureOne() throws IOException {
        LossState state = reduced("fashion-10", 1);
        assertThat(state.records()).isEqualTo(10_000);
        assertFigures(
                state,
                new Expected(
                        0.8853,
                        0.9978,
                        0.3284559447802303,
                        0.16542295102282065,
                        0.02211361701961949,
                        0.9067811333647345,
                        0.2404817014921175));
        assertBins(
                state,
                new long[] {0, 0, 0, 2, 15, 52, 117, 270, 357, 366, 359, 357, 504, 694, 6907},
                new long[] {0, 0, 0, 0, 7, 20, 45, 136, 179, 208, 235, 268, 391, 593, 6771});
    }

    @Test
    void clothesAtTheFittedTemperature() throws IOException {
        assertFigures(
                reduced("fashion-10", 1.284628460516848),
                new Expected(
                        0.8853,
                        0.9978,
                        0.3174214053212397,
                        0.16451088877139755,
                        0.008025251572941391,
                        0.8799694167542393,
                        0.31742140532123964));
    }

    @Test
    void charactersAtTemperatureOne() throws IOException {
        LossState state = reduced("ocr-6625", 1);
        assertThat(state.records()).isEqualTo(88);
        assertFigures(
                state,
                new Expected(
                        0.9318181818181818,
                        0.9886363636363636,
                        0.2442339059244776,
                        0.10085771428678529,
                        0.06029812321148201,
                        0.9334659735399559,
                        0.23026640095892892));
    }

    @Test
    void charactersAtTheFittedTemperature() throws IOException {
        assertFigures(
                reduced("ocr-6625", 1.0240328275814092),
                new Expected(
                        0.9318181818181818,
                        0.9886363636363636,
                        0.24406630571134322,
                        0.10079342670663163,
                        0.07091125520496404,
                        0.9309652680906096,
                        0.24406630571134322));
    }

    private static void assertFigures(LossState state, Expected expected) {
        assertThat(state.labelled()).isEqualTo(state.records());
        assertThat(state.infiniteLosses()).isZero();
        assertThat(state.top1Accuracy()).isCloseTo(expected.top1, within(1e-12));
        assertThat(state.top5Accuracy()).isCloseTo(expected.top5, within(1e-12));
        assertThat(state.lossMean()).isCloseTo(expected.loss, within(TOLERANCE));
        assertThat(state.perplexity())
                .isCloseTo(StrictMath.exp(expected.loss), within(10 * TOLERANCE));
        assertThat(state.brier()).isCloseTo(expected.brier, within(TOLERANCE));
        assertThat(state.calibration().expectedError())
                .isCloseTo(expected.calibrationError, within(TOLERANCE));
        assertThat(state.meanConfidence()).isCloseTo(expected.confidence, within(TOLERANCE));
        assertThat(state.meanEntropy()).isCloseTo(expected.entropy, within(TOLERANCE));
    }

    private static void assertBins(LossState state, long[] counts, long[] correct) {
        for (int bin = 0; bin < counts.length; bin++) {
            assertThat(state.calibration().count(bin)).as("bin %s", bin).isEqualTo(counts[bin]);
            double right = state.calibration().accuracy(bin) * counts[bin];
            assertThat(counts[bin] == 0 ? 0 : Math.rint(right))
                    .as("bin %s", bin)
                    .isEqualTo(correct[bin]);
        }
    }

    /** Reduces all rows of a recording, two halves apart, and merges what they gave. */
    private LossState reduced(String name, double temperature) throws IOException {
        Path directory = Files.exists(RECORDED.resolve(name + ".jsonl.gz")) ? RECORDED : FOR_TESTS;
        List<String> classes =
                Files.readAllLines(
                        directory.resolve(name + ".classes.txt"), StandardCharsets.UTF_8);
        LossState[] halves = {new LossState(), new LossState()};
        RowState row = new RowState(temperature, LabelFigures.RANKS);
        ObjectMapper mapper = new ObjectMapper();
        try (BufferedReader lines = open(directory.resolve(name + ".jsonl.gz"))) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode record = mapper.readTree(line);
                int label = classes.indexOf(record.get("label").textValue());
                halves[number++ % 2].add(term(scores(record), label, row));
            }
        }
        halves[0].mergeWith(halves[1]);
        return halves[0];
    }

    private static BufferedReader open(Path file) throws IOException {
        return new BufferedReader(
                new InputStreamReader(
                        new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8));
    }

    /** Reads each score from its text: the decimal is the shortest of its float32. */
    private static float[] scores(JsonNode record) {
        JsonNode array = record.get("scores");
        float[] scores = new float[array.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Float.parseFloat(array.get(i).asText());
        }
        return scores;
    }

    private LossTerm term(float[] scores, int label, RowState row) {
        row.clear();
        kernel.reduce(scores, 0, scores.length, 0, row);
        return TestLossTerms.row(
                1,
                row.confidence(),
                row.entropy(),
                LabelFigures.of(
                        label,
                        scores[label],
                        row.topK().rankOf(label),
                        row.summary(),
                        RowLoss.CROSS_ENTROPY,
                        1));
    }
}
