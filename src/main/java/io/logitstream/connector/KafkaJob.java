package io.logitstream.connector;

import io.logitstream.codec.DecoderLimits;
import io.logitstream.config.JobFile;
import io.logitstream.config.KafkaSettings;
import io.logitstream.operator.InputWatermarks;
import io.logitstream.operator.OperatorIds;
import io.logitstream.operator.OutputLimit;
import io.logitstream.record.LabelInput;
import io.logitstream.record.ModelSpec;
import io.logitstream.record.OutputRecord;
import io.logitstream.record.ScoreInput;
import io.logitstream.topology.ScoringTopology;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * The job of a job file, between real topics: builds the connectors and hands them to the {@link
 * ScoringTopology}.
 *
 * <p>Reads from the group's committed offsets, or from the earliest record where there are none
 * ({@code kafka.auto.offset.reset} changes the latter). The consumer group is the job's name.
 */
public final class KafkaJob {

    private static final Duration DEFAULT_CHECKPOINT_INTERVAL = Duration.ofSeconds(10);

    /** The broker's default upper limit; the sink's own default of an hour would be refused. */
    public static final Duration DEFAULT_TRANSACTION_TIMEOUT = Duration.ofMinutes(15);

    private static final long DEFAULT_BUFFER_BYTES = 33_554_432;

    private final JobFile job;

    private KafkaJob(JobFile job) {
        this.job = job;
    }

    /** Returns the graph of a job, configured and named; the environment is used up. */
    public static StreamGraph graph(StreamExecutionEnvironment env, JobFile job) {
        KafkaJob kafkaJob = new KafkaJob(job);
        kafkaJob.configure(env);
        kafkaJob.define(env);
        StreamGraph graph = env.getStreamGraph();
        graph.setJobName(job.name());
        return graph;
    }

    private void configure(StreamExecutionEnvironment env) {
        Configuration configuration = Configuration.fromMap(job.flink());
        configuration.set(
                CheckpointingOptions.CHECKPOINTING_INTERVAL,
                checkpointInterval(job, env.getConfiguration()));
        if (job.delivery() == JobFile.Delivery.EXACTLY_ONCE) {
            configuration.set(
                    CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE,
                    CheckpointingMode.EXACTLY_ONCE);
        }
        configuration.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        configuration.set(PipelineOptions.MAX_PARALLELISM, ScoringTopology.MAX_PARALLELISM);
        env.configure(configuration);
    }

    private void define(StreamExecutionEnvironment env) {
        DataStream<ScoreInput> scores =
                env.fromSource(
                                source(
                                        job.scores().topic(),
                                        new ScoreDeserializer(job.scores().format(), limits(job))),
                                InputWatermarks.of(job.scores()),
                                OperatorIds.SCORES_SOURCE)
                        .uid(OperatorIds.SCORES_SOURCE);
        OutputLimit limit = new OutputLimit(maxRequestBytes(job));
        ScoringTopology.build(
                scores,
                job.labels() == null ? null : labels(env, job.labels()),
                job,
                limit,
                sinks(),
                ControlSource.wire(env, job, source("control"), limit));
    }

    private DataStream<LabelInput> labels(StreamExecutionEnvironment env, JobFile.Labels labels) {
        return env.fromSource(
                        source(labels.topic(), new LabelDeserializer(limits(job))),
                        InputWatermarks.of(labels),
                        OperatorIds.LABELS_SOURCE)
                .uid(OperatorIds.LABELS_SOURCE);
    }

    private ScoringTopology.Sinks sinks() {
        JobFile.Losses losses = job.losses();
        JobFile.LabelLedger ledger = job.labelLedger();
        JobFile.Alerts alerts = job.alerts();
        JobFile.Gradients gradients = job.gradients();
        return new ScoringTopology.Sinks(
                sink(job.predictions().topic(), OperatorIds.PREDICTIONS_SINK),
                job.shards() == null
                        ? null
                        : sink(job.predictions().topic(), OperatorIds.MERGED_PREDICTIONS_SINK),
                job.shards() == null || job.predictions().emit() != JobFile.Emit.FULL
                        ? null
                        : sink(job.predictions().topic(), OperatorIds.DISTRIBUTIONS_SINK),
                sink(job.deadLetters().topic(), OperatorIds.DEAD_LETTERS_SINK),
                losses == null ? null : sink(losses.topic(), OperatorIds.LOSSES_SINK),
                ledger == null ? null : sink(ledger.topic(), OperatorIds.LABEL_LEDGER_SINK),
                alerts == null ? null : sink(alerts.topic(), OperatorIds.ALERTS_SINK),
                job.calibration() == null
                        ? null
                        : sink(job.calibration().topic(), OperatorIds.CALIBRATIONS_SINK),
                gradients == null ? null : sink(gradients.topic(), OperatorIds.GRADIENTS_SINK));
    }

    private <T> KafkaSource<T> source(String topic, KafkaRecordDeserializationSchema<T> decoder) {
        String reset =
                job.kafka()
                        .properties()
                        .getOrDefault(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return this.<T>source(topic)
                .setTopics(topic)
                .setStartingOffsets(committedOr(reset))
                .setDeserializer(new TopicOnly<>(Set.of(topic), decoder))
                .build();
    }

    private <T> KafkaSourceBuilder<T> source(String name) {
        return KafkaSource.<T>builder()
                .setGroupId(job.name())
                .setClientIdPrefix(job.name() + "-" + name)
                .setProperties(sourceProperties(job));
    }

    /** Returns what the clients of a job's sources are given, beside their names. */
    static Properties sourceProperties(JobFile job) {
        Properties properties = kafkaProperties(job);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        // While all brokers are away, the source's admin client would start over without a pause.
        properties.putIfAbsent(CommonClientConfigs.METADATA_RECOVERY_STRATEGY_CONFIG, "none");
        // The system fits the buffer to the flow. Kafka's 64 KB are read in small pieces.
        properties.putIfAbsent(ConsumerConfig.RECEIVE_BUFFER_CONFIG, "-1");
        return properties;
    }

    @SuppressWarnings(
            "deprecation") // Kafka deprecates the enum, but the connector takes nothing else.
    private static OffsetsInitializer committedOr(String reset) {
        return OffsetsInitializer.committedOffsets(
                OffsetResetStrategy.valueOf(reset.toUpperCase(Locale.ROOT)));
    }

    /** Returns what a decoder of the job needs to know; with control any model may come. */
    public static DecoderLimits limits(JobFile job) {
        DecoderLimits limits = limits(job.models());
        return job.control() == null
                ? limits
                : new DecoderLimits(limits.onlyModel(), JobFile.MAX_CLASSES);
    }

    /** Returns what a decoder of these models, and no others, needs to know. */
    public static DecoderLimits limits(List<ModelSpec> models) {
        int maxClasses =
                models.stream().mapToInt(ModelSpec::numScores).max().orElse(JobFile.MAX_CLASSES);
        return new DecoderLimits(models.size() == 1 ? models.get(0).name() : null, maxClasses);
    }

    /** Returns what the producers of a job's sinks are given, beside their names. */
    static Properties sinkProperties(JobFile job) {
        Properties properties = kafkaProperties(job);
        properties.putIfAbsent(
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                "" + DEFAULT_TRANSACTION_TIMEOUT.toMillis());
        properties.putIfAbsent(ProducerConfig.ACKS_CONFIG, "all");
        properties.putIfAbsent(
                ProducerConfig.BATCH_SIZE_CONFIG,
                ""
                        + Math.min(
                                KafkaSettings.batchBytes(job.predictions().emit()),
                                maxRequestBytes(job)));
        // The producer throws for a record or a batch that is larger than all of its memory.
        long batch = Long.parseLong(properties.getProperty(ProducerConfig.BATCH_SIZE_CONFIG));
        properties.putIfAbsent(
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                "" + Math.max(DEFAULT_BUFFER_BYTES, 2 * Math.max(batch, maxRequestBytes(job))));
        return properties;
    }

    private Sink<OutputRecord> sink(String topic, String id) {
        Properties properties = sinkProperties(job);
        boolean exactlyOnce = job.delivery() == JobFile.Delivery.EXACTLY_ONCE;
        return KafkaSink.<OutputRecord>builder()
                .setBootstrapServers(
                        properties.getProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG))
                .setKafkaProducerConfig(properties)
                .setRecordSerializer(new OutputSerializer(topic))
                .setDeliveryGuarantee(
                        exactlyOnce
                                ? DeliveryGuarantee.EXACTLY_ONCE
                                : DeliveryGuarantee.AT_LEAST_ONCE)
                .setTransactionalIdPrefix(transactionalIds(job, id))
                .build();
    }

    /** Returns what the ids of all transactions of a job start with. */
    static String transactionalIdPrefix(JobFile job) {
        return job.name() + "-";
    }

    /** Returns what the ids of the transactions of a sink start with. */
    static String transactionalIds(JobFile job, String sink) {
        // A second hyphen: a name may end in what the id of another job's sink starts with.
        return transactionalIdPrefix(job) + "-" + sink;
    }

    /** Returns how long a transaction of this job may stay open, in milliseconds. */
    static long transactionTimeoutMillis(JobFile job) {
        return Long.parseLong(
                job.kafka()
                        .properties()
                        .getOrDefault(
                                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                                "" + DEFAULT_TRANSACTION_TIMEOUT.toMillis()));
    }

    /**
     * Returns how long it is from one checkpoint to the next.
     *
     * @param cluster says it where the job file does not
     */
    public static Duration checkpointInterval(JobFile job, ReadableConfig cluster) {
        return Configuration.fromMap(job.flink())
                .getOptional(CheckpointingOptions.CHECKPOINTING_INTERVAL)
                .or(() -> cluster.getOptional(CheckpointingOptions.CHECKPOINTING_INTERVAL))
                .orElse(DEFAULT_CHECKPOINT_INTERVAL);
    }

    /** Returns the producer's limit, in bytes, for a record of this job. */
    static int maxRequestBytes(JobFile job) {
        String given = job.kafka().properties().get(ProducerConfig.MAX_REQUEST_SIZE_CONFIG);
        return given == null ? KafkaSettings.REQUEST_BYTES : Integer.parseInt(given);
    }

    private static Properties kafkaProperties(JobFile job) {
        Properties properties = new Properties();
        properties.putAll(job.kafka().properties());
        return properties;
    }
}
