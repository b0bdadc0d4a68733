package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.record.FaultReason;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TWO_CLASS = "jobs/two-class.yaml";
    private static final double SIX_DIGITS = 5e-7;

    @TempDir Path directory;

    @Test
    void classifiesTheExampleOfTheDesign() throws IOException {
        CommandRun run =
                CommandRun.with(
                        "{\"id\":\"r1\",\"scores\":[3.0,1.0]}\n".getBytes(UTF_8),
                        "classify",
                        "--job",
                        TWO_CLASS,
                        "--set",
                        "predictions.emit=full");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.outLines()).hasSize(1);
        JsonNode prediction = JSON.readTree(run.out());
        assertThat(prediction.path("id").asText()).isEqualTo("r1");
        JsonNode probabilities = prediction.path("probabilities");
        assertThat(probabilities).hasSize(2);
        assertThat(probabilities.get(0).asDouble()).isCloseTo(0.880797, within(SIX_DIGITS));
        assertThat(probabilities.get(1).asDouble()).isCloseTo(0.119203, within(SIX_DIGITS));
    }

    @ParameterizedTest
    @CsvSource({
        "cluster, Missing required subcommand",
        "cluster up --task-managers 0, at least 1",
        "cluster up, run it by ./logitstream",
        "cluster submit --job jobs/two-class.yaml, run it by ./logitstream"
    })
    void saysWhyThereIsNoCluster(String arguments, String reason) {
        CommandRun run = CommandRun.of(arguments.split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains(reason);
    }

    /**
     * Losses ln 2 for either class at weights 1 and 3, and ln(1 + e) for the first: the mean is (ln
     * 2 + 3 ln 2 + ln(1 + e)) / 5. The row to ignore has no part in it.
     */
    @Test
    void evaluatesTheWeightedLossOfTheJobFile() throws IOException {
        Files.writeString(directory.resolve("weights.txt"), "1\n3\n");
        Path job = directory.resolve("job.yaml");
        Files.writeString(
                job,
                Files.readString(Path.of(TWO_CLASS))
                        .replace(
                                "classes: 2",
                                "classes: 2\n    loss: { class-weights: weights.txt, ignore: none }"));
        String rows =
                """
                {"scores":[0,0],"label":0}
                {"scores":[0,0],"label":1}
                {"scores":[0,1],"label":0}
                {"scores":[9,0],"label":"none"}
                """;

        CommandRun run =
                CommandRun.with(
                        rows.getBytes(UTF_8), "evaluate", "--job", job.toString(), "--json");

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode loss = JSON.readTree(run.outLines().get(0));
        assertThat(loss.path("records").asLong()).isEqualTo(4);
        assertThat(loss.path("labelled").asLong()).isEqualTo(3);
        double mean = (4 * Math.log(2) + Math.log(1 + Math.E)) / 5;
        assertThat(loss.path("loss").path("mean").asDouble()).isCloseTo(mean, within(1e-7));
        assertThat(loss.path("accuracy").path("top1").asDouble()).isCloseTo(1 / 3.0, within(1e-9));
    }

    @Test
    void buriesEachBadRowAndClassifiesTheOthers() throws IOException {
        List<String> lines =
                List.of(
                        "{\"id\":\"good-1\",\"scores\":[3.0,1.0]}",
                        "{\"id\":\"nan\",\"scores\":[NaN,1.0]}",
                        "{\"id\":\"infinite\",\"scores\":[1.0,Infinity]}",
                        "{\"id\":\"wrong-k\",\"scores\":[1.0,2.0,3.0]}",
                        "{\"id\":\"broken\",\"scores\":[1.0,",
                        "{\"id\":\"good-2\",\"scores\":[1.0,-Infinity]}");

        CommandRun run = classify(String.join("\n", lines));

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(texts(run.outLines(), "id")).containsExactly("good-1", "good-2");
        assertThat(texts(run.errLines(), "reason"))
                .containsExactly(
                        FaultReason.INVALID_SCORE.code(),
                        FaultReason.INVALID_SCORE.code(),
                        FaultReason.WRONG_CLASS_COUNT.code(),
                        FaultReason.MALFORMED.code());
        assertThat(texts(run.errLines(), "value")).isEqualTo(lines.subList(1, 5));
        assertThat(texts(run.errLines(), "offset")).containsExactly("1", "2", "3", "4");
    }

    private static CommandRun classifyShards(String lines) {
        return CommandRun.with(
                lines.getBytes(UTF_8), "classify", "--job", TWO_CLASS, "--set", "shards.wait=1min");
    }

    @Test
    void buriesAShardWithANanAndTheRowThatMissesIt() {
        String place = "\"shard\":{\"index\":%d,\"count\":2,\"offset\":%d,\"classes\":2}}\n";
        CommandRun run =
                classifyShards(
                        ("{\"id\":\"a\",\"scores\":[NaN]," + place).formatted(0, 0)
                                + ("{\"id\":\"a\",\"scores\":[1]," + place).formatted(1, 1)
                                + ("{\"id\":\"b\",\"scores\":[]," + place).formatted(0, 0));

        assertThat(run.exitCode()).isEqualTo(ExitCodes.SOME_REFUSED);
        assertThat(run.out()).isEmpty();
        assertThat(run.errLines()).hasSize(3);
        assertThat(run.err())
                .contains("\"reason\":\"invalid-score\",\"detail\":\"scores[0] is NaN")
                .contains("\"reason\":\"wrong-class-count\",\"detail\":\"scores is empty")
                .contains("1 shard of 2 did not come within 60000 ms: 0");
    }

    @Test
    void buriesAnEmptyRowOfABatch() {
        CommandRun run = classify("{\"id\":\"b\",\"scores\":[[],[3,1]]}");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.SOME_REFUSED);
        assertThat(run.outLines()).singleElement().asString().contains("\"id\":\"b#1\"");
        assertThat(run.errLines())
                .singleElement()
                .asString()
                .contains("row 0: 0 scores, but model 'two-class' has 2 classes");
    }

    @Test
    void classifiesNothingWithoutComplaint() {
        CommandRun run = classify("");

        assertThat(run).isEqualTo(new CommandRun(0, "", ""));
    }

    /** The figures are those of jobs/recorded/README.md, computed without logitstream. */
    @ParameterizedTest
    @CsvSource({
        "text-classification, langdetect-103, 1.0, 2401, 0.858392, 0.937943, 1.899802355, 0.579663327, 0.529875872, 0.328516465, 3.282123044",
        "text-classification, langdetect-103, 0.32518557, 2401, 0.858392, 0.937943, 1.116362902, 0.289719129, 0.136622149, 0.755530327, 1.116362902",
        "image-classification, fashion-10, 1.0, 10000, 0.885300, 0.997800, 0.328455945, 0.165422951, 0.022113617, 0.906781133, 0.240481701",
        "image-classification, fashion-10, 1.28462846, 10000, 0.885300, 0.997800, 0.317421405, 0.164510889, 0.008025252, 0.879969417, 0.317421405"
    })
    void evaluatesRecordedScoresToTheReferenceFigures(
            String job,
            String scores,
            String temperature,
            long rows,
            double top1,
            double top5,
            double loss,
            double brier,
            double ece,
            double confidence,
            double entropy)
            throws IOException {
        CommandRun run =
                CommandRun.with(
                        Recorded.bytes(Path.of("jobs/recorded/" + scores + ".jsonl.gz")),
                        "evaluate",
                        "--json",
                        "--job",
                        "jobs/" + job + ".yaml",
                        "--set",
                        "models[0].temperature=" + temperature);

        assertThat(run.exitCode()).as(run.err()).isZero();
        JsonNode all = JSON.readTree(run.outLines().get(0));
        assertThat(all.path("segment").asText()).isEqualTo("*");
        assertThat(all.path("records").asLong()).isEqualTo(rows);
        assertThat(all.path("labelled").asLong()).isEqualTo(rows);
        assertThat(all.at("/accuracy/top1").asDouble()).isCloseTo(top1, within(SIX_DIGITS));
        assertThat(all.at("/accuracy/top5").asDouble()).isCloseTo(top5, within(SIX_DIGITS));
        // The reference is float64 throughout, the kernel adds in float32 within a block.
        assertThat(all.at("/loss/mean").asDouble()).isCloseTo(loss, within(SIX_DIGITS));
        assertThat(all.path("brier").asDouble()).isCloseTo(brier, within(SIX_DIGITS));
        assertThat(all.at("/calibration/ece").asDouble()).isCloseTo(ece, within(SIX_DIGITS));
        assertThat(all.path("confidence").asDouble()).isCloseTo(confidence, within(SIX_DIGITS));
        assertThat(all.path("entropy").asDouble()).isCloseTo(entropy, within(SIX_DIGITS));
    }

    @Test
    void evaluatesEachWindowOfItsOwn() throws IOException {
        CommandRun run = evaluateWindows(String.join("\n", Recorded.timedFashion(250)));

        assertThat(run.exitCode()).as(run.err()).isZero();
        List<JsonNode> all = new ArrayList<>();
        for (String line : run.outLines()) {
            JsonNode loss = JSON.readTree(line);
            if (loss.path("segment").asText().equals("*")) {
                all.add(loss);
            }
        }
        assertThat(all)
                .extracting(loss -> loss.at("/window/start").asLong() - Recorded.START_MILLIS)
                .containsExactly(0L, 10_000L, 20_000L);
        assertThat(all)
                .allMatch(
                        loss ->
                                loss.at("/window/end").asLong()
                                        == loss.at("/window/start").asLong() + 10_000);
        assertThat(all.stream().mapToLong(loss -> loss.path("records").asLong()).sum())
                .isEqualTo(250);
        assertThat(run.outLines()).hasSize(3 * 4);
    }

    @Test
    void refusesRowsWithoutTimeWhereWindowsNeedOne() throws IOException {
        CommandRun run = evaluateWindows(String.join("\n", Recorded.lines(Recorded.FASHION, 3)));

        assertThat(run.exitCode()).isEqualTo(3);
        assertThat(run.out()).isEmpty();
        assertThat(texts(run.errLines(), "reason"))
                .hasSize(3)
                .containsOnly(FaultReason.INVALID_TIMESTAMP.code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"classify", "evaluate"})
    void failsIfItsOutputCannotBeWritten(String command) {
        OutputStream full =
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("no space left");
                    }
                };
        CommandRun run =
                CommandRun.into(
                        full,
                        "{\"id\":\"r\",\"scores\":[1,2],\"label\":0}\n".getBytes(UTF_8),
                        command,
                        "--job",
                        TWO_CLASS);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("stdout cannot be written to").doesNotContain("\tat ");
    }

    /** With control, rows of any number of classes are decoded, and refused by their model. */
    @Test
    void countsRefusedRowsOfAJobWithControlAsTheJobDoes() throws IOException {
        CommandRun run =
                CommandRun.with(
                        "{\"id\":\"x\",\"timestamp\":1732000000000,\"scores\":[1,2,3]}\n"
                                .getBytes(UTF_8),
                        "evaluate",
                        "--windows",
                        "--json",
                        "--job",
                        TWO_CLASS,
                        "--set",
                        "losses.topic=losses",
                        "--set",
                        "control.topic=models");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(3);
        assertThat(run.outLines())
                .hasSize(2)
                .allSatisfy(
                        line ->
                                assertThat(JSON.readTree(line).path("deadLetters").asLong())
                                        .isOne());
    }

    @Test
    void refusesWindowsForAJobWithoutLosses() {
        CommandRun run = CommandRun.of("evaluate", "--windows", "--job", TWO_CLASS);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--windows needs a losses section");
    }

    @Test
    void validatesAndDrawsTheTopology() {
        CommandRun run =
                CommandRun.of(
                        "validate",
                        "" + Recorded.IMAGE_JOB,
                        "--set",
                        "gradients.topic=image-gradients",
                        "--set",
                        "gradients.classes=top(3)");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("name: image-classification")
                .contains("gradients of whole labelled rows (top(3)) --> image-gradients")
                .contains("image-scores (json) --> classify --> image-predictions (top-k)")
                .contains("window of 10 s, late by at most 600 s --> image-losses")
                .contains("refused and too late --> image-dead-letters");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void listsAllFaultsOfAJobFileWithTheirPlaces() throws IOException {
        Path file = directory.resolve("four-faults.yaml");
        Files.writeString(
                file,
                """
                name: Two Words
                kafka: { bootstrap.servers: "localhost:9092" }
                scores: { topic: scores, formt: json }
                predictions: { topic: predictions, emit: some }
                dead-letters: { topic: dead-letters }
                models:
                  - { name: m, classes: 0 }
                """);

        CommandRun run = CommandRun.of("validate", "" + file);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.errLines()).hasSize(4);
        assertThat(run.errLines().get(0)).startsWith(file + ":1:7: name: ");
        assertThat(run.errLines().get(1)).startsWith(file + ":3:26: scores.formt: ");
        assertThat(run.errLines().get(2)).startsWith(file + ":4:42: predictions.emit: ");
        assertThat(run.errLines().get(3)).startsWith(file + ":7:25: models[0].classes: ");
    }

    private static CommandRun withUnreadableSettings(String command) {
        String settings =
                " --set flink.parallelism.default=many"
                        + " --set flink.execution.checkpointing.interval=soon"
                        + " --set kafka.bootstrap.servers=no-such-host.invalid:9092";
        return CommandRun.of((command + settings).split(" "));
    }

    @Test
    void namesEverySettingThatFlinkCannotRead() {
        CommandRun validated = withUnreadableSettings("validate " + Recorded.IMAGE_JOB);
        assertThat(validated.exitCode()).isEqualTo(2);
        assertThat(validated.errLines())
                .hasSize(2)
                .allMatch(line -> line.matches("flink\\.[a-z.]+: Flink can't read it.*"));

        CommandRun run = withUnreadableSettings("run --local --job " + Recorded.IMAGE_JOB);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.errLines()).as("and Kafka's").hasSize(3).containsAll(validated.errLines());
    }

    @ParameterizedTest
    @ValueSource(strings = {"classify", "evaluate", "run"})
    void saysThatTheJobFileIsMissing(String command) {
        CommandRun run = CommandRun.of(command, "--job", "jobs/no-such-job.yaml");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.errLines()).hasSize(1);
        assertThat(run.err()).contains("jobs/no-such-job.yaml").doesNotContain("Exception");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "run --job f",
                "classify --job f",
                "evaluate --job f",
                "validate f",
                "replay f --topic t"
            })
    void refusesAnUnknownOption(String command) {
        CommandRun run = CommandRun.of((command + " --no-such-option").split(" "));

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("--no-such-option");
    }

    @Test
    void refusesToRunWithoutACommand() {
        CommandRun run = CommandRun.of();

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("demo", "run", "classify", "evaluate", "validate", "replay");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "run",
                "classify",
                "evaluate",
                "validate",
                "replay",
                "models",
                "models list",
                "models put",
                "models retire"
            })
    void helpsWithAnExample(String command) {
        CommandRun run = CommandRun.of((command + " --help").split(" "));

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith("Usage: logitstream " + command);
        assertThat(run.out())
                .containsPattern(
                        Pattern.compile("Examples?:\\R(.*\\R)*.*logitstream.* " + command));
    }

    private static CommandRun classify(String input) {
        return CommandRun.with(input.getBytes(UTF_8), "classify", "--job", TWO_CLASS);
    }

    private static CommandRun evaluateWindows(String input) {
        return CommandRun.with(
                input.getBytes(UTF_8),
                "evaluate",
                "--windows",
                "--json",
                "--job",
                "" + Recorded.IMAGE_JOB);
    }

    private static List<String> texts(List<String> jsonLines, String field) throws IOException {
        List<String> texts = new ArrayList<>();
        for (String line : jsonLines) {
            texts.add(JSON.readTree(line).path(field).asText());
        }
        return texts;
    }
}
