package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.logitstream.local.PrometheusTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.util.NetUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prometheus and Grafana of the compose file: that they find what they are to look at. */
class ComposeMonitoringTest {

    private static final String PROVISIONING = "/etc/grafana/provisioning/";

    private static ComposeFile compose;

    @TempDir Path directory;

    @BeforeAll
    static void read() throws IOException {
        compose = ComposeFile.read(ComposeFileTest.FILE);
    }

    /** Returns the port at which a process that is alone answers Prometheus. */
    static int metricsPort() {
        return NetUtils.getPortRangeFromString(
                        GlobalConfiguration.loadConfiguration("config/flink")
                                .getString("metrics.reporter.prom.port", ""))
                .next();
    }

    private static JsonNode mounted(String service, String path) throws IOException {
        return StrictYaml.read(compose.onHost(service, path));
    }

    @Test
    void prometheusAsksJobManagerAndTaskManagersAsShipped() throws IOException {
        JsonNode scrape = mounted("prometheus", "/etc/prometheus/prometheus.yml").deepCopy();
        ObjectNode job = (ObjectNode) scrape.at("/scrape_configs/0");
        JsonNode targets = job.remove("dns_sd_configs").get(0);
        assertThat(StrictYaml.texts(targets.get("names")))
                .containsExactly("jobmanager", "taskmanager")
                .allMatch(compose.services()::containsKey);
        assertThat(targets.get("type").asText()).isEqualTo("A");
        assertThat(targets.get("port").asInt()).isEqualTo(metricsPort());

        JsonNode shipped = StrictYaml.read(Path.of("config/prometheus/prometheus.yml")).deepCopy();
        ((ObjectNode) shipped.at("/scrape_configs/0")).remove("static_configs");
        assertThat(scrape).isEqualTo(shipped);
        for (String rules : StrictYaml.texts(scrape.get("rule_files"))) {
            assertThat(compose.onHost("prometheus", "/etc/prometheus/" + rules))
                    .isEqualTo(Path.of("config/prometheus/alerts.yml"));
        }
    }

    /** Skipped where there is no promtool, as its other tests are. */
    @Test
    void promtoolAcceptsTheScrapes() throws Exception {
        org.assertj.core.api.Assumptions.assumeThat(PrometheusTool.find("promtool")).isPresent();
        for (ComposeFile.Mount mount : compose.mounts("prometheus")) {
            Path file = compose.onHost(mount.source());
            Files.copy(file, directory.resolve(Path.of(mount.target()).getFileName().toString()));
        }
        PrometheusTool.Verdict verdict =
                PrometheusTool.promtool(
                        "check", "config", directory.resolve("prometheus.yml").toString());
        assertThat(verdict.exitCode()).as(verdict.output()).isZero();
        assertThat(verdict.output()).contains("rules found");
    }

    @Test
    void grafanaAsksThatPrometheus() throws IOException {
        JsonNode file = mounted("grafana", PROVISIONING + "datasources/logitstream.yaml");
        assertThat(StrictYaml.refusals(file, "grafana-datasource.yaml")).isEmpty();
        JsonNode source = file.at("/datasources/0");
        ComposeFile.Port port = compose.ports("prometheus").get(0);
        assertThat(source.get("url").asText()).isEqualTo("http://prometheus:" + port.container());
        JsonNode dashboard = StrictYaml.read(Path.of("config/grafana/logitstream.json"));
        assertThat(source.get("type"))
                .isEqualTo(dashboard.at("/templating/list/0/query"))
                .isEqualTo(dashboard.at("/panels/0/datasource/type"));
        assertThat(source.get("isDefault").asBoolean()).isTrue();
    }

    @Test
    void grafanaShowsTheDashboard() throws IOException {
        JsonNode file = mounted("grafana", PROVISIONING + "dashboards/logitstream.yaml");
        assertThat(StrictYaml.refusals(file, "grafana-dashboards.yaml")).isEmpty();
        String path = file.at("/providers/0/options/path").asText();
        String dashboard = path + "/logitstream.json";
        assertThat(compose.onHost("grafana", dashboard))
                .isEqualTo(Path.of("config/grafana/logitstream.json"));
        assertThat(compose.environment("grafana"))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "GF_AUTH_ANONYMOUS_ENABLED", "true",
                                "GF_AUTH_ANONYMOUS_ORG_ROLE", "Viewer",
                                "GF_AUTH_DISABLE_LOGIN_FORM", "true",
                                "GF_AUTH_BASIC_ENABLED", "false",
                                "GF_ANALYTICS_REPORTING_ENABLED", "false",
                                "GF_ANALYTICS_CHECK_FOR_UPDATES", "false",
                                "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES", "false",
                                "GF_PLUGINS_PREINSTALL_DISABLED", "true",
                                "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH", dashboard));
    }

    /** Their programs' own ports. */
    @Test
    void areAtTheirPorts() {
        assertThat(compose.ports("prometheus"))
                .isEqualTo(List.of(new ComposeFile.Port("127.0.0.1", 9090, 9090)));
        assertThat(compose.ports("grafana"))
                .isEqualTo(List.of(new ComposeFile.Port("127.0.0.1", 3000, 3000)));
    }
}
