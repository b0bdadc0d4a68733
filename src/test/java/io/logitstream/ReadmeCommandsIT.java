package io.logitstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the commands of the README as they stand there. The line before each fenced block of shell
 * says how: {@code <!-- run: exit=0 -->} runs it with bash at the project's root and expects this
 * exit code; {@code <!-- run by: CI -->} leaves it to the build, which this test is a part of, and
 * {@code <!-- run by: ClusterIT -->} to the test that runs it and looks at the cluster meanwhile.
 */
class ReadmeCommandsIT {

    private static final Path README = Path.of("README.md");
    private static final Pattern FENCE = Pattern.compile("^(`{3,}|~{3,})\\s*(\\w*).*$");
    private static final Pattern RUN = Pattern.compile("^<!-- run: exit=([0-9]+) -->$");
    private static final String LEFT_TO_CI = "<!-- run by: CI -->";
    private static final String LEFT_TO_CLUSTER_IT = "<!-- run by: ClusterIT -->";
    private static final String LEFT_TO_DEMO_IT = "<!-- run by: DemoIT -->";
    private static final List<String> SHELLS = List.of("sh", "bash", "shell", "console");
    private static final int PATIENCE_SECONDS = 480;

    @TempDir Path directory;

    /**
     * A fenced block of shell.
     *
     * @param line where it starts in the file, from 1
     * @param marker the line before it
     * @param script what it holds
     */
    private record Block(int line, String marker, String script) {

        boolean isRunHere() {
            return RUN.matcher(marker).matches();
        }

        boolean isLeftToCi() {
            return marker.equals(LEFT_TO_CI);
        }

        boolean isOfAnotherTest() {
            return marker.equals(LEFT_TO_CLUSTER_IT) || marker.equals(LEFT_TO_DEMO_IT);
        }

        @Override
        public String toString() {
            return "README.md:" + line + " " + script.lines().findFirst().orElse("");
        }
    }

    @Test
    void everyBlockSaysHowItIsRun() throws IOException {
        List<Block> blocks = blocks();
        assertThat(blocks).isNotEmpty();
        assertThat(blocks)
                .allMatch(
                        block -> block.isLeftToCi() || block.isRunHere() || block.isOfAnotherTest(),
                        "follows <!-- run: exit=N -->, "
                                + LEFT_TO_CI
                                + ", "
                                + LEFT_TO_CLUSTER_IT
                                + " or "
                                + LEFT_TO_DEMO_IT);
        assertThat(blocks.stream().filter(block -> block.marker().equals(LEFT_TO_DEMO_IT)))
                .as("the demos, which need not last so long in a test")
                .allMatch(block -> block.script().startsWith("./logitstream demo --job"));
        assertThat(blocks.stream().filter(Block::isLeftToCi))
                .as("only the build itself is left to CI")
                .allMatch(block -> block.script().startsWith("mvn "));
        assertThat(blocks.stream().filter(Block::isRunHere))
                .anyMatch(block -> block.script().contains("./logitstream"));
    }

    @TestFactory
    List<DynamicTest> commandEndsAsMarked() throws IOException {
        return blocks().stream()
                .filter(Block::isRunHere)
                .map(block -> dynamicTest(block.toString(), () -> run(block)))
                .toList();
    }

    private void run(Block block) throws Exception {
        Matcher marker = RUN.matcher(block.marker());
        assertThat(marker.matches()).isTrue();
        Path output = Files.createTempFile(directory, "output", ".txt");
        Process process =
                new ProcessBuilder("bash", "-e", "-o", "pipefail", "-c", block.script())
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .redirectOutput(output.toFile())
                        .start();
        try {
            assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("%s ends. It wrote: %s", block, tail(output))
                    .isTrue();
            assertThat(process.exitValue())
                    .as("%s. It wrote: %s", block, tail(output))
                    .isEqualTo(Integer.parseInt(marker.group(1)));
        } finally {
            process.descendants().forEach(ProcessHandle::destroy);
            process.destroy();
        }
    }

    private static String tail(Path output) throws IOException {
        String text = Files.readString(output);
        return text.substring(Math.max(0, text.length() - 2_000));
    }

    private static List<Block> blocks() throws IOException {
        List<String> lines = Files.readAllLines(README);
        List<Block> blocks = new ArrayList<>();
        int start = 0;
        while (start < lines.size()) {
            Matcher fence = FENCE.matcher(lines.get(start));
            if (!fence.matches()) {
                start++;
                continue;
            }
            int end = start + 1;
            while (end < lines.size() && !lines.get(end).trim().equals(fence.group(1))) {
                end++;
            }
            if (SHELLS.contains(fence.group(2))) {
                String marker = start == 0 ? "" : lines.get(start - 1).trim();
                String script = String.join("\n", lines.subList(start + 1, end));
                blocks.add(new Block(start + 1, marker, script));
            }
            start = end + 1;
        }
        return blocks;
    }
}
