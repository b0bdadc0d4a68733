package io.logitstream.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The alert rules that are shipped, as Prometheus' own tool reads them. */
class AlertRulesTest {

    private static final Path RULES = PrometheusFiles.DIRECTORY.resolve("alerts.yml");

    private static final Map<String, String> NOTHING_COMES =
            Map.of(
                    "model_records{job_name=\"j\",operator_name=\"classify\"", "6000+0",
                    "model_predictions", "6000+0",
                    "malformed", "60+0",
                    "subtask_index=\"0\",quantile", "50000+0",
                    "Millis_count{job_name=\"j\",operator_name=\"classify\",subtask_index=\"0\"",
                            "5000+0",
                    "windowLag", "70000+60000",
                    "joined", "5000+0",
                    "expired", "900+0",
                    "orphan", "100+0");

    @TempDir Path directory;

    private static void assumePromtool() {
        assumeThat(PrometheusTool.find("promtool")).as("Debian's package prometheus").isPresent();
    }

    @Test
    void eachSaysWhatToDo() throws IOException {
        Set<String> names = new HashSet<>();
        for (JsonNode rule : PrometheusFiles.alertRules()) {
            String name = rule.get("alert").asText();
            assertThat(names.add(name)).as(name).isTrue();
            assertThat(rule.at("/annotations/summary").asText()).as(name).isNotBlank();
            assertThat(rule.at("/annotations/runbook").asText()).as(name).hasSizeGreaterThan(80);
            assertThat(rule.at("/labels/severity").asText()).isIn("critical", "warning", "info");
        }
        assertThat(names).hasSizeGreaterThan(10);
    }

    @Test
    void promtoolAcceptsThem() throws Exception {
        assumePromtool();
        for (String[] check :
                new String[][] {
                    {"check", "rules", RULES.toString()},
                    {
                        "check",
                        "config",
                        PrometheusFiles.DIRECTORY.resolve("prometheus.yml").toString()
                    }
                }) {
            PrometheusTool.Verdict verdict = PrometheusTool.promtool(check);
            assertThat(verdict.exitCode()).as(verdict.output()).isZero();
            assertThat(verdict.output())
                    .contains(PrometheusFiles.alertRules().size() + " rules found");
        }
    }

    @Test
    void promtoolRefusesAQueryThatIsNone() throws Exception {
        assumePromtool();
        Path broken = directory.resolve("alerts.yml");
        Files.writeString(broken, Files.readString(RULES).replaceFirst("absent\\(", "absent(("));
        PrometheusTool.Verdict verdict =
                PrometheusTool.promtool("check", "rules", broken.toString());
        assertThat(verdict.exitCode()).isNotZero();
        assertThat(verdict.output()).contains("LogitstreamNotScraped");
    }

    /** Each alert in its turn, and none of them for a job that is well or has nothing to do. */
    @Test
    void fireWhenTheyShouldAndOnlyThen() throws Exception {
        assumePromtool();
        AlertCases cases = new AlertCases(RULES.toAbsolutePath().toString());
        cases.none(Map.of());
        cases.none(NOTHING_COMES);
        cases.fires("LogitstreamNotScraped", "numRunningJobs", "");
        cases.fires("LogitstreamNoJob", "numRunningJobs", "0+0");
        cases.fires("LogitstreamRestarts", "numRestarts", "0+1");
        cases.fires("LogitstreamCheckpointsFail", "FailedCheckpoints", "0+1");
        cases.fires("LogitstreamNoCheckpoint", "CompletedCheckpoints", "70+0");
        cases.fires("LogitstreamCheckpointSlow", "lastCheckpointDuration", "150000+0");
        cases.fires("LogitstreamBacklog", "pendingRecords", "200000+1000");
        cases.fires("LogitstreamRowsLate", "subtask_index=\"0\",quantile", "30000+0");
        cases.fires("LogitstreamScalarKernel", "\"scalar\"", "1+0");
        cases.none(
                Map.of(
                        "model_predictions", "6000+0",
                        "model_ece", "0.3+0",
                        "fittedTemperature", "3+0",
                        "windowLag", "70000+60000"));
        cases.fires("LogitstreamDeadLetters", "malformed", "0+120");
        cases.fires("LogitstreamDeadLetters", "unknown-label", "0+30");
        cases.fires("LogitstreamLossesNotCounted", "model_late", "0+120");
        cases.fires("LogitstreamWindowLag", "windowLag", "700000+60000");
        cases.fires("LogitstreamNoWindow", "windowLag", "");
        cases.fires("LogitstreamLabelsMissing", "expired", "0+9000");
        cases.fires("LogitstreamLabelsOrphaned", "orphan", "0+2500");
        cases.fires("LogitstreamMiscalibrated", "model_ece", "0.3+0");
        cases.fires("LogitstreamTemperatureOff", "fittedTemperature", "3+0");
        Path file = Files.writeString(directory.resolve("cases.yml"), cases.text());
        PrometheusTool.Verdict verdict = PrometheusTool.promtool("test", "rules", file.toString());
        assertThat(verdict.exitCode()).as(verdict.output()).isZero();
        for (JsonNode rule : PrometheusFiles.alertRules()) {
            assertThat(cases.text()).contains("\"" + rule.get("alert").asText() + "\"");
        }
    }
}
