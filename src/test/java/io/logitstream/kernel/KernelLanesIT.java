package io.logitstream.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.logitstream.Seeds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernel in processes of its own: other JDKs, other widths of vectors, other warm-ups. */
@Timeout(1_800)
class KernelLanesIT {

    private static final Path JDKS = Path.of("/usr/lib/jvm");

    /** In the file {@code release} of a JDK: its version, and the first number of that. */
    private static final Pattern VERSION =
            Pattern.compile("(?m)^JAVA_VERSION=\"(([0-9]+)[^\"]*)\"");

    private static final int NATIVE_BITS =
            jdk.incubator.vector.FloatVector.SPECIES_PREFERRED.vectorBitSize();

    private final Random random = Seeds.random(getClass());

    /** Homes of the JDKs found on this machine by version, this process's own first. */
    private static Map<String, Path> jdks() throws IOException {
        Map<String, Path> found = new TreeMap<>();
        Path own = Path.of(System.getProperty("java.home"));
        found.put(Runtime.version().toString(), own);
        if (Files.isDirectory(JDKS)) {
            try (Stream<Path> homes = Files.list(JDKS)) {
                for (Path home : homes.sorted().toList()) {
                    Path release = home.resolve("release");
                    if (Files.isRegularFile(release) && Files.isExecutable(java(home))) {
                        Matcher said = VERSION.matcher(Files.readString(release));
                        if (said.find()
                                && Integer.parseInt(said.group(2)) >= 17
                                && !said.group(1).equals(System.getProperty("java.version"))) {
                            found.putIfAbsent(said.group(1), home);
                        }
                    }
                }
            }
        }
        return found;
    }

    private static Path java(Path home) {
        return home.resolve("bin").resolve("java");
    }

    private static String run(Path home, List<String> flags, Class<?> main, Object... arguments)
            throws Exception {
        List<String> command = new ArrayList<>(List.of(java(home).toString(), "-Xmx256m"));
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            byte[] out = process.getInputStream().readAllBytes();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as("%s", command.subList(0, 4)).isZero();
            return new String(out, StandardCharsets.UTF_8);
        } finally {
            process.destroyForcibly();
        }
    }

    private static List<String> vectors(int bits) {
        return List.of(
                "--add-modules", "jdk.incubator.vector", "-Dlogitstream.kernel.bits=" + bits);
    }

    /** Widths that the machine lacks are emulated by the JVM, twenty times slower. */
    @Test
    void everyJdkAndEveryWidthReturnsTheSameBits() throws Exception {
        long seed = random.nextLong();
        Map<String, String> results = new TreeMap<>();
        for (Map.Entry<String, Path> jdk : jdks().entrySet()) {
            for (int bits : new int[] {128, 256, 512}) {
                String result = run(jdk.getValue(), vectors(bits), KernelComparison.class, seed);
                results.put("JDK " + jdk.getKey() + ", " + bits + " bits", result.trim());
            }
        }
        System.out.println("kernel lanes that ran, of " + NATIVE_BITS + " bits here:");
        results.forEach((lane, result) -> System.out.println("  " + lane + ": " + result));
        assertThat(new TreeSet<>(results.values())).as("%s", results).hasSize(1);
        assertThat(results.values()).allMatch(result -> result.startsWith("100000 rows"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void allocatesNothingWhateverTheJvmCompiledBefore(int fork) throws Exception {
        String printed =
                run(
                        Path.of(System.getProperty("java.home")),
                        List.of("--add-modules", "jdk.incubator.vector"),
                        KernelAllocation.class,
                        random.nextLong() + fork);
        List<String> lines = printed.lines().toList();
        assertThat(lines.get(0)).startsWith("SIMD");
        assertThat(lines.subList(1, lines.size()))
                .hasSize(96)
                .allMatch(line -> line.endsWith(": 0 bytes"));
    }
}
