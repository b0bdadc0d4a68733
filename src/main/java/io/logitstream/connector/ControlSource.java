package io.logitstream.connector;

import io.logitstream.config.ControlledModels;
import io.logitstream.config.JobFile;
import io.logitstream.config.ModelRecords;
import io.logitstream.operator.CheckModelsFunction;
import io.logitstream.operator.ControlPlan;
import io.logitstream.operator.OperatorIds;
import io.logitstream.operator.OutputLimit;
import io.logitstream.record.ControlRecord;
import io.logitstream.record.RawRecord;
import io.logitstream.topology.ControlWiring;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What changes the models of a job while it runs: its control topic, and with live calibration its
 * own fitted temperatures. What they say when the job is submitted goes with the job, so that no
 * row comes before its model; from there on they are read by one subtask.
 */
final class ControlSource {

    private static final Logger LOG = LoggerFactory.getLogger(ControlSource.class);

    private final JobFile job;
    private final @Nullable String modelsTopic;
    private final List<String> topics = new ArrayList<>();

    private ControlSource(JobFile job) {
        this.job = job;
        this.modelsTopic = job.control() == null ? null : job.control().topic();
        if (modelsTopic != null) {
            topics.add(modelsTopic);
        }
        if (job.calibration() != null && job.calibration().isLive()) {
            topics.add(job.calibration().topic());
        }
    }

    /**
     * Wires the control of a job, null if it has none.
     *
     * @param builder of a source with the job's settings
     */
    static @Nullable ControlWiring wire(
            StreamExecutionEnvironment env,
            JobFile job,
            KafkaSourceBuilder<RawRecord> builder,
            OutputLimit limit) {
        return ControlPlan.isNeeded(job) ? new ControlSource(job).wire(env, builder, limit) : null;
    }

    private ControlWiring wire(
            StreamExecutionEnvironment env,
            KafkaSourceBuilder<RawRecord> builder,
            OutputLimit limit) {
        TopicContent content = TopicContent.read(job, topics);
        Properties clients = new Properties();
        clients.putAll(job.kafka().properties());
        ControlPlan plan =
                Objects.requireNonNull(
                        ControlPlan.of(
                                job,
                                accepted(content.records()),
                                new TopicFeed(clients, content.ends(), modelsTopic)));
        return new ControlWiring(
                plan,
                env.fromSource(
                                builder.setTopics(topics)
                                        .setStartingOffsets(
                                                OffsetsInitializer.offsets(content.ends()))
                                        .setDeserializer(
                                                new TopicOnly<>(
                                                        Set.copyOf(topics), new RawDeserializer()))
                                        .build(),
                                WatermarkStrategy.noWatermarks(),
                                OperatorIds.CONTROL_SOURCE)
                        .setParallelism(1)
                        .setMaxParallelism(1)
                        .uid(OperatorIds.CONTROL_SOURCE),
                new CheckModelsFunction(plan, modelsTopic, limit));
    }

    /**
     * Returns the latest record of each slot. What was refused when it was written had its dead
     * letter then, if the job ran.
     */
    private List<ControlRecord> accepted(List<RawRecord> said) {
        ControlledModels models = new ControlledModels(ModelRecords.of(job), job.models());
        Map<String, ControlRecord> bySlot = new TreeMap<>();
        for (RawRecord raw : said) {
            ControlRecord record = ControlRecord.of(raw, modelsTopic);
            ControlledModels.Outcome outcome = models.offer(record);
            if (outcome.slot() != null) {
                bySlot.put(outcome.slot(), record);
            } else if (outcome.fault() != null) {
                LOG.warn("{} changes no model: {}", raw.coordinates(), outcome.fault().detail());
            }
        }
        return List.copyOf(bySlot.values());
    }
}
