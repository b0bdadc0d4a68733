package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.logitstream.local.SharedLocal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The job, classify and evaluate say the same of rows with another distribution than softmax. */
@Timeout(120)
class NormalizersIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    private static final int ROWS = 500;

    private static final Path OCR_JOB = Path.of("src/test/resources/recorded/ocr-6625.yaml");
    private static final Path OCR = Path.of("src/test/resources/recorded/ocr-6625.jsonl.gz");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path savepoints;

    private List<String> run(ImageJob job, List<String> rows) throws Exception {
        job.send(job.scores(rows));
        JobID id = LOCAL.flink().submit(job.graph(2));
        LOCAL.flink().awaitRunning(id, Duration.ofSeconds(60));
        job.awaitPredictionsWritten(rows.size());
        LOCAL.flink().stopWithSavepoint(id, savepoints, true);
        List<String> predictions =
                job.predictions().stream()
                        .map(prediction -> new String(prediction.value(), UTF_8))
                        .toList();
        assertThat(predictions)
                .hasSize(rows.size())
                .containsExactlyInAnyOrderElementsOf(job.classify(rows, 0));
        job.assertLossesEqualEvaluate(rows, 0);
        return predictions;
    }

    @ParameterizedTest
    @ValueSource(strings = {"sparsemax", "entmax15"})
    void saysTheSameOfSparseRows(String normalizer) throws Exception {
        ImageJob job =
                new ImageJob(
                        LOCAL.kafka(),
                        "normalizer-" + normalizer,
                        "models[0].normalizer=" + normalizer,
                        "predictions.emit=full",
                        "delivery=at-least-once");

        assertThat(run(job, Recorded.timedFashion(ROWS)))
                .allMatch(prediction -> prediction.contains("\"support\":"))
                .anyMatch(prediction -> prediction.contains("\"support\":1,"));
        assertThat(job.losses().windows())
                .allMatch(window -> window.contains("\"support\":"))
                .noneMatch(window -> window.contains("perplexity"));
    }

    /** The first nine recorded scores of a row stand for those of the inner nodes. */
    @Test
    void saysTheSameOfRowsOfATree() throws Exception {
        List<String> rows =
                Recorded.timedFashion(ROWS).stream()
                        .map(row -> row.replaceFirst(",[^,\\[\\]]*\\]", "]"))
                        .toList();
        ImageJob job =
                new ImageJob(
                        LOCAL.kafka(),
                        "normalizer-hierarchical",
                        "models[0].normalizer=hierarchical",
                        "models[0].tree.counts=fashion-10.shares.txt",
                        "predictions.emit=full",
                        "delivery=at-least-once");

        assertThat(run(job, rows)).allMatch(prediction -> prediction.contains("\"visited\":"));
        assertThat(job.losses().windows())
                .allMatch(window -> window.contains("perplexity"))
                .noneMatch(window -> window.contains("brier"));
    }

    /** Where the head and the tails of the recorded scores end. */
    private static final int[] BOUNDS = {1_000, 3_000, 6_625};

    /** Which tails a row has, by its number; null is all of them, without saying so. */
    private static final List<Optional<List<Integer>>> TAILS =
            List.of(
                    Optional.empty(),
                    Optional.of(List.of(0)),
                    Optional.of(List.of()),
                    Optional.of(List.of(0, 1)),
                    Optional.of(List.of(1)));

    /** Cuts a row so that its distribution stays: the head's score of a tail is its log-sum-exp. */
    private static String inParts(JsonNode row, int number) {
        JsonNode scores = row.path("scores");
        ObjectNode parts = row.deepCopy();
        parts.put("timestamp", Recorded.START_MILLIS + number * 1_000L);
        ArrayNode sent = parts.putArray("scores");
        for (int c = 0; c < BOUNDS[0]; c++) {
            sent.add(scores.get(c));
        }
        for (int tail = 0; tail < 2; tail++) {
            double sum = 0;
            for (int c = BOUNDS[tail]; c < BOUNDS[tail + 1]; c++) {
                sum += Math.exp(scores.get(c).doubleValue());
            }
            sent.add((float) Math.log(sum));
        }
        Optional<List<Integer>> given = TAILS.get(number % TAILS.size());
        for (int tail : given.orElse(List.of(0, 1))) {
            for (int c = BOUNDS[tail]; c < BOUNDS[tail + 1]; c++) {
                sent.add(scores.get(c));
            }
        }
        given.ifPresent(tails -> tails.forEach(parts.putArray("tails")::add));
        return parts.toString();
    }

    @Test
    void saysTheSameOfRowsWithAndWithoutTheirTails() throws Exception {
        List<String> rows = new ArrayList<>();
        for (String line : Recorded.lines(OCR, Integer.MAX_VALUE)) {
            rows.add(inParts(JSON.readTree(line), rows.size()));
        }
        ImageJob job =
                new ImageJob(
                        LOCAL.kafka(),
                        OCR_JOB,
                        "normalizer-adaptive",
                        "models[0].scores-are=logits",
                        "models[0].normalizer=adaptive",
                        "models[0].cutoffs=1000, 3000",
                        "predictions.emit=full",
                        "delivery=at-least-once");

        assertThat(run(job, rows))
                .anyMatch(prediction -> prediction.contains("\"probabilities\":"))
                .anyMatch(prediction -> prediction.contains("\"missing\":{\"tails\":"))
                .anyMatch(NormalizersIT::isExactWithoutAllTails);
        assertThat(job.losses().windows())
                .anyMatch(window -> window.contains("\"bounded\":{\"count\":"))
                .anyMatch(window -> window.contains("\"inexact\":{\"count\":"));
    }

    private static boolean isExactWithoutAllTails(String prediction) {
        return !prediction.contains("\"probabilities\":") && !prediction.contains("\"exact\":");
    }

    /**
     * Each row's recorded label becomes a set: with another class, alone, empty, or none at all.
     */
    @Test
    void saysTheSameOfRowsWithSetsOfLabels() throws Exception {
        List<String> rows = new ArrayList<>();
        List<String> recorded = Recorded.timedFashion(ROWS);
        for (int i = 0; i < ROWS; i++) {
            String label =
                    switch (i % 5) {
                        case 0 -> "[\"$1\"," + anotherThan(recorded.get(i)) + "]";
                        case 1 -> "[\"$1\"]";
                        case 2 -> "\"$1\"";
                        case 3 -> "[]";
                        default -> "null";
                    };
            rows.add(recorded.get(i).replaceFirst("\"label\":\"([^\"]*)\"", "\"label\":" + label));
        }
        ImageJob job =
                new ImageJob(
                        LOCAL.kafka(),
                        "normalizer-sigmoid",
                        "models[0].normalizer=sigmoid",
                        "predictions.emit=full",
                        "delivery=at-least-once");

        assertThat(run(job, rows))
                .allMatch(prediction -> prediction.contains("\"normalizer\":\"sigmoid\""))
                .noneMatch(prediction -> prediction.contains("logSumExp"));
        assertThat(job.deadLetters()).isEmpty();
        assertThat(job.losses().windows())
                .anyMatch(window -> window.contains("\"brier\":"))
                .noneMatch(window -> window.contains("perplexity"))
                .noneMatch(window -> window.contains("confusions"));
        assertThat(job.losses().windows().stream().mapToInt(NormalizersIT::labelled).sum())
                .as("all but every fifth row")
                .isEqualTo(ROWS * 4 / 5);
    }

    private static int anotherThan(String row) throws IOException {
        List<String> names = Files.readAllLines(Path.of("jobs/recorded/fashion-10.classes.txt"));
        return (names.indexOf(JSON.readTree(row).path("label").asText()) + 1) % names.size();
    }

    /** Returns the labelled rows of a window over all segments, 0 of another. */
    private static int labelled(String window) {
        Matcher found =
                Pattern.compile("\"segment\":\"\\*\".*\"labelled\":(\\d+),").matcher(window);
        return found.find() ? Integer.parseInt(found.group(1)) : 0;
    }
}
