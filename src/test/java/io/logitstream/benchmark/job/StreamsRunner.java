package io.logitstream.benchmark.job;

import io.logitstream.config.JobFile;
import io.logitstream.config.JobFileException;
import io.logitstream.local.TempDirectory;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.kstream.WindowedSerdes;
import org.apache.kafka.streams.state.BuiltInDslStoreSuppliers;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;

/**
 * Kafka Streams with our decoder, kernel, encoder and buffers of clients, with a thread for each
 * partition and stores in memory. Its windows are a sum.
 */
final class StreamsRunner implements JobRunner {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final JobCase of;
    private final TempDirectory directory = TempDirectory.create("logitstream-bench-");
    private @Nullable KafkaStreams streams;

    StreamsRunner(JobCase of) {
        this.of = of;
    }

    @Override
    public void start(Pass pass) throws JobFileException {
        JobFile job = OurJob.file(of, pass);
        streams = new KafkaStreams(topology(job, pass), properties(pass));
        streams.start();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (streams.state() != KafkaStreams.State.RUNNING) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("Kafka Streams is " + streams.state());
            }
            LockSupport.parkNanos(10_000_000);
        }
    }

    @Override
    public void stop() {
        if (streams != null) {
            streams.close();
        }
    }

    @Override
    public void close() {
        stop();
        directory.close();
    }

    private Properties properties(Pass pass) {
        Properties properties = new Properties();
        properties.put(StreamsConfig.APPLICATION_ID_CONFIG, pass.name());
        properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, pass.bootstrapServers());
        properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, JobCase.PARTITIONS);
        properties.put(StreamsConfig.STATE_DIR_CONFIG, directory.path().toString());
        properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
        properties.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        properties.put(
                StreamsConfig.consumerPrefix("receive.buffer.bytes"),
                FlinkTopics.Clients.OURS.receiveBuffer);
        properties.put(
                StreamsConfig.producerPrefix("batch.size"), FlinkTopics.Clients.OURS.batch(of));
        properties.put(
                StreamsConfig.DSL_STORE_SUPPLIERS_CLASS_CONFIG,
                BuiltInDslStoreSuppliers.InMemoryDslStoreSuppliers.class);
        properties.put(
                StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
                of.isExactlyOnce() ? StreamsConfig.EXACTLY_ONCE_V2 : StreamsConfig.AT_LEAST_ONCE);
        properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_000);
        return properties;
    }

    private Topology topology(JobFile job, Pass pass) {
        StreamsBuilder builder = new StreamsBuilder();
        // A key of a join needs equality, which byte arrays have not.
        Consumed<Bytes, byte[]> keyed = Consumed.with(Serdes.Bytes(), Serdes.ByteArray());
        KStream<Bytes, byte[]> scores = builder.stream(pass.scores(), keyed);
        KStream<Bytes, Scoring.Scored> scored = scores.processValues(() -> new Scoring(job));
        scored.mapValues(Scoring.Scored::prediction)
                .to(pass.predictions(), Produced.with(Serdes.Bytes(), Serdes.ByteArray()));
        if (of.labelJoin()) {
            builder.addStateStore(
                    Stores.keyValueStoreBuilder(
                            Stores.inMemoryKeyValueStore(StreamsJoin.STORE),
                            Serdes.Bytes(),
                            Serdes.ByteArray()));
            KStream<Bytes, byte[]> labels = builder.stream(pass.labels(), keyed);
            writeLosses(
                    scores.process(() -> new StreamsJoin(job, false), StreamsJoin.STORE)
                            .merge(
                                    labels.process(
                                            () -> new StreamsJoin(job, true), StreamsJoin.STORE)),
                    pass);
        } else if (of.windows()) {
            writeLosses(
                    scored.map((id, row) -> KeyValue.pair(JobCase.MODEL, row.lossNats())), pass);
        }
        return builder.build();
    }

    private static void writeLosses(KStream<String, Double> losses, Pass pass) {
        losses.groupByKey(Grouped.with(Serdes.String(), Serdes.Double()))
                .windowedBy(
                        TimeWindows.ofSizeAndGrace(
                                Duration.ofMillis(JobCase.WINDOW_MILLIS), Duration.ofHours(1)))
                .aggregate(
                        () -> 0.0,
                        (model, loss, sum) -> sum + loss,
                        Materialized.with(Serdes.String(), Serdes.Double()))
                .toStream()
                .to(
                        pass.losses(),
                        Produced.with(
                                WindowedSerdes.timeWindowedSerdeFrom(
                                        String.class, JobCase.WINDOW_MILLIS),
                                Serdes.Double()));
    }
}
