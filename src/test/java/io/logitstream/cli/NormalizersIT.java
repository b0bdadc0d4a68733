package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.local.SharedLocal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    @TempDir Path savepoints;

    private List<String> run(ImageJob job, List<String> rows) throws Exception {
        job.send(job.scores(rows));
        JobID id = LOCAL.flink().submit(job.graph(2));
        LOCAL.flink().awaitRunning(id, Duration.ofSeconds(60));
        job.awaitPredictionsWritten(ROWS);
        LOCAL.flink().stopWithSavepoint(id, savepoints, true);
        List<String> predictions =
                job.predictions().stream()
                        .map(prediction -> new String(prediction.value(), UTF_8))
                        .toList();
        assertThat(predictions)
                .hasSize(ROWS)
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
                        case 0 -> "[\"$1\"," + i / 5 % 10 + ",\"$1\"]";
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

    /** Returns the labelled rows of a window over all segments, 0 of another. */
    private static int labelled(String window) {
        Matcher found =
                Pattern.compile("\"segment\":\"\\*\".*\"labelled\":(\\d+),").matcher(window);
        return found.find() ? Integer.parseInt(found.group(1)) : 0;
    }
}
