package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.local.LocalFlink;
import io.logitstream.local.SavedState;
import io.logitstream.local.SharedLocal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Savepoints of released versions go on under this one, at another parallelism and in another state
 * backend, as if nothing had happened. With {@code -Dlogitstream.rewrite=true} a fixture without a
 * savepoint gets one of this version; none is ever written over.
 */
@Timeout(240)
class UpgradeIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final String SAVEPOINT = "savepoint.gz";
    private static final String METADATA = "_metadata";

    /** The row of which some shards came before the job gave distributions. */
    private static final String EARLY = "early-row";

    /** Of each job the first window that was not over when its savepoint was made. */
    private static final Map<String, Long> FIRST_OPEN =
            Map.of(
                    "labels", Recorded.START_MILLIS + 60_000,
                    "shards", Recorded.START_MILLIS + 50_000);

    private static final Pattern WINDOW = Pattern.compile("\"window\":\\{\"start\":([0-9]+)");

    @TempDir Path directory;

    static Stream<Path> fixtures() throws IOException {
        try (Stream<Path> files = Files.walk(GOLDEN, 3)) {
            List<Path> jobs = files.filter(file -> file.endsWith("job.yaml")).sorted().toList();
            return jobs.stream().map(Path::getParent);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("fixtures")
    void goesOnFromASavepoint(Path fixture) throws Exception {
        Path golden = fixture.resolve(SAVEPOINT);
        if (Boolean.getBoolean("logitstream.rewrite") && !Files.exists(golden)) {
            write(fixture, golden);
            return;
        }
        assertThat(golden).as("write it with -Dlogitstream.rewrite=true").exists();
        LocalFlink flink = LOCAL.flink();
        UpgradeJob whole = new UpgradeJob(LOCAL.kafka(), fixture, "whole-", directory);
        whole.createTopics();
        whole.play("start.jsonl");
        JobID first = flink.submit(whole.graph(1, null));
        UpgradeJob upgraded =
                new UpgradeJob(
                        LOCAL.kafka(),
                        fixture,
                        "upgrade-",
                        directory,
                        "flink.state.backend.type=rocksdb");
        upgraded.createTopics();
        upgraded.refillWithNothing("start.jsonl");
        upgraded.refill("earlier.jsonl");
        upgraded.refill("before.jsonl");
        JobID second = flink.submit(upgraded.graph(2, unzipped(golden).toString()));
        whole.play("earlier.jsonl");
        whole.play("before.jsonl");
        whole.play("after.jsonl");
        upgraded.play("after.jsonl");
        flink.stopWithSavepoint(first, directory, true);
        String end = flink.stopWithSavepoint(second, directory, true);

        assertRowsGoOn(whole, upgraded);
        assertWindowsGoOn(whole, upgraded, FIRST_OPEN.get(fixture.getFileName().toString()));
        if (whole.file().labels() != null) {
            assertLabelsGoOn(whole, upgraded);
        }
        Map<String, String> formats = SavedState.formats(SavedState.operators(unzip(golden)));
        // Only of sinks that have something to commit.
        formats.keySet().removeIf(state -> state.endsWith("streaming_committer_raw_states"));
        assertThat(SavedState.formats(SavedState.operators(end)))
                .as("how state is written")
                .containsAllEntriesOf(formats);
    }

    private static void assertRowsGoOn(UpgradeJob whole, UpgradeJob upgraded) throws IOException {
        Set<String> done = new HashSet<>(whole.ids("earlier.jsonl"));
        done.addAll(whole.ids("before.jsonl"));
        done.removeIf(id -> id.startsWith("open-"));
        assertGoesOn(whole, upgraded, "predictions", line -> !done.contains(id(line)));
        if (whole.file().gradients() != null) {
            assertGoesOn(whole, upgraded, "gradients", line -> !done.contains(id(line)));
        }
        assertGoesOn(whole, upgraded, "dead-letters", line -> true);
        // Of shards that came before the job gave distributions it has no scores.
        if (whole.ids("earlier.jsonl").contains(EARLY)) {
            assertThat(upgraded.output("dead-letters"))
                    .filteredOn(line -> id(line).equals(EARLY))
                    .hasSize(2);
        }
    }

    private static void assertLabelsGoOn(UpgradeJob whole, UpgradeJob upgraded) {
        assertGoesOn(whole, upgraded, "ledger", line -> !line.startsWith("done-"));
    }

    private static void assertWindowsGoOn(UpgradeJob whole, UpgradeJob upgraded, long firstOpen) {
        if (whole.file().alerts() != null) {
            assertUpsertsGoOn(whole, upgraded, "alerts", firstOpen);
        }
        if (whole.file().calibration() != null) {
            assertGoesOn(whole, upgraded, "calibrations", line -> windowOf(line) >= firstOpen);
        }
        assertUpsertsGoOn(whole, upgraded, "losses", firstOpen);
    }

    /** The same last line of each key, if it was written after the savepoint. */
    private static void assertUpsertsGoOn(
            UpgradeJob whole, UpgradeJob upgraded, String output, long firstOpen) {
        Map<String, String> expected = whole.upserts(output);
        Map<String, String> actual = upgraded.upserts(output);
        assertThat(actual.keySet())
                .as("%s of windows that were not over", output)
                .isNotEmpty()
                .containsAll(
                        expected.keySet().stream()
                                .filter(key -> windowOf(expected.get(key)) >= firstOpen)
                                .toList());
        actual.forEach(
                (key, line) ->
                        assertThat(LossTopic.withoutRevision(line))
                                .isEqualTo(LossTopic.withoutRevision(expected.get(key))));
    }

    /** The same lines, but for those that were written before the savepoint. */
    private static void assertGoesOn(
            UpgradeJob whole, UpgradeJob upgraded, String output, Predicate<String> isAfter) {
        List<String> expected = whole.output(output).stream().filter(isAfter).toList();
        assertThat(expected).as(output).isNotEmpty();
        assertThat(upgraded.output(output).stream().filter(line -> !isExpected(output, line)))
                .as(output)
                .containsExactlyElementsOf(expected);
    }

    /** What only the job from a savepoint has: dead letters of shards, and what fills a topic. */
    private static boolean isExpected(String output, String line) {
        return line.endsWith(" {}") || output.equals("dead-letters") && id(line).equals(EARLY);
    }

    private static String id(String line) {
        return line.substring(0, line.indexOf(' '));
    }

    private static long windowOf(String line) {
        Matcher window = WINDOW.matcher(line);
        return window.find() ? Long.parseLong(window.group(1)) : Long.MIN_VALUE;
    }

    /** Makes the savepoint of a fixture: after what came earlier, which gave no distributions. */
    private void write(Path fixture, Path golden) throws Exception {
        LocalFlink flink = LOCAL.flink();
        UpgradeJob job = new UpgradeJob(LOCAL.kafka(), fixture, "upgrade-", directory);
        job.createTopics();
        job.play("start.jsonl");
        String savepoint = null;
        if (Files.exists(fixture.resolve("earlier.jsonl"))) {
            UpgradeJob earlier =
                    new UpgradeJob(
                            LOCAL.kafka(),
                            fixture,
                            "upgrade-",
                            directory,
                            "predictions.emit=top-k");
            JobID id = flink.submit(earlier.graph(1, null));
            earlier.play("earlier.jsonl");
            savepoint = flink.stopWithSavepoint(id, directory, false);
        }
        JobID id = flink.submit(job.graph(1, savepoint));
        job.play("before.jsonl");
        // Whatever a savepoint says of a transaction is news to the broker of another day.
        flink.triggerCheckpoint(id);
        job.awaitCommitted();
        Path made = Path.of(URI.create(flink.stopWithSavepoint(id, directory, false)));
        try (Stream<Path> files = Files.list(made)) {
            assertThat(files).as("raise data-inline-threshold").hasSize(1);
        }
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(golden))) {
            Files.copy(made.resolve(METADATA), out);
        }
    }

    private Path unzipped(Path golden) throws IOException {
        Path savepoint = Files.createDirectory(directory.resolve("golden"));
        try (InputStream in = unzip(golden)) {
            Files.copy(in, savepoint.resolve(METADATA));
        }
        return savepoint;
    }

    private static InputStream unzip(Path golden) throws IOException {
        return new GZIPInputStream(Files.newInputStream(golden));
    }
}
