package io.logitstream.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What a service's health check makes of an answer.
 *
 * @param filter the shell command that the answer is piped into
 */
record HealthCheck(String filter) {

    static HealthCheck of(ComposeFile compose, String service) {
        String[] pipe =
                compose.service(service).at("/healthcheck/test/1").asText().split(" \\| ", 2);
        return new HealthCheck(pipe[1]);
    }

    boolean accepts(String answer) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", "-c", filter).start();
        try (OutputStream in = process.getOutputStream()) {
            in.write(answer.getBytes(StandardCharsets.UTF_8));
            in.write('\n');
        }
        return process.waitFor() == 0;
    }
}
