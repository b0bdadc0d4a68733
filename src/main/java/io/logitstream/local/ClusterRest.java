package io.logitstream.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a Flink cluster says of itself over REST.
 *
 * @see <a
 *     href="https://nightlies.apache.org/flink/flink-docs-release-2.2/docs/ops/rest_api/">Flink's
 *     REST API</a>
 */
final class ClusterRest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final String address;

    ClusterRest(String address) {
        this.address = address;
    }

    /**
     * What a job does.
     *
     * @param state of the job, such as {@code RUNNING}
     * @param tasks how many operator chains are in which state
     */
    record JobState(String state, Map<String, Integer> tasks) {

        /** Returns whether the job and each of its tasks run. */
        boolean isRunning() {
            return state.equals("RUNNING") && tasks.keySet().equals(Set.of("RUNNING"));
        }

        /** Returns whether the job has ended. */
        boolean isOver() {
            return state.equals("FAILED") || state.equals("CANCELED") || state.equals("FINISHED");
        }
    }

    /** Returns how many task managers there are. */
    int taskManagers() throws IOException {
        return get("/overview").path("taskmanagers").asInt();
    }

    /** Returns how many more tasks can run beside each other. */
    int freeSlots() throws IOException {
        return get("/overview").path("slots-available").asInt();
    }

    /** Returns whether a job of this name has not ended. */
    boolean hasJobNamed(String name) throws IOException {
        for (JsonNode job : get("/jobs/overview").path("jobs")) {
            if (job.path("name").asText().equals(name)
                    && !new JobState(job.path("state").asText(), Map.of()).isOver()) {
                return true;
            }
        }
        return false;
    }

    JobState job(String id) throws IOException {
        JsonNode job = get("/jobs/" + id);
        Map<String, Integer> tasks = new TreeMap<>();
        job.path("vertices")
                .forEach(task -> tasks.merge(task.path("status").asText(), 1, Integer::sum));
        return new JobState(job.path("state").asText(), tasks);
    }

    /** Returns the stack trace of the last failure of a job, or empty text. */
    String lastFailure(String id) throws IOException {
        return get("/jobs/" + id + "/exceptions")
                .at("/exceptionHistory/entries/0/stacktrace")
                .asText();
    }

    private JsonNode get(String path) throws IOException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address + path)).timeout(PATIENCE).build();
        try {
            HttpResponse<byte[]> answer =
                    client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() != 200) {
                throw new IOException(request.uri() + " answers with " + answer.statusCode());
            }
            return JSON.readTree(answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking " + request.uri(), e);
        }
    }
}
