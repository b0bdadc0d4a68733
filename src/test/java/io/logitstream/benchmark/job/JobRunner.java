package io.logitstream.benchmark.job;

import io.logitstream.local.LocalFlink;
import java.time.Duration;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.jspecify.annotations.Nullable;

/** Starts and stops jobs of one variant, in this process. */
interface JobRunner extends AutoCloseable {

    /** Starts a job and returns when it runs. */
    void start(Pass pass) throws Exception;

    void stop();

    @Override
    void close();

    static JobRunner of(Variant variant, JobCase of) {
        return switch (variant) {
            case OURS -> new OnFlink(pass -> OurJob.graph(of, pass));
            case BYTE_COPY -> new OnFlink(pass -> ByteCopyJob.graph(of, pass));
            case NAIVE -> new OnFlink(pass -> NaiveJob.graph(of, pass));
            case KAFKA_STREAMS -> new StreamsRunner(of);
        };
    }

    /** How a Flink job is put together. */
    interface Graph {
        StreamGraph of(Pass pass) throws Exception;
    }

    /** Jobs on a Flink cluster of their own, with a slot for each partition. */
    final class OnFlink implements JobRunner {

        private static final Duration PATIENCE = Duration.ofMinutes(1);

        private final LocalFlink flink =
                LocalFlink.start(
                        1,
                        JobCase.PARTITIONS,
                        Configuration.fromMap(Map.of("restart-strategy.type", "none")));
        private final Graph graph;
        private @Nullable JobID job;

        OnFlink(Graph graph) {
            this.graph = graph;
        }

        @Override
        public void start(Pass pass) throws Exception {
            job = flink.submit(graph.of(pass));
            flink.awaitRunning(job, PATIENCE);
        }

        @Override
        public void stop() {
            flink.cancel(job);
        }

        @Override
        public void close() {
            flink.close();
        }
    }
}
