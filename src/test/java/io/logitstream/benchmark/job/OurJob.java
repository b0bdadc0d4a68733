package io.logitstream.benchmark.job;

import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileException;
import io.logitstream.config.JobFileReader;
import io.logitstream.connector.KafkaJob;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;

/** The job as users run it: a job file, and nothing set that it does not say. */
final class OurJob {

    /** A system property with more settings of the job file, one a line. */
    static final String SETTINGS = "logitstream.bench.settings";

    private OurJob() {}

    static StreamGraph graph(JobCase of, Pass pass) throws JobFileException {
        StreamExecutionEnvironment env = new StreamExecutionEnvironment();
        env.setParallelism(JobCase.PARTITIONS);
        return KafkaJob.graph(env, file(of, pass));
    }

    private static List<String> more() {
        String given = System.getProperty(SETTINGS, "");
        return given.isEmpty() ? List.of() : List.of(given.split("\n"));
    }

    /** Returns the job file, which Kafka Streams' decoder and kernel are made of too. */
    static JobFile file(JobCase of, Pass pass) throws JobFileException {
        List<String> settings =
                new ArrayList<>(
                        List.of(
                                "name=" + pass.name(),
                                "kafka.bootstrap.servers=" + pass.bootstrapServers(),
                                "delivery=" + of.delivery(),
                                "scores.topic=" + pass.scores(),
                                "scores.format=" + of.format(),
                                "predictions.topic=" + pass.predictions(),
                                "predictions.emit=" + of.output(),
                                "dead-letters.topic=" + pass.deadLetters(),
                                "models[0].name=" + JobCase.MODEL,
                                "models[0].classes=" + of.k(),
                                "models[0].top-k=" + JobCase.TOP_K,
                                "flink.execution.checkpointing.interval=1s"));
        if (of.windows()) {
            settings.add("losses.topic=" + pass.losses());
            settings.add("losses.window=" + JobCase.WINDOW_MILLIS / 1_000 + "s");
        }
        if (of.labelJoin()) {
            settings.add("labels.topic=" + pass.labels());
            settings.add("labels.wait=" + JobCase.WINDOW_MILLIS / 1_000 + "s");
        }
        settings.addAll(more());
        return JobFileReader.read(Path.of("jobs/two-class.yaml"), settings, Map.of());
    }
}
