package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileReader;
import io.logitstream.local.FlinkOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.configuration.GlobalConfiguration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files for Kubernetes, as far as they can be held to something without a cluster. */
class KubernetesFilesTest {

    private static final Path DIRECTORY = Path.of("jobs/kubernetes");

    /** Addresses, which the operator sets, and sizes, which stand elsewhere in its files. */
    private static final List<String> SET_BY_THE_OPERATOR =
            List.of(
                    "jobmanager.rpc.address",
                    "jobmanager.rpc.port",
                    "jobmanager.bind-host",
                    "jobmanager.memory.process.size",
                    "rest.address",
                    "rest.bind-address",
                    "rest.port",
                    "taskmanager.bind-host",
                    "taskmanager.memory.process.size");

    private static JsonNode deployment;
    private static JsonNode spec;
    private static JsonNode kustomization;
    private static Map<String, String> shipped;

    @TempDir Path secrets;

    @BeforeAll
    static void read() throws IOException {
        deployment = StrictYaml.read(DIRECTORY.resolve("deployment.yaml"));
        spec = deployment.get("spec");
        kustomization = StrictYaml.read(DIRECTORY.resolve("kustomization.yaml"));
        shipped = GlobalConfiguration.loadConfiguration("config/flink").toMap();
    }

    @Test
    void deploymentIsWhatTheOperatorTakes() throws IOException {
        JsonNode schema = FlinkDeploymentSchema.read();
        assertThat(StrictYaml.refusals(deployment, schema)).isEmpty();

        ObjectNode broken = deployment.deepCopy();
        ((ObjectNode) broken.at("/spec/podTemplate/spec/securityContext")).put("runAsUsr", 1);
        ((ObjectNode) broken.at("/spec/job")).put("upgradeMode", "save-point");
        assertThat(StrictYaml.refusals(broken, schema))
                .containsExactlyInAnyOrder(
                        "$.spec.podTemplate.spec.securityContext additionalProperties",
                        "$.spec.job.upgradeMode enum");
        // As its webhook asks for.
        assertThat(name()).matches("[a-z]([-a-z\\d]{0,43}[a-z\\d])?");
    }

    private static String name() {
        return deployment.at("/metadata/name").asText();
    }

    @Test
    void runsTheJarOfTheImageThatIsBuilt() throws Exception {
        String[] flink = BuildVersions.property("flink.version").split("\\.");
        assertThat(spec.get("flinkVersion").asText()).isEqualTo("v%s_%s", flink[0], flink[1]);
        assertThat(spec.get("image").asText())
                .endsWith("/" + ComposeFile.read(ComposeFileTest.FILE).image("jobmanager"));
        URI jar = URI.create(spec.at("/job/jarURI").asText());
        assertThat(jar.getScheme()).isEqualTo("local");
        assertThat(jar.getPath())
                .isEqualTo(Dockerfile.read(DockerImageTest.FILE).placeOf(BuildVersions.jar()));
        assertThat(spec.at("/job/entryClass").asText()).isEqualTo(Main.class.getName());
        assertThat(ComposeJobTest.picocli(arguments())).isEqualTo("run");
    }

    private static List<String> arguments() {
        return StrictYaml.texts(spec.at("/job/args"));
    }

    /** From the generator by the volume to the argument. */
    @Test
    void readsTheJobFileOfTheConfigMap() throws IOException {
        assertThat(StrictYaml.refusals(kustomization, "kustomization.yaml")).isEmpty();
        JsonNode map = kustomization.at("/configMapGenerator/0");
        String file = map.at("/files/0").asText();
        assertThat(volume("job").at("/configMap/name")).isEqualTo(map.get("name"));
        assertThat(arguments()).containsSubsequence("--job", mountPath("job") + "/" + file);
        assertThat(DIRECTORY.resolve(file)).isRegularFile();
        for (String resource : StrictYaml.texts(kustomization.get("resources"))) {
            assertThat(DIRECTORY.resolve(resource)).isRegularFile();
        }
        JsonNode references =
                StrictYaml.read(DIRECTORY.resolve(kustomization.at("/configurations/0").asText()));
        JsonNode field = references.at("/nameReference/0/fieldSpecs/0");
        assertThat(references.at("/nameReference/0/kind").asText()).isEqualTo("ConfigMap");
        assertThat(field.get("kind")).isEqualTo(deployment.get("kind"));
        assertThat(field.get("path").asText())
                .isEqualTo("spec/jobManager/podTemplate/spec/volumes/configMap/name");
    }

    private static JsonNode volume(String name) {
        return named(spec.at("/jobManager/podTemplate/spec/volumes"), name);
    }

    private static String mountPath(String name) {
        JsonNode mount =
                named(spec.at("/jobManager/podTemplate/spec/containers/0/volumeMounts"), name);
        assertThat(mount.get("readOnly").asBoolean()).isTrue();
        return mount.get("mountPath").asText();
    }

    private static JsonNode named(JsonNode list, String name) {
        for (JsonNode item : list) {
            if (item.path("name").asText().equals(name)) {
                return item;
            }
        }
        throw new IllegalArgumentException("no " + name + " in " + list);
    }

    /** With the files of the Secret in place it has the section of config/kafka/scram.yaml. */
    @Test
    void jobFileIsValidAndSecured() throws Exception {
        String mounted = mountPath("secrets") + "/";
        String job = Files.readString(DIRECTORY.resolve("job.yaml"));
        String readme = Files.readString(DIRECTORY.resolve("README.md"));
        for (String secret : List.of("password", "authority.pem")) {
            assertThat(job).contains("${file:" + mounted + secret + "}");
            assertThat(readme).contains("--from-file=" + secret);
            Files.writeString(secrets.resolve(secret), "content of " + secret);
        }
        assertThat(readme)
                .contains(
                        "kubectl create secret generic "
                                + volume("secrets").at("/secret/secretName").asText()
                                + " ");
        Path file = Files.writeString(secrets.resolve("job.yaml"), here(job, mounted));

        CommandRun run = CommandRun.of("validate", file.toString());

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).doesNotContain("content of");
        JobFile read = JobFileReader.read(file, List.of(), Map.of());
        Path sample =
                Files.writeString(
                        secrets.resolve("scram.yaml"),
                        here(Files.readString(Path.of("config/kafka/scram.yaml")), mounted)
                                + job.substring(job.indexOf("delivery:"))
                                + "\nname: other\n");
        Map<String, String> properties = new TreeMap<>(read.kafka().properties());
        Map<String, String> ofSample =
                new TreeMap<>(JobFileReader.read(sample, List.of(), Map.of()).kafka().properties());
        assertThat(properties.remove("bootstrap.servers")).startsWith("put-your-broker-here:");
        ofSample.remove("bootstrap.servers");
        assertThat(properties).isEqualTo(ofSample);
        assertThat(read.name()).isEqualTo(name());
    }

    private String here(String text, String mounted) {
        return text.replace(mounted, secrets + "/");
    }

    @Test
    void labelsAreThoseOfTheRecordedJob() throws IOException {
        assertThat(
                        StrictYaml.texts(
                                StrictYaml.read(DIRECTORY.resolve("job.yaml"))
                                        .at("/models/0/labels")))
                .isEqualTo(Files.readAllLines(Path.of("jobs/recorded/fashion-10.classes.txt")));
    }

    @Test
    void hasTheShippedConfigurationOfFlink() throws Exception {
        Map<String, String> configuration = new TreeMap<>();
        spec.get("flinkConfiguration")
                .properties()
                .forEach(field -> configuration.put(field.getKey(), field.getValue().asText()));
        assertThat(configuration.keySet())
                .filteredOn(key -> !key.startsWith("metrics.reporter.prom."))
                .isSubsetOf(FlinkOptions.all().keySet());
        assertThat(configuration.remove("high-availability.type")).isEqualTo("kubernetes");
        assertThat(configuration.remove("high-availability.storageDir"))
                .isEqualTo(shipped.get("execution.checkpointing.dir").replace("checkpoints", "ha"));
        Map<String, String> rest = new TreeMap<>(shipped);
        assertThat(rest.keySet()).containsAll(SET_BY_THE_OPERATOR);
        rest.keySet().removeAll(SET_BY_THE_OPERATOR);
        assertThat(configuration).isEqualTo(rest);
    }

    @Test
    void hasTheSizesOfTheShippedConfiguration() {
        assertThat(spec.at("/jobManager/resource/memory").asText())
                .isEqualTo(shipped.get("jobmanager.memory.process.size"));
        assertThat(spec.at("/taskManager/resource/memory").asText())
                .isEqualTo(shipped.get("taskmanager.memory.process.size"));
        int slots = Integer.parseInt(shipped.get("taskmanager.numberOfTaskSlots"));
        assertThat(spec.at("/taskManager/resource/cpu").asInt()).isEqualTo(slots);
        assertThat(spec.at("/job/parallelism").asInt() % slots).isZero();
    }

    @Test
    void mayDoNothingButRun() {
        JsonNode pod = spec.at("/podTemplate/spec/securityContext");
        assertThat(pod.get("runAsNonRoot").asBoolean()).isTrue();
        for (String id : List.of("runAsUser", "runAsGroup", "fsGroup")) {
            assertThat(pod.get(id).asInt()).as(id).isEqualTo(9999);
        }
        assertThat(pod.at("/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
        JsonNode main = spec.at("/podTemplate/spec/containers/0");
        assertThat(main.at("/securityContext/allowPrivilegeEscalation").asBoolean(true)).isFalse();
        assertThat(StrictYaml.texts(main.at("/securityContext/capabilities/drop")))
                .containsExactly("ALL");
        // The operator merges the two templates by place in the list.
        assertThat(main.get("name"))
                .isEqualTo(spec.at("/jobManager/podTemplate/spec/containers/0/name"));
        assertThat(main.get("name").asText()).isEqualTo("flink-main-container");
        assertThat(volume("secrets").at("/secret/defaultMode").asInt()).isEqualTo(0440);
    }

    @Test
    void hasThePluginOfItsStore() {
        JsonNode variable = spec.at("/podTemplate/spec/containers/0/env/0");
        assertThat(variable.get("name").asText()).isEqualTo("ENABLE_BUILT_IN_PLUGINS");
        assertThat(variable.get("value").asText())
                .isEqualTo(
                        "flink-%s-fs-presto-%s.jar",
                        URI.create(shipped.get("execution.checkpointing.dir")).getScheme(),
                        BuildVersions.property("flink.version"));
    }

    @Test
    void isWatchedByPrometheus() throws IOException {
        JsonNode monitor = StrictYaml.read(DIRECTORY.resolve("pod-monitor.yaml"));
        assertThat(StrictYaml.refusals(monitor, "pod-monitor.yaml")).isEmpty();
        assertThat(monitor.at("/spec/selector/matchLabels/app").asText()).isEqualTo(name());
        JsonNode endpoint = monitor.at("/spec/podMetricsEndpoints/0");
        JsonNode port = named(spec.at("/podTemplate/spec/containers/0/ports"), "metrics");
        assertThat(endpoint.get("port")).isEqualTo(port.get("name"));
        assertThat(port.get("containerPort").asInt())
                .isEqualTo(ComposeMonitoringTest.metricsPort());
        JsonNode scrape = StrictYaml.read(Path.of("config/prometheus/prometheus.yml"));
        assertThat(endpoint.get("interval")).isEqualTo(scrape.at("/global/scrape_interval"));
        JsonNode dropped = scrape.at("/scrape_configs/0/metric_relabel_configs/0");
        JsonNode dropping = endpoint.at("/metricRelabelings/0");
        assertThat(dropping.get("regex")).isEqualTo(dropped.get("regex"));
        assertThat(dropping.get("action")).isEqualTo(dropped.get("action"));
        assertThat(dropping.get("sourceLabels")).isEqualTo(dropped.get("source_labels"));
    }
}
