package io.logitstream.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.CommonClientConfigs;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Feeds a topic from a recorded file. */
@Command(
        name = "replay",
        mixinStandardHelpOptions = true,
        description = "Produces the lines of a recorded .jsonl or .jsonl.gz file to a topic.",
        footer = {
            "",
            "Example:",
            "  logitstream replay jobs/recorded/fashion-10.jsonl.gz --topic scores --rate 500 \\",
            "    --bootstrap-servers localhost:9092"
        })
final class ReplayCommand implements Callable<Integer> {

    private static final long PROGRESS_NANOS = 5_000_000_000L;

    @Parameters(paramLabel = "FILE", description = "JSON lines, gzipped if the name ends in .gz.")
    private Path file;

    @Option(
            names = "--topic",
            required = true,
            paramLabel = "TOPIC",
            description = "Where the lines go.")
    private String topic;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Records per second; as fast as the broker takes them by default.")
    private double rate;

    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT",
            defaultValue = "localhost:9092",
            description = "The broker. Default: ${DEFAULT-VALUE}.")
    private String bootstrapServers;

    @Option(
            names = "--kafka",
            paramLabel = "KEY=VALUE",
            description = "Any other Kafka client property. May be given several times.")
    private Map<String, String> kafka = new HashMap<>();

    private long nextProgress = System.nanoTime() + PROGRESS_NANOS;

    @Override
    public Integer call() throws Exception {
        Map<String, String> properties = new HashMap<>(kafka);
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        long sent =
                new ScoreReplay(file, topic, rate).run(properties, Long.MAX_VALUE, this::report);
        System.err.println("sent " + sent + " records to " + topic);
        return 0;
    }

    private void report(long sent) {
        if (System.nanoTime() - nextProgress > 0) {
            nextProgress += PROGRESS_NANOS;
            System.err.println("sent " + sent + " records so far");
        }
    }
}
