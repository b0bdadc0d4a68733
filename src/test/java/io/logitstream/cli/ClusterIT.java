package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * The commands of the README's section on a real cluster, as they stand there, one after the other;
 * between them, what they promise, and a task manager that is killed.
 */
@Timeout(600)
class ClusterIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path DIRECTORY = Path.of("target/cluster");
    private static final String MARKER = "<!-- run by: ClusterIT -->";
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String PREDICTIONS = "image-predictions";
    private static final int ROWS = 10_000;

    /** For machines smaller than clusters are. */
    private static final String SMALL =
            " --flink taskmanager.memory.process.size=1200m --flink jobmanager.memory.process.size=1g";

    /** Checkpoints are made by the test only, so that it knows what is between two. */
    private static final String NO_CHECKPOINTS =
            " --set flink.execution.checkpointing.interval=14min";

    @TempDir Path outputs;

    private boolean isOurs;

    @AfterEach
    void down() throws Exception {
        if (isOurs) {
            run("./logitstream cluster down");
        }
    }

    @Test
    void runsTheShippedJarOnProcessesOfItsOwnAndLosesOneOfThem() throws Exception {
        List<String> readme = readmeCommands();
        assertThat(readme).hasSize(5);
        String up = readme.get(0);
        String submit = readme.get(1);
        String replay = readme.get(2);
        String read = readme.get(3);
        String down = readme.get(4);

        Run tooEarly = run(submit);
        assertThat(tooEarly.exitCode()).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(tooEarly.err()).contains("./logitstream cluster up");

        assertThat(run(up + SMALL).exitCode()).isZero();
        isOurs = true;
        assertThat(processes()).hasSize(4);
        assertThat(run(up).err()).contains("one is up already");

        Run submitted = run(submit + NO_CHECKPOINTS);
        assertThat(submitted.exitCode()).isZero();
        String job = submitted.out().replaceAll("(?s)^job +([0-9a-f]{32})\\n.*", "$1");
        assertThat(rest("/jobs/" + job).path("state").asText()).isEqualTo("RUNNING");

        assertThat(run(replay).exitCode()).isZero();
        awaitCommitted(job, ROWS);
        assertThat(run(read).out().lines()).hasSize(3).allMatch(line -> line.contains("\"topK\""));

        Process again = start(replay, "again");
        await().atMost(PATIENCE).until(() -> topics().written(PREDICTIONS).size() > ROWS);
        assertThat(topics().committed(PREDICTIONS).size()).isEqualTo(ROWS);
        kill(taskManagerOf(job));
        assertThat(processes()).hasSize(3);
        assertThat(again.waitFor(120, TimeUnit.SECONDS)).isTrue();
        awaitCommitted(job, 2 * ROWS);
        assertThat(rest("/jobs/" + job + "/exceptions").at("/exceptionHistory/entries"))
                .as("failures of the job")
                .isNotEmpty();

        List<String> predictions =
                run("./logitstream cluster read --topic " + PREDICTIONS + " --count " + 2 * ROWS)
                        .out()
                        .lines()
                        .toList();
        assertThat(withoutTimes(predictions))
                .as("each row as often as it was sent, with what classify says of it")
                .isEqualTo(withoutTimes(twice(classified())));
        assertThat(topics().drained(PREDICTIONS).size()).isEqualTo(2 * ROWS);
        assertThat(topics().drained("image-dead-letters")).isEmpty();

        assertThat(run(down).exitCode()).isZero();
        isOurs = false;
        assertThat(processes()).isEmpty();
        assertThat(DIRECTORY).doesNotExist();
    }

    private static List<String> readmeCommands() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("README.md"));
        List<String> afterMarker = lines.subList(lines.indexOf(MARKER) + 2, lines.size());
        return afterMarker.subList(0, afterMarker.indexOf("```"));
    }

    private static List<String> classified() throws IOException {
        CommandRun run =
                CommandRun.with(
                        Recorded.bytes(Recorded.FASHION),
                        "classify",
                        "--job",
                        Recorded.IMAGE_JOB.toString());
        assertThat(run.exitCode()).isZero();
        return run.outLines();
    }

    private static List<String> twice(List<String> lines) {
        List<String> twice = new ArrayList<>(lines);
        twice.addAll(lines);
        return twice;
    }

    /** A recorded row has no time; on a topic it gets that of its sending. */
    private static List<String> withoutTimes(List<String> predictions) {
        return predictions.stream()
                .map(prediction -> prediction.replaceFirst("\"timestamp\":[0-9]+,", ""))
                .sorted()
                .toList();
    }

    private static String taskManagerOf(String job) throws IOException {
        String vertex = rest("/jobs/" + job).at("/vertices/0/id").asText();
        return rest("/jobs/" + job + "/vertices/" + vertex)
                .at("/subtasks/0/taskmanager-id")
                .asText();
    }

    private static void kill(String role) {
        List<ProcessHandle> ofRole =
                processes().stream()
                        .filter(
                                process ->
                                        arguments(process).contains("-Dlogitstream.role=" + role))
                        .toList();
        assertThat(ofRole).hasSize(1);
        ofRole.get(0).destroyForcibly();
        await().atMost(PATIENCE).until(() -> !processes().contains(ofRole.get(0)));
    }

    /** Makes checkpoints, as far as the job runs, until so many predictions are committed. */
    private static void awaitCommitted(String job, int count) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptions()
                .until(
                        () -> {
                            checkpoint(job);
                            return topics().committed(PREDICTIONS).size() >= count;
                        });
    }

    private static void checkpoint(String job) throws Exception {
        HttpRequest trigger =
                HttpRequest.newBuilder(uri("/jobs/" + job + "/checkpoints"))
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                        .build();
        String answer =
                HttpClient.newHttpClient()
                        .send(trigger, HttpResponse.BodyHandlers.ofString())
                        .body();
        String id = JSON.readTree(answer).path("request-id").asText();
        await().atMost(PATIENCE)
                .until(
                        () ->
                                rest("/jobs/" + job + "/checkpoints/" + id)
                                        .at("/status/id")
                                        .asText()
                                        .equals("COMPLETED"));
    }

    private static TopicReader topics() throws IOException {
        return new TopicReader(Files.readString(DIRECTORY.resolve("broker")).strip());
    }

    private static URI uri(String path) throws IOException {
        return URI.create(Files.readString(DIRECTORY.resolve("rest")).strip() + path);
    }

    private static JsonNode rest(String path) throws IOException {
        try (InputStream answer = uri(path).toURL().openStream()) {
            return JSON.readTree(answer);
        }
    }

    /** Returns all processes on this machine that name the cluster's directory. */
    private static List<ProcessHandle> processes() {
        String directory = DIRECTORY.toAbsolutePath().toString();
        return ProcessHandle.allProcesses()
                .filter(process -> arguments(process).stream().anyMatch(a -> a.endsWith(directory)))
                .toList();
    }

    private static List<String> arguments(ProcessHandle process) {
        return Optional.of(process.info())
                .flatMap(ProcessHandle.Info::arguments)
                .map(List::of)
                .orElse(List.of());
    }

    /**
     * What a line of shell came to.
     *
     * @param exitCode the exit code
     * @param out what it wrote on stdout
     * @param err what it wrote on stderr
     */
    private record Run(int exitCode, String out, String err) {}

    private Run run(String line) throws Exception {
        Process process = start(line, "run");
        try {
            assertThat(process.waitFor(300, TimeUnit.SECONDS)).as("%s ends", line).isTrue();
        } finally {
            process.destroyForcibly();
        }
        String err = Files.readString(outputs.resolve("run.err"), UTF_8);
        assertThat(process.exitValue()).as("%s: %s", line, err).isIn(0, CommandLine.ExitCode.USAGE);
        return new Run(
                process.exitValue(), Files.readString(outputs.resolve("run.out"), UTF_8), err);
    }

    private Process start(String line, String name) throws IOException {
        return new ProcessBuilder("bash", "-c", line)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(outputs.resolve(name + ".out").toFile())
                .redirectError(outputs.resolve(name + ".err").toFile())
                .start();
    }
}
