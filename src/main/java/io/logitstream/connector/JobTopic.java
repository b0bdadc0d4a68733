package io.logitstream.connector;

import io.logitstream.config.JobFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.TopicConfig;

/**
 * A topic of a job.
 *
 * @param key where the job file names it
 * @param name of the topic
 * @param uses what the job does with it
 * @param kind who creates it, and how
 */
record JobTopic(String key, String name, Set<AclOperation> uses, Kind kind) {

    /** Who creates a topic, and how. */
    enum Kind {
        /** Others; an empty one would hide a typing error. */
        INPUT,
        /** The job, if it is missing. */
        OUTPUT,
        /** The job, compacted, since its records are upserts. */
        UPSERTS,
        /** The job, compacted and with one partition, since its records have an order. */
        CONTROL
    }

    private static final Set<AclOperation> READ = Set.of(AclOperation.READ);
    private static final Set<AclOperation> WRITE = Set.of(AclOperation.WRITE);

    JobTopic {
        uses = Set.copyOf(uses);
    }

    /** Returns all topics of a job: what it reads, what it writes, what controls it. */
    static List<JobTopic> allOf(JobFile job) {
        List<JobTopic> topics = new ArrayList<>();
        topics.add(new JobTopic("scores.topic", job.scores().topic(), READ, Kind.INPUT));
        if (job.labels() != null) {
            topics.add(new JobTopic("labels.topic", job.labels().topic(), READ, Kind.INPUT));
        }
        topics.add(output("predictions.topic", job.predictions().topic()));
        if (job.losses() != null) {
            topics.add(new JobTopic("losses.topic", job.losses().topic(), WRITE, Kind.UPSERTS));
        }
        if (job.labelLedger() != null) {
            topics.add(output("label-ledger.topic", job.labelLedger().topic()));
        }
        if (job.alerts() != null) {
            topics.add(output("alerts.topic", job.alerts().topic()));
        }
        if (job.calibration() != null) {
            Set<AclOperation> uses =
                    job.calibration().isLive()
                            ? Set.of(AclOperation.READ, AclOperation.WRITE)
                            : WRITE;
            String name = job.calibration().topic();
            topics.add(
                    new JobTopic(
                            "calibration.topic",
                            name,
                            uses,
                            job.calibration().isLive() ? Kind.CONTROL : Kind.UPSERTS));
        }
        if (job.gradients() != null) {
            topics.add(output("gradients.topic", job.gradients().topic()));
        }
        topics.add(output("dead-letters.topic", job.deadLetters().topic()));
        if (job.control() != null) {
            topics.add(controlOf(job.control()));
        }
        return topics;
    }

    /** Returns the topic that a section control names. */
    static JobTopic controlOf(JobFile.Control control) {
        return new JobTopic("control.topic", control.topic(), READ, Kind.CONTROL);
    }

    private static JobTopic output(String key, String name) {
        return new JobTopic(key, name, WRITE, Kind.OUTPUT);
    }

    /** Returns the topic for those who read it and write to it. */
    JobTopic written() {
        return new JobTopic(key, name, Set.of(AclOperation.READ, AclOperation.WRITE), kind);
    }

    boolean isWritten() {
        return uses.contains(AclOperation.WRITE);
    }

    /** Returns what to create, with the broker's defaults for replication and partitions. */
    NewTopic toCreate() {
        Optional<Integer> partitions = kind == Kind.CONTROL ? Optional.of(1) : Optional.empty();
        NewTopic topic = new NewTopic(name, partitions, Optional.empty());
        return kind == Kind.OUTPUT
                ? topic
                : topic.configs(
                        Map.of(
                                TopicConfig.CLEANUP_POLICY_CONFIG,
                                TopicConfig.CLEANUP_POLICY_COMPACT));
    }
}
