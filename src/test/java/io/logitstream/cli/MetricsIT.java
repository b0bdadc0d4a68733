package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.logitstream.kernel.RowKernels;
import io.logitstream.local.MeasuredFlink;
import io.logitstream.local.PrometheusFiles;
import io.logitstream.local.PrometheusProcess;
import io.logitstream.local.PrometheusTool;
import io.logitstream.local.Scrape;
import io.logitstream.local.SharedLocal;
import io.logitstream.operator.JobMetric;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.flink.api.common.JobID;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A job with late labels as Prometheus sees it: its metrics, and what asks for them. */
@Timeout(240)
class MetricsIT {

    @RegisterExtension static final SharedLocal LOCAL = new SharedLocal();

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String NAME = "metrics";
    private static final int LABELLED = 400;
    private static final int PARTS = 9;

    @TempDir static Path directory;

    private static MeasuredFlink cluster;
    private static ImageJob job;
    private static JobID id;
    private static long scores;

    @BeforeAll
    static void runAJob() throws Exception {
        job =
                ImageJob.withLateLabels(
                        LOCAL.kafka(),
                        NAME,
                        "labels.wait=" + LateLabels.WAIT,
                        "losses.allowed-lateness=15min",
                        "scores.idle-after=1h",
                        "labels.idle-after=1h",
                        "flink.execution.checkpointing.interval=14min",
                        "calibration.mode=shadow",
                        "calibration.topic=" + NAME + "-calibrations");
        List<ProducerRecord<byte[], byte[]>> records = job.scores(labelledRows());
        new LateLabels(7).inOrderOfTime(job).subList(0, PARTS).forEach(records::addAll);
        String topic = job.file().scores().topic();
        scores = records.stream().filter(record -> record.topic().equals(topic)).count();
        records.add(job.score(0, "poison"));
        cluster = MeasuredFlink.start(3);
        id = cluster.flink().submit(job.graph(2));
        job.send(records);
        cluster.flink().awaitRunning(id, PATIENCE);
        job.awaitAllRead(() -> cluster.flink().triggerCheckpoint(id));
    }

    private static List<String> labelledRows() throws IOException {
        String place = "{\"timestamp\":" + Recorded.START_MILLIS + ",\"id\":\"labelled-%d\",";
        List<String> rows = Recorded.lines(Recorded.FASHION, LABELLED);
        return IntStream.range(0, LABELLED)
                .mapToObj(
                        i ->
                                place.formatted(i)
                                        + rows.get(i)
                                                .replaceFirst("\"id\":\"[^\"]*\",", "")
                                                .substring(1))
                .toList();
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    private static double sum(Scrape scrape, JobMetric metric, String... labels) {
        Map<String, String> wanted =
                labels.length == 0 ? Map.of() : Map.of(labels[0], labels[1], "job_name", NAME);
        return scrape.sum(metric.prometheusName(), wanted);
    }

    @Test
    void everyMetricIsThereWithItsLabels() throws Exception {
        Scrape scrape = cluster.scrape();
        for (JobMetric metric : JobMetric.values()) {
            assertThat(scrape.samples())
                    .filteredOn(sample -> sample.name().equals(metric.prometheusName()))
                    .as("%s", metric)
                    .isNotEmpty()
                    .allSatisfy(
                            sample -> assertThat(sample.labels()).containsKeys(labelsOf(metric)))
                    .anyMatch(sample -> Double.isFinite(sample.value()));
        }
    }

    private static String[] labelsOf(JobMetric metric) {
        List<String> labels = new ArrayList<>(metric.labels());
        labels.addAll(List.of("job_name", "operator_name", "subtask_index"));
        return labels.toArray(String[]::new);
    }

    @Test
    void countsWhatHappened() throws Exception {
        Scrape scrape = cluster.scrape();
        assertThat(sum(scrape, JobMetric.PREDICTIONS, "model", "fashion")).isEqualTo(scores);
        assertThat(sum(scrape, JobMetric.RECORDS, "model", "unknown")).isEqualTo(1);
        assertThat(sum(scrape, JobMetric.DEAD_LETTERS, "reason", "malformed")).isEqualTo(1);
        assertThat(sum(scrape, JobMetric.KERNEL, "kernel", RowKernels.chosen()))
                .as("one for each subtask")
                .isEqualTo(2);
        assertThat(scrape.sum(JobMetric.ROW_LATENCY.prometheusName() + "_count", Map.of()))
                .as("every 16th of each subtask")
                .isBetween(scores / 16.0 - 1, scores / 16.0 + 3);
        double joined = sum(scrape, JobMetric.ENDED, "bucket", "joined");
        assertThat(joined).isBetween(scores * 0.2, scores * 0.95);
        assertThat(scrape.sum(JobMetric.LABEL_DELAY.prometheusName() + "_count", Map.of()))
                .isEqualTo(joined);
        assertThat(sum(scrape, JobMetric.ROWS_WAITING))
                .isEqualTo(
                        scores
                                - LABELLED
                                - joined
                                - sum(scrape, JobMetric.ENDED, "bucket", "expired"));
        assertThat(sum(scrape, JobMetric.LABELLED, "model", "fashion")).isEqualTo(LABELLED);
        assertThat(sum(scrape, JobMetric.ACCURACY, "model", "fashion")).isBetween(0.5, 1.0);
        assertThat(sum(scrape, JobMetric.TEMPERATURE, "model", "fashion")).isEqualTo(1);
    }

    @Test
    void everyQueryAsksForWhatIsThere() throws Exception {
        Set<String> there = cluster.scrape().names();
        List<String> queries = new ArrayList<>(PrometheusFiles.dashboardQueries());
        queries.add(PrometheusFiles.jobsQuery());
        queries.addAll(PrometheusFiles.alertQueries());
        assertThat(queries).hasSizeGreaterThan(30).allMatch(query -> query.contains("flink_"));
        assertThat(PrometheusFiles.unknownMetrics(queries, there)).isEmpty();
        String mutated = queries.get(4).replace("_records", "_record");
        assertThat(PrometheusFiles.unknownMetrics(List.of(mutated), there))
                .containsExactly("flink_taskmanager_job_task_operator_model_record");
    }

    @Test
    void everyPanelShowsSomethingInARealPrometheus() throws Exception {
        Optional<Path> program = PrometheusTool.find("prometheus");
        assumeThat(program).as("Debian's package prometheus").isPresent();
        try (PrometheusProcess prometheus =
                PrometheusProcess.start(program.get(), directory, cluster.target())) {
            for (String query : PrometheusFiles.dashboardQueries()) {
                String asked =
                        query.replace("$__rate_interval", "1m")
                                .replace("[1h]", "[1m]")
                                .replace("$job", NAME);
                await(asked)
                        .atMost(PATIENCE)
                        .ignoreExceptions()
                        .until(() -> !prometheus.query(asked).isEmpty());
            }
            await("what is scraped")
                    .atMost(PATIENCE)
                    .until(() -> prometheus.query("up == 1").size() == 1);
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(prometheus.ruleGroups().findValuesAsText("health"))
                                            .hasSize(PrometheusFiles.alertRules().size())
                                            .allMatch("ok"::equals));
            JsonNode dropped = prometheus.query("{__name__=~\".*KafkaProducer.*\"}");
            assertThat(dropped).as("metrics of Kafka's clients").isEmpty();
        }
    }
}
