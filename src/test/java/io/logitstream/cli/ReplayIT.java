package io.logitstream.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.local.SharedLocal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ReplayIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    @TempDir Path directory;

    @Test
    void sendsEachLineOfAGzippedFileAsItIs() throws Exception {
        LOCAL.kafka().createTopic("replayed", 1, Map.of());

        CommandRun run = replay("" + Recorded.LANGDETECT, "replayed");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).contains("sent 2401 records to replayed");
        assertThat(values("replayed")).isEqualTo(Recorded.lines(Recorded.LANGDETECT, 2401));
    }

    @Test
    void sendsPlainLinesWithoutTheEmptyOnes() throws Exception {
        LOCAL.kafka().createTopic("replayed-plain", 1, Map.of());
        Path file = directory.resolve("scores.jsonl");
        Files.writeString(file, "{\"a\":1}\n\nno JSON: \u00e9\n");

        CommandRun run = replay("" + file, "replayed-plain", "--rate", "1000");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(values("replayed-plain")).containsExactly("{\"a\":1}", "no JSON: \u00e9");
    }

    /** What the offline commands make of a line has to be what the job makes of it. */
    @Test
    void sendsTheVeryBytes() throws Exception {
        LOCAL.kafka().createTopic("replayed-bytes", 1, Map.of());
        Path file = directory.resolve("bytes.jsonl");
        String lines = "{\"id\":\"caf\u00e9\"}\n{\"a\":1,\r\"b\":2}\r\n   \n";
        Files.write(file, lines.getBytes(ISO_8859_1));

        CommandRun run = replay("" + file, "replayed-bytes");

        assertThat(run.err()).contains("sent 2 records");
        assertThat(
                        new TopicReader(LOCAL.kafka())
                                .committed("replayed-bytes").stream()
                                        .map(record -> new String(record.value(), ISO_8859_1)))
                .containsExactly("{\"id\":\"caf\u00e9\"}", "{\"a\":1,\r\"b\":2}");
    }

    @Test
    void failsReadablyIfThereIsNoSuchFile() {
        CommandRun run = replay("" + directory.resolve("missing.jsonl"), "replayed");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .contains("missing.jsonl: there is no such file")
                .doesNotContain("\tat ");
    }

    private static CommandRun replay(String file, String topic, String... more) {
        String[] fixed = {
            "replay",
            file,
            "--topic",
            topic,
            "--bootstrap-servers",
            LOCAL.kafka().bootstrapServers()
        };
        String[] all = Arrays.copyOf(fixed, fixed.length + more.length);
        System.arraycopy(more, 0, all, fixed.length, more.length);
        return CommandRun.of(all);
    }

    private static List<String> values(String topic) {
        return new TopicReader(LOCAL.kafka())
                .committed(topic).stream()
                        .map(record -> new String(record.value(), UTF_8))
                        .toList();
    }
}
