package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.local.SharedLocal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Rows of which not all scores were sent: the job, classify and evaluate say the same of them. */
@Timeout(120)
class SelectedRowsIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROWS = 600;

    @TempDir Path savepoints;

    /**
     * A whole row, one with its 10 best scores, one with their log-sum-exp too, and one sampled.
     */
    private static List<String> mixed(List<String> whole, List<String> classNames) {
        Random random = new Random(5);
        List<String> rows = new ArrayList<>();
        for (int i = 0; i < whole.size(); i++) {
            String row = whole.get(i);
            rows.add(
                    switch (i % 4) {
                        case 0 -> row;
                        case 1 -> SelectedRows.truncated(row, 10);
                        case 2 -> SelectedRows.truncatedWithLogSumExp(row, 10);
                        default -> SelectedRows.sampled(row, classNames, 50, random);
                    });
        }
        return rows;
    }

    private List<String> run(ImageJob job, List<String> rows) throws Exception {
        job.send(job.scores(rows));
        JobID id = LOCAL.flink().submit(job.graph(2));
        LOCAL.flink().awaitRunning(id, Duration.ofSeconds(60));
        job.awaitPredictionsWritten(rows.size() - 1);
        LOCAL.flink().stopWithSavepoint(id, savepoints, true);
        return job.predictions().stream()
                .map(prediction -> new String(prediction.value(), UTF_8))
                .toList();
    }

    private static JsonNode total(ImageJob job) throws Exception {
        for (String line : job.losses().mergedOverWindows()) {
            JsonNode aggregate = JSON.readTree(line);
            if (aggregate.path("segment").asText().equals("*")) {
                return aggregate;
            }
        }
        throw new AssertionError("no line over all segments");
    }

    @Test
    void saysTheSameInTheJobAndAtTheCommandLineAndBoundsTheTruth() throws Exception {
        List<String> whole = Recorded.timed(Recorded.LANGDETECT, ROWS);
        ImageJob some = new ImageJob(LOCAL.kafka(), Recorded.TEXT_JOB, "selected-some");
        List<String> rows = mixed(whole, some.file().models().get(0).classNames());
        rows.set(5, rows.get(5).replaceFirst("\"classes\":\\[", "\"classes\":[103,"));
        List<String> predictions = run(some, rows);
        assertThat(predictions)
                .hasSize(ROWS - 1)
                .containsExactlyInAnyOrderElementsOf(some.classify(rows, 3));
        some.assertLossesEqualEvaluate(rows, 3);
        assertThat(some.deadLetters())
                .singleElement()
                .satisfies(
                        letter ->
                                assertThat(new String(letter.value(), UTF_8))
                                        .contains("classes has 11 elements, but there are 10"));

        ImageJob all =
                new ImageJob(
                        LOCAL.kafka(),
                        Recorded.TEXT_JOB,
                        "selected-all",
                        "models[0].compare.share=0.5",
                        "models[0].compare.temperature=0.3",
                        "calibration.mode=shadow",
                        "calibration.share=0.5");
        List<String> complete = new ArrayList<>(whole);
        complete.remove(5);
        run(all, complete);
        all.assertLossesEqualEvaluate(complete, 0);
        assertComparison(total(all).path("comparison"));
        assertThat(total(all).path("calibration").path("fitted").path("temperature").asDouble())
                .isBetween(0.2, 0.5);
        double exact = total(all).path("loss").path("mean").asDouble();
        JsonNode aggregate = total(some);
        JsonNode loss = aggregate.path("loss");
        assertThat(loss.path("bounded").path("count").asInt()).isGreaterThan(ROWS / 4 - 2);
        assertThat(loss.path("bounded").path("meanFrom").asDouble()).isLessThan(exact);
        assertThat(loss.path("sampled").path("count").asInt()).isEqualTo(ROWS / 4);
        assertThat(loss.path("sampled").path("standardError").asDouble()).isBetween(0.001, 0.05);
        assertThat(aggregate.path("inexact").path("confidenceWidth").asDouble())
                .isBetween(0.01, 0.5);
        assertThat(predictions)
                .filteredOn(prediction -> prediction.contains("\"exact\":false"))
                .hasSize(ROWS / 2 - 1);
    }

    private static void assertComparison(JsonNode comparison) {
        assertThat(comparison.path("count").asInt()).isBetween(ROWS / 2 - 80, ROWS / 2 + 80);
        JsonNode softmax = comparison.path("softmax");
        JsonNode sampled = comparison.path("sampled");
        double error = sampled.path("standardError").asDouble();
        assertThat(sampled.path("loss").asDouble())
                .isCloseTo(softmax.path("loss").asDouble(), within(3 * error));
        assertThat(softmax.path("bytes").asDouble()).isEqualTo(4 * 103);
        assertThat(comparison.path("tempered").path("loss").asDouble())
                .as("the model is underconfident")
                .isLessThan(softmax.path("loss").asDouble());
        assertThat(comparison.path("sparsemax").path("support").asDouble())
                .isLessThan(comparison.path("entmax15").path("support").asDouble());
    }

    @Test
    void theSampledLossIsThatOfAllClassesWithinItsError() throws Exception {
        List<String> whole = Recorded.timed(Recorded.LANGDETECT, ROWS);
        ImageJob job = new ImageJob(LOCAL.kafka(), Recorded.TEXT_JOB, "selected-sampled");
        Random random = new Random(8);
        List<String> names = job.file().models().get(0).classNames();
        List<String> rows =
                whole.stream().map(row -> SelectedRows.sampled(row, names, 60, random)).toList();
        assertThat(run(job, rows)).hasSize(ROWS);
        job.assertLossesEqualEvaluate(rows, 0);
        ImageJob all = new ImageJob(LOCAL.kafka(), Recorded.TEXT_JOB, "selected-whole");
        run(all, whole);
        JsonNode loss = total(job).path("loss");
        double error = loss.path("sampled").path("standardError").asDouble();
        assertThat(loss.path("mean").asDouble())
                .isCloseTo(total(all).path("loss").path("mean").asDouble(), within(3 * error));
    }
}
