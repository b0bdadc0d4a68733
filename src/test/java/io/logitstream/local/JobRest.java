package io.logitstream.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/**
 * What tests ask of a job over REST.
 *
 * <p>While a JobManager is away or new, every call may be an {@link IOException}.
 */
public final class JobRest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    private final String address;

    public JobRest(String address) {
        this.address = address;
    }

    /** Makes a checkpoint and returns its number when it is complete. */
    long checkpoint(String job, Duration patience) throws IOException {
        JsonNode operation =
                await("/jobs/" + job + "/checkpoints", "{}", "/checkpoints/", job, patience);
        if (!operation.has("checkpointId")) {
            throw new IOException("no checkpoint: " + operation);
        }
        return operation.path("checkpointId").asLong();
    }

    /** Stops a job and returns the path of its savepoint. */
    public String stop(String job, boolean drain, Duration patience) throws IOException {
        JsonNode operation =
                await(
                        "/jobs/" + job + "/stop",
                        "{\"drain\":" + drain + "}",
                        "/savepoints/",
                        job,
                        patience);
        if (!operation.has("location")) {
            throw new IOException("no savepoint: " + operation);
        }
        return operation.path("location").asText();
    }

    private JsonNode await(String path, String body, String kind, String job, Duration patience)
            throws IOException {
        String trigger =
                send(request(path).POST(HttpRequest.BodyPublishers.ofString(body)))
                        .path("request-id")
                        .asText();
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                JsonNode answer = get("/jobs/" + job + kind + trigger);
                if (answer.at("/status/id").asText().equals("COMPLETED")) {
                    return answer.path("operation");
                }
            } catch (FileNotFoundException e) {
                // A JobManager that is new knows nothing of it, and never will.
                throw e;
            } catch (IOException e) {
                if (Thread.currentThread().isInterrupted() || System.nanoTime() > deadline) {
                    throw e;
                }
            }
            if (System.nanoTime() > deadline) {
                throw new IOException(path + " is not complete after " + patience);
            }
            ClusterProcess.pause();
        }
    }

    /** Returns the ids of the TaskManagers on which subtasks of the job are. */
    Set<String> taskManagers(String job) throws IOException {
        Set<String> ids = new TreeSet<>();
        for (JsonNode vertex : get("/jobs/" + job).path("vertices")) {
            get("/jobs/" + job + "/vertices/" + vertex.path("id").asText())
                    .path("subtasks")
                    .forEach(subtask -> ids.add(subtask.path("taskmanager-id").asText()));
        }
        return ids;
    }

    /** Returns when a job failed last, as the JobManager that has it now knows, or 0. */
    long lastFailureMillis(String job) throws IOException {
        return get("/jobs/" + job + "/exceptions")
                .at("/exceptionHistory/entries/0/timestamp")
                .asLong();
    }

    private JsonNode get(String path) throws IOException {
        return send(request(path));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address + path)).timeout(PATIENCE);
    }

    private JsonNode send(HttpRequest.Builder builder) throws IOException {
        HttpRequest request = builder.build();
        try {
            HttpResponse<byte[]> answer =
                    client.send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (answer.statusCode() == 404) {
                throw new FileNotFoundException(request.uri() + " is not known");
            }
            if (answer.statusCode() / 100 != 2) {
                throw new IOException(request.uri() + " answers with " + answer.statusCode());
            }
            return JSON.readTree(answer.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while asking " + request.uri(), e);
        }
    }
}
