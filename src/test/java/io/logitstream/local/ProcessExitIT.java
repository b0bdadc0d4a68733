package io.logitstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an interrupted demo leaves behind. */
@Timeout(120)
class ProcessExitIT {

    @Test
    void leavesNoDirectoriesWhenTheProcessIsTerminated() throws Exception {
        Process process = startIdle();
        try (BufferedReader output = process.inputReader()) {
            Path kafka = Path.of(output.readLine());
            Path flink = Path.of(output.readLine());
            assertThat(List.of(kafka, flink)).allMatch(Files::isDirectory);

            process.destroy();

            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(List.of(kafka, flink)).noneMatch(Files::exists);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process startIdle() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx512m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Idle.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Starts a broker and a cluster, says where they work, and waits for its end. */
    static final class Idle {

        private Idle() {}

        public static void main(String[] args) throws InterruptedException {
            LocalKafka kafka = LocalKafka.start();
            LocalFlink flink = LocalFlink.start(1, 1, new Configuration());
            System.out.println(kafka.directory());
            System.out.println(flink.directory());
            Thread.currentThread().join();
        }
    }
}
