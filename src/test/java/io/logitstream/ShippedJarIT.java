package io.logitstream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The jar that is submitted to a cluster: what it brings, and what the cluster must have. */
class ShippedJarIT {

    private static final String SERVICES = "META-INF/services/";

    private static Path jar;
    private static Set<String> entries;

    @BeforeAll
    static void findTheJar() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            List<Path> jars =
                    files.filter(
                                    file ->
                                            file.getFileName()
                                                    .toString()
                                                    .matches("logitstream-[0-9][^/]*\\.jar"))
                            .toList();
            assertThat(jars).as("run mvn package first").hasSize(1);
            jar = jars.get(0);
        }
        try (JarFile file = new JarFile(jar.toFile())) {
            entries = file.stream().map(ZipEntry::getName).collect(Collectors.toSet());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io/logitstream/cli/Main.class",
                "io/logitstream/operator/ClassifyFunction.class",
                "org/apache/flink/connector/kafka/source/KafkaSource.class",
                "org/apache/flink/connector/kafka/sink/KafkaSink.class",
                "org/apache/kafka/clients/producer/KafkaProducer.class",
                "org/HdrHistogram/Histogram.class",
                "org/yaml/snakeyaml/Yaml.class",
                "picocli/CommandLine.class"
            })
    void bringsWhatTheClusterDoesNotHave(String entry) {
        assertThat(entries).contains(entry);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "org/apache/flink/runtime/",
                "org/apache/flink/streaming/api/",
                "org/apache/flink/streaming/runtime/",
                "org/apache/flink/api/common/",
                "org/apache/flink/connector/base/",
                "org/apache/flink/metrics/",
                "io/prometheus/",
                "kafka/server/",
                "org/apache/kafka/server/log/",
                "org/apache/kafka/controller/",
                "org/apache/kafka/storage/internals/",
                "org/slf4j/",
                "org/apache/logging/",
                "ch/qos/logback/",
                "org/junit/"
            })
    void leavesToTheClusterWhatItHas(String packagePath) {
        assertThat(entries).noneMatch(entry -> entry.startsWith(packagePath));
    }

    @Test
    void doesNotTellTheClusterHowToLog() {
        assertThat(entries).doesNotContain("log4j2.properties", "log4j2.xml", "logback.xml");
    }

    @Test
    void startsWithTheCommandLine() throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            Attributes manifest = file.getManifest().getMainAttributes();
            assertThat(manifest.getValue(Attributes.Name.MAIN_CLASS))
                    .isEqualTo("io.logitstream.cli.Main");
            assertThat(manifest.getValue(Attributes.Name.IMPLEMENTATION_VERSION)).isNotBlank();
            assertThat(manifest.getValue("Multi-Release")).isEqualTo("true");
        }
    }

    @Test
    void isNotSigned() {
        assertThat(entries).noneMatch(entry -> entry.matches("META-INF/[^/]*\\.(SF|DSA|RSA)"));
    }

    /** Two libraries may offer the same service: the jar then must offer what both do. */
    @Test
    void offersEveryServiceOfTheLibrariesInIt() throws IOException {
        int offered = 0;
        for (String element : Files.readString(Path.of("target/class-path")).trim().split(":")) {
            if (!isShipped(Path.of(element), entries)) {
                continue;
            }
            try (JarFile library = new JarFile(element);
                    JarFile shipped = new JarFile(jar.toFile())) {
                for (ZipEntry service : library.stream().filter(ShippedJarIT::isService).toList()) {
                    assertThat(providers(shipped, service.getName()))
                            .as("%s of %s", service.getName(), element)
                            .containsAll(providers(library, service.getName()));
                    offered++;
                }
            }
        }
        assertThat(offered).as("services of the libraries in the jar").isPositive();
        assertThat(entries).contains(SERVICES + "org.apache.flink.table.factories.Factory");
    }

    private static boolean isService(ZipEntry entry) {
        return entry.getName().startsWith(SERVICES) && !entry.isDirectory();
    }

    /** A library is in the jar if its first class is. */
    static boolean isShipped(Path library, Set<String> entries) throws IOException {
        try (JarFile file = new JarFile(library.toFile())) {
            return file.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.endsWith(".class"))
                    .filter(name -> !name.endsWith("module-info.class"))
                    .findFirst()
                    .filter(entries::contains)
                    .isPresent();
        }
    }

    private static Set<String> providers(JarFile file, String service) throws IOException {
        ZipEntry entry = file.getEntry(service);
        if (entry == null) {
            return Set.of();
        }
        try (InputStream in = file.getInputStream(entry)) {
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .map(line -> line.replaceFirst("#.*", "").trim())
                    .filter(line -> !line.isEmpty())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
