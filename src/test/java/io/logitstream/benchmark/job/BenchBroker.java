package io.logitstream.benchmark.job;

import io.logitstream.local.LocalKafka;
import java.util.Map;

/** The main class of the broker's process. Greets with its {@code bootstrap.servers}. */
final class BenchBroker {

    private BenchBroker() {}

    public static void main(String[] args) throws Exception {
        // Gigabytes of scores in segments of the size that servers have.
        try (LocalKafka kafka =
                LocalKafka.start(
                        Map.of(
                                "log.segment.bytes",
                                "1073741824",
                                "message.max.bytes",
                                "16000000"))) {
            ChildProcess.serve(kafka.bootstrapServers(), line -> "");
        }
        System.exit(0);
    }
}
