package io.logitstream.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.logitstream.local.LocalFlink;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.JobID;

/**
 * What Flink's REST API says of the checkpoints of a job.
 *
 * @param count how many are complete
 * @param longestMillis how long the longest took, from its trigger on
 * @param largestBytes the state of the largest, whatever of it was already stored
 */
record Checkpoints(long count, long longestMillis, long largestBytes) {

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    static Checkpoints of(LocalFlink flink, JobID job) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(flink.webUi().resolve("/jobs/" + job + "/checkpoints"))
                        .build();
        String body = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
        JsonNode answer = new ObjectMapper().readTree(body);
        return new Checkpoints(
                answer.at("/counts/completed").asLong(),
                answer.at("/summary/end_to_end_duration/max").asLong(),
                answer.at("/summary/state_size/max").asLong());
    }

    /** Waits for more checkpoints than there are now. */
    static Checkpoints awaitMore(LocalFlink flink, JobID job, int more)
            throws IOException, InterruptedException {
        long wanted = of(flink, job).count() + more;
        Checkpoints now = of(flink, job);
        while (now.count() < wanted) {
            LockSupport.parkNanos(POLL_NANOS);
            flink.status(job);
            now = of(flink, job);
        }
        return now;
    }
}
