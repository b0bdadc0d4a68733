package io.logitstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.JobID;

/** What Flink's web UI can show of a cluster and a job on it: the answers of its REST API. */
final class WebPages {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<String, String> pages = new TreeMap<>();
    private final URI address;

    private WebPages(URI address) {
        this.address = address;
    }

    /** Returns each page by its path. */
    static Map<String, String> of(URI address, JobID job) throws Exception {
        WebPages pages = new WebPages(address);
        pages.readCluster();
        pages.readJob("/jobs/" + job);
        return pages.pages;
    }

    private void readCluster() throws Exception {
        for (String path :
                List.of(
                        "/config",
                        "/overview",
                        "/jobs/overview",
                        "/jobmanager/config",
                        "/jobmanager/environment",
                        "/jobmanager/metrics",
                        "/jobmanager/thread-dump")) {
            read(path);
        }
        for (JsonNode one : read("/taskmanagers").path("taskmanagers")) {
            String path = "/taskmanagers/" + one.path("id").asText();
            read(path);
            read(path + "/thread-dump");
            readMetrics(path);
        }
    }

    private void readJob(String job) throws Exception {
        for (String path :
                List.of(
                        "",
                        "/plan",
                        "/config",
                        "/jobmanager/config",
                        "/jobmanager/environment",
                        "/exceptions",
                        "/checkpoints",
                        "/checkpoints/config",
                        "/accumulators")) {
            read(job + path);
        }
        readMetrics(job);
        for (JsonNode one : read(job).path("vertices")) {
            String path = job + "/vertices/" + one.path("id").asText();
            read(path);
            read(path + "/accumulators");
            readMetrics(path);
        }
    }

    private void readMetrics(String of) throws Exception {
        List<String> names = new ArrayList<>();
        read(of + "/metrics").forEach(metric -> names.add(metric.path("id").asText()));
        for (int from = 0; from < names.size(); from += 50) {
            String some = String.join(",", names.subList(from, Math.min(from + 50, names.size())));
            read(
                    of
                            + "/metrics?get="
                            + java.net.URLEncoder.encode(
                                    some, java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    private JsonNode read(String path) throws Exception {
        HttpResponse<String> page =
                client.send(
                        HttpRequest.newBuilder(URI.create(address + path)).build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(page.statusCode()).as(path).isEqualTo(200);
        pages.put(path, page.body());
        return JSON.readTree(page.body());
    }
}
