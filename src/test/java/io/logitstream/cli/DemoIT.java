package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The demo is the job: its figures are those of {@code evaluate}, to the last bit. */
@Timeout(180)
class DemoIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path directory;

    @Test
    void givesTheFiguresOfEvaluateForImages() throws Exception {
        assertDemoEqualsEvaluate(Recorded.IMAGE_JOB, Recorded.FASHION);
    }

    @Test
    void givesTheFiguresOfEvaluateForTexts() throws Exception {
        assertDemoEqualsEvaluate(Recorded.TEXT_JOB, Recorded.LANGDETECT);
    }

    @Test
    void givesTheFiguresOfEvaluateForLabelsThatComeLater() throws Exception {
        assertDemoEqualsEvaluate(Path.of("jobs/late-labels.yaml"), Recorded.FASHION);
    }

    @Test
    void appliesTheTemperatureThatItFits() throws Exception {
        Path file = directory.resolve("summary.json");
        CommandRun demo =
                CommandRun.of(
                        "demo",
                        "--job",
                        "" + Recorded.TEXT_JOB,
                        "--set",
                        "calibration.mode=live",
                        "--set",
                        "losses.window=5s",
                        "--for",
                        "30s",
                        "--summary",
                        "" + file);

        assertThat(demo.exitCode()).as(demo.err()).isZero();
        assertThat(demo.out()).containsPattern("temperature 0\\.[0-9]+ \\(version [0-9]+\\)");
        JsonNode summary = JSON.readTree(file.toFile());
        assertThat(summary.path("predictions").asLong()).isEqualTo(2401);
        assertThat(summary.path("accuracy").asDouble()).isEqualTo(2061 / 2401.0);
        assertThat(summary.path("ece15").asDouble()).as("0.53 without").isLessThan(0.5);
    }

    @Test
    void saysWhichRecordedScoresAreMissing() {
        CommandRun run = CommandRun.of("demo", "--job", "jobs/two-class.yaml");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("recorded/two-class-2.jsonl.gz").contains("--scores");
    }

    private void assertDemoEqualsEvaluate(Path job, Path scores) throws Exception {
        Path file = directory.resolve("summary.json");
        CommandRun demo =
                CommandRun.of("demo", "--job", "" + job, "--for", "5s", "--summary", "" + file);
        CommandRun evaluate =
                CommandRun.with(Recorded.bytes(scores), "evaluate", "--json", "--job", "" + job);

        assertThat(demo.exitCode()).as(demo.err()).isZero();
        JsonNode summary = JSON.readTree(file.toFile());
        JsonNode expected = JSON.readTree(evaluate.outLines().get(0));
        long rows = new String(Recorded.bytes(scores), UTF_8).lines().count();
        assertThat(summary.path("recordsIn").asLong()).isEqualTo(rows);
        assertThat(summary.path("predictions").asLong()).isEqualTo(rows);
        assertThat(summary.path("deadLetters").asLong(-1)).isZero();
        assertSame(summary.path("accuracy"), expected.at("/accuracy/top1"));
        assertSame(summary.path("top5"), expected.at("/accuracy/top5"));
        assertSame(summary.path("meanLoss"), expected.at("/loss/mean"));
        assertSame(summary.path("ece15"), expected.at("/calibration/ece"));
        assertThat(summary.path("recordsPerSecond").asDouble()).isPositive();
        assertThat(demo.out())
                .as("lines, since nobody looks at a terminal")
                .contains("window ")
                .contains("summary")
                .doesNotContain("\u001b");
    }

    private static void assertSame(JsonNode actual, JsonNode expected) {
        assertThat(actual.isDouble()).isTrue();
        assertThat(actual.doubleValue()).isEqualTo(expected.doubleValue());
    }
}
