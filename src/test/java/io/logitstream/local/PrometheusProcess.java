package io.logitstream.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A real Prometheus with the shipped configuration, but for its targets and how often it asks them:
 * twice a second. It listens on a port of 127.0.0.1 and ends with {@link #close}.
 */
public final class PrometheusProcess implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final String address;

    private PrometheusProcess(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    /**
     * Starts one.
     *
     * @param program where it is
     * @param directory empty, for its configuration, its data and its log
     * @param target host and port of what it is to scrape
     */
    public static PrometheusProcess start(Path program, Path directory, String target)
            throws IOException {
        String shipped = Files.readString(PrometheusFiles.DIRECTORY.resolve("prometheus.yml"));
        Files.writeString(
                directory.resolve("prometheus.yml"),
                shipped.replaceFirst("targets: \\[.*]", "targets: [\"" + target + "\"]")
                        .replace("15s", "1s"));
        Files.copy(
                PrometheusFiles.DIRECTORY.resolve("alerts.yml"), directory.resolve("alerts.yml"));
        String address = BrokerSettings.HOST + ":" + FreePorts.find();
        Process process =
                new ProcessBuilder(
                                program.toString(),
                                "--config.file=" + directory.resolve("prometheus.yml"),
                                "--storage.tsdb.path=" + directory.resolve("records"),
                                "--web.listen-address=" + address)
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("log").toFile())
                        .start();
        return new PrometheusProcess(process, address);
    }

    /** Returns what a query gives now, as an array of one entry for each series. */
    public JsonNode query(String query) throws IOException, InterruptedException {
        String encoded = URLEncoder.encode(query, StandardCharsets.UTF_8);
        return get("/api/v1/query?query=" + encoded).at("/data/result");
    }

    /** Returns all rules and their health, as an array of groups. */
    public JsonNode ruleGroups() throws IOException, InterruptedException {
        return get("/api/v1/rules").at("/data/groups");
    }

    private JsonNode get(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://" + address + path)).build();
        HttpResponse<String> answer =
                HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(path + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
