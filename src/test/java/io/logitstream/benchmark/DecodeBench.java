package io.logitstream.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.logitstream.benchmark.DecodeCase.Variant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the decoders, side by side. */
@Command(
        name = "decode",
        mixinStandardHelpOptions = true,
        description = {
            "Measures with JMH how fast records of scores are decoded by one core: by our decoder, by ours with Jackson"
                    + " alone, and by Float.parseFloat of what is between the commas.",
            "Prints millions of bytes of the records per second."
        },
        footer = {
            "",
            "Examples:",
            "  logitstream bench decode --short                  half a minute, in one JVM: for orientation",
            "  logitstream bench decode --json decode.json       three rounds, each case in a JVM of its own"
        })
final class DecodeBench implements Callable<Integer> {

    private static final String HEADER = "%-10s %8s%14s%14s%14s%22s%n";

    @Option(
            names = "--short",
            description = "One round in one JVM with short iterations, for orientation.")
    private boolean isShort;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also writes the measurements to FILE, as a JSON array.")
    private Path json;

    /** Millions of bytes per second: the median of all iterations, the least, the largest. */
    private record Speed(double median, double least, double largest) {

        static Speed of(DecodeCase of, List<Double> nanos) {
            double bytes =
                    of.values().stream().mapToInt(value -> value.length).average().orElseThrow();
            double[] sorted = nanos.stream().mapToDouble(nano -> bytes / nano * 1e3).toArray();
            Arrays.sort(sorted);
            return new Speed(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
        }
    }

    @Override
    public Integer call() throws Exception {
        List<String> ids = DecodeCase.all().stream().map(DecodeCase::id).toList();
        List<String> first = ids.stream().filter(id -> id.endsWith("/1000")).toList();
        Rounds rounds = new Rounds("DecodeBenchmark", isShort);
        Map<DecodeCase, Speed> speeds = new LinkedHashMap<>();
        rounds.measure(ids, first)
                .forEach(
                        (id, nanos) -> {
                            DecodeCase of = DecodeCase.of(id);
                            speeds.put(of, Speed.of(of, nanos));
                        });
        System.out.printf(
                "%s, JDK %s, %s processors%n%s%n%n",
                System.getProperty("os.arch"),
                Runtime.version(),
                Runtime.getRuntime().availableProcessors(),
                rounds.description());
        System.out.print(table(speeds));
        if (json != null) {
            Files.writeString(json, json(speeds));
        }
        return 0;
    }

    private static String table(Map<DecodeCase, Speed> speeds) {
        StringBuilder text =
                new StringBuilder(
                        String.format(
                                HEADER,
                                "MB/s",
                                "K",
                                "logitstream",
                                "jackson",
                                "parseFloat",
                                "logitstream/jackson"));
        speeds.forEach(
                (of, ours) -> {
                    if (of.variant() == Variant.logitstream) {
                        Speed jackson =
                                speeds.get(new DecodeCase(of.input(), Variant.jackson, of.k()));
                        Speed parseFloat =
                                speeds.get(new DecodeCase(of.input(), Variant.parseFloat, of.k()));
                        text.append(
                                String.format(
                                        HEADER,
                                        of.input(),
                                        of.k(),
                                        cell("%.0f", ours.median),
                                        jackson == null ? "" : cell("%.0f", jackson.median),
                                        parseFloat == null ? "" : cell("%.0f", parseFloat.median),
                                        jackson == null
                                                ? ""
                                                : cell("%.1fx", ours.median / jackson.median)));
                    }
                });
        return text.toString();
    }

    private static String cell(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }

    private static String json(Map<DecodeCase, Speed> speeds) {
        ArrayNode array = new ObjectMapper().createArrayNode();
        speeds.forEach(
                (of, speed) -> {
                    ObjectNode entry = array.addObject();
                    entry.put("input", of.input().name());
                    entry.put("variant", of.variant().name());
                    entry.put("k", of.k());
                    entry.put("megabytesPerSecond", speed.median);
                    entry.put("min", speed.least);
                    entry.put("max", speed.largest);
                });
        return array.toPrettyString() + "\n";
    }
}
