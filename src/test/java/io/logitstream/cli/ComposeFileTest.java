package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the services of the compose file have in common. What they run: {@link ComposeJobTest}. */
class ComposeFileTest {

    static final Path FILE = Path.of("docker/compose.yaml");

    /** Services of Flink's image, with our jar. */
    static final List<String> OURS = List.of("jobmanager", "taskmanager", "scores");

    private static ComposeFile compose;

    @BeforeAll
    static void read() throws IOException {
        compose = ComposeFile.read(FILE);
    }

    @Test
    void usesOnlyWhatComposeKnows() throws IOException {
        assertThat(StrictYaml.refusals(compose.tree(), "compose.yaml")).isEmpty();

        ObjectNode broken = compose.tree().deepCopy();
        ((ObjectNode) broken.at("/services/kafka")).put("portz", 1);
        assertThat(StrictYaml.refusals(broken, "compose.yaml"))
                .containsExactly("$.services.kafka additionalProperties");
    }

    @Test
    void hasTheVersionsOfTheBuild() throws IOException {
        Map<String, String> images = new TreeMap<>();
        compose.services().keySet().forEach(name -> images.put(name, compose.image(name)));
        String ours = "logitstream:" + BuildVersions.project();
        String kafka = "apache/kafka:" + BuildVersions.property("kafka.version");
        OURS.forEach(name -> assertThat(images.remove(name)).as(name).isEqualTo(ours));
        assertThat(images.remove("kafka")).isEqualTo(kafka);
        assertThat(images.remove("topics")).isEqualTo(kafka);
        assertThat(images.remove("prometheus")).startsWith("prom/prometheus:v");
        assertThat(Files.readString(Path.of("config/prometheus/prometheus.yml")))
                .contains(
                        "tried with Prometheus "
                                + compose.image("prometheus").replaceAll(".*:v|\\.0$", ""));
        assertThat(images.remove("grafana")).startsWith("grafana/grafana:");
        assertThat(images).isEmpty();
    }

    @Test
    void buildsOurImageOnceFromTheRootOfTheProject() {
        assertThat(compose.services().keySet())
                .filteredOn(name -> compose.service(name).has("build"))
                .containsExactly("jobmanager");
        assertThat(compose.services().keySet())
                .filteredOn(name -> compose.service(name).has("pull_policy"))
                .as("whose image no registry has, and which do not build it")
                .containsExactly("scores", "taskmanager");
        JsonNode build = compose.service("jobmanager").required("build");
        Path context = compose.onHost(build.required("context").asText());
        assertThat(context.toString()).isEmpty();
        assertThat(context.resolve(build.required("dockerfile").asText()))
                .isEqualTo(DockerImageTest.FILE);
    }

    @Test
    void givesOurImageNoRights() {
        for (String name : OURS) {
            JsonNode service = compose.service(name);
            assertThat(service.required("cap_drop").get(0).asText()).isEqualTo("ALL");
            assertThat(service.required("security_opt").get(0).asText())
                    .isEqualTo("no-new-privileges:true");
        }
    }

    @Test
    void isReachedFromThisMachineOnly() {
        List<Integer> published = new ArrayList<>();
        for (String name : compose.services().keySet()) {
            for (ComposeFile.Port port : compose.ports(name)) {
                assertThat(port.address()).as(name).isEqualTo("127.0.0.1");
                published.add(port.host());
            }
        }
        assertThat(published).hasSize(4).doesNotHaveDuplicates();
    }

    @Test
    void mountsFilesThatAreThereAndVolumesThatAreDeclared() {
        List<String> volumes = new ArrayList<>();
        for (String name : compose.services().keySet()) {
            for (ComposeFile.Mount mount : compose.mounts(name)) {
                if (mount.isOfHost()) {
                    assertThat(compose.onHost(mount.source())).exists();
                    assertThat(mount.options()).as(mount.source()).containsExactly("ro");
                } else {
                    volumes.add(mount.source());
                }
            }
        }
        List<String> declared = new ArrayList<>();
        compose.tree().required("volumes").fieldNames().forEachRemaining(declared::add);
        assertThat(new TreeSet<>(volumes)).containsExactlyElementsOf(declared);
    }

    @Test
    void waitsForWhatCanBeWaitedFor() {
        for (String name : compose.services().keySet()) {
            JsonNode others = compose.service(name).path("depends_on");
            if (others.isArray()) {
                assertThat(compose.services()).containsKeys(texts(others));
            }
            others.properties()
                    .forEach(
                            other ->
                                    assertCanBeWaitedFor(
                                            compose.service(other.getKey()),
                                            other.getValue().required("condition").asText()));
        }
    }

    private static String[] texts(JsonNode list) {
        return StrictYaml.texts(list).toArray(String[]::new);
    }

    private static void assertCanBeWaitedFor(JsonNode service, String condition) {
        switch (condition) {
            case "service_healthy" -> assertThat(service.has("healthcheck")).isTrue();
            case "service_completed_successfully" -> assertThat(service.has("restart")).isFalse();
            default -> assertThat(condition).isEqualTo("service_started");
        }
    }

    /** All but what ends by itself, and the job, which would not go on but go back. */
    @Test
    void startsAgainWhatEnds() {
        assertThat(compose.services().keySet())
                .filteredOn(name -> !compose.service(name).has("restart"))
                .containsExactly("topics");
        assertThat(compose.services().keySet())
                .filteredOn(name -> compose.service(name).path("restart").asText().equals("no"))
                .containsExactly("jobmanager");
    }
}
