package io.logitstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The CycloneDX file that {@code mvn package} writes: it names all that the project runs with, and
 * each may be passed on under Apache-2.0.
 */
class SbomIT {

    /**
     * Licences of what may be used and passed on by an Apache-2.0 project (category A of <a
     * href="https://www.apache.org/legal/resolved.html">the ASF's list</a>). Go's is a BSD-3-Clause
     * that names Google.
     */
    private static final Set<String> ALLOWED =
            Set.of("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "Go License", "MIT");

    /** What libraries in the jar hold as native code, with its licence in the jar. */
    private static final List<String> NATIVE =
            List.of("bitshuffle", "lz4", "snappy", "xxhash", "zstd");

    private static final String LICENSES = "META-INF/licenses/";

    private static final List<Component> components = new ArrayList<>();
    private static Set<String> shipped;

    private record Component(String group, String name, String version, List<String> licenses) {

        /** As Maven names the file; one with a classifier would be noticed as missing. */
        String file() {
            return name + "-" + version + ".jar";
        }
    }

    @BeforeAll
    static void readTheSbom() throws IOException {
        JsonNode sbom =
                new ObjectMapper().readTree(only("logitstream-[0-9].*-bom\\.json").toFile());
        assertThat(sbom.path("bomFormat").asText()).isEqualTo("CycloneDX");
        assertThat(sbom.at("/metadata/component/name").asText()).isEqualTo("logitstream");
        for (JsonNode component : sbom.path("components")) {
            List<String> licenses = new ArrayList<>();
            for (JsonNode each : component.path("licenses")) {
                JsonNode license = each.path("license");
                licenses.add(license.path("id").asText(license.path("name").asText()));
            }
            components.add(
                    new Component(
                            component.path("group").asText(),
                            component.path("name").asText(),
                            component.path("version").asText(),
                            licenses));
        }
        try (JarFile jar = new JarFile(only("logitstream-[0-9][^/]*\\.jar").toFile())) {
            shipped = jar.stream().map(ZipEntry::getName).collect(Collectors.toSet());
        }
    }

    private static Path only(String pattern) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            List<Path> found =
                    files.filter(file -> file.getFileName().toString().matches(pattern)).toList();
            assertThat(found).as("run mvn package first").hasSize(1);
            return found.get(0);
        }
    }

    /** What is on the class path of the commands, and what is in the jar. */
    @Test
    void namesAllThatTheProjectRunsWithAndNothingElse() throws IOException {
        Set<String> libraries = new TreeSet<>(inTheJar());
        elements("class-path").forEach(library -> libraries.add(fileName(library)));
        assertThat(components.stream().map(Component::file))
                .containsExactlyInAnyOrderElementsOf(libraries);
    }

    private static List<Path> elements(String classPath) throws IOException {
        String elements = Files.readString(Path.of("target", classPath)).trim();
        return Stream.of(elements.split(":")).map(Path::of).toList();
    }

    /** Native libraries, say, are on no class path but the largest. */
    private static Set<String> inTheJar() throws IOException {
        Set<String> libraries = new TreeSet<>();
        for (Path library : elements("benchmark-class-path")) {
            if (ShippedJarIT.isShipped(library, shipped)) {
                libraries.add(fileName(library));
            }
        }
        return libraries;
    }

    private static String fileName(Path library) {
        return library.getFileName().toString();
    }

    @Test
    void namesWhatTheJarSaysItIsMadeOf() {
        List<String> named =
                components.stream().map(each -> each.group() + "/" + each.name() + "/").toList();
        List<String> said =
                shipped.stream()
                        .filter(entry -> entry.matches("META-INF/maven/[^/]+/[^/]+/pom.properties"))
                        .map(entry -> entry.replaceAll("META-INF/maven/|pom.properties", ""))
                        .filter(entry -> !entry.equals("io.logitstream/logitstream/"))
                        .toList();
        assertThat(said).isNotEmpty();
        assertThat(named).containsAll(said);
    }

    /** Of several licences one may choose. */
    @Test
    void everyLicenceGoesWithApache2() {
        assertThat(components)
                .allSatisfy(each -> assertThat(each.licenses()).containsAnyElementsOf(ALLOWED));
    }

    @Test
    void everyLicenceOfTheListIsNeeded() {
        assertThat(components.stream().flatMap(each -> each.licenses().stream()))
                .containsAll(ALLOWED);
    }

    /** Beside Apache-2.0, once in the jar, and the notices that the libraries have. */
    @Test
    void theJarHasTheLicencesOfWhatIsInIt() throws IOException {
        Set<String> texts = new TreeSet<>(NATIVE);
        Set<String> libraries = inTheJar();
        for (Component each : components) {
            if (libraries.contains(each.file()) && !each.licenses().contains("Apache-2.0")) {
                texts.add(each.name());
            }
        }
        assertThat(texts).contains("HdrHistogram", "zstd-jni");
        assertThat(shipped).contains("META-INF/LICENSE", "META-INF/NOTICE");
        assertThat(shipped.stream().filter(entry -> entry.matches(LICENSES + ".+")))
                .containsExactlyInAnyOrderElementsOf(
                        texts.stream().map(text -> LICENSES + text + ".txt").toList());
    }
}
