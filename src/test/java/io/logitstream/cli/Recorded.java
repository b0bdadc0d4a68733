package io.logitstream.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The recorded scores that are shipped, and what the tests make of them. */
final class Recorded {

    static final Path IMAGE_JOB = Path.of("jobs/image-classification.yaml");
    static final Path TEXT_JOB = Path.of("jobs/text-classification.yaml");
    static final Path FASHION = Path.of("jobs/recorded/fashion-10.jsonl.gz");
    static final Path LANGDETECT = Path.of("jobs/recorded/langdetect-103.jsonl.gz");

    /** The start of a window of 10 s; in the past, so that no row is ahead of Kafka's time. */
    static final long START_MILLIS = 1_732_000_000_000L;

    private static final long STEP_MILLIS = 100;
    private static final String[] SEGMENTS = {"", "eu", "us"};

    private Recorded() {}

    static byte[] bytes(Path file) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return in.readAllBytes();
        }
    }

    static List<String> lines(Path file, int count) throws IOException {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(
                                new GZIPInputStream(Files.newInputStream(file)),
                                StandardCharsets.UTF_8))) {
            return lines.lines().limit(count).toList();
        }
    }

    /**
     * Returns rows with times 100 ms apart, slightly out of order, in two segments and none unless
     * they have their own.
     */
    static List<String> timed(Path file, int count) throws IOException {
        List<String> timed = new ArrayList<>();
        List<String> lines = lines(file, count);
        for (int i = 0; i < count; i++) {
            boolean hasOwn = lines.get(i).contains("\"segment\":");
            String segment = hasOwn ? "" : SEGMENTS[i % SEGMENTS.length];
            timed.add(
                    "{\"timestamp\":"
                            + timeOf(i)
                            + (segment.isEmpty() ? "" : ",\"segment\":\"" + segment + "\"")
                            + ","
                            + lines.get(i).substring(1));
        }
        return timed;
    }

    /** Returns such rows of the images. */
    static List<String> timedFashion(int count) throws IOException {
        return timed(FASHION, count);
    }

    private static long timeOf(int i) {
        return START_MILLIS + i * STEP_MILLIS + i * 37 % 11 * 50;
    }

    static String idOf(int i) {
        return "fashion-test-%05d".formatted(i);
    }
}
