package io.logitstream.cli;

import io.logitstream.config.JobFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** How much of its input a job has not read yet, by the offsets it commits with its checkpoints. */
final class UnreadInput implements AutoCloseable {

    private final JobFile job;
    private final Admin admin;

    UnreadInput(JobFile job) {
        this.job = job;
        this.admin = Admin.create(new HashMap<>(job.kafka().properties()));
    }

    /** Returns the number of records in the topics of scores and labels that are not read. */
    long count() throws InterruptedException, ExecutionException {
        List<String> topics = new ArrayList<>(List.of(job.scores().topic()));
        if (job.labels() != null) {
            topics.add(job.labels().topic());
        }
        Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
        for (var topic : admin.describeTopics(topics).allTopicNames().get().values()) {
            topic.partitions()
                    .forEach(
                            partition ->
                                    latest.put(
                                            new TopicPartition(topic.name(), partition.partition()),
                                            OffsetSpec.latest()));
        }
        Map<TopicPartition, OffsetAndMetadata> read =
                admin.listConsumerGroupOffsets(job.name()).partitionsToOffsetAndMetadata().get();
        long unread = 0;
        for (var end : admin.listOffsets(latest).all().get().entrySet()) {
            OffsetAndMetadata offset = read.get(end.getKey());
            unread += end.getValue().offset() - (offset == null ? 0 : offset.offset());
        }
        return unread;
    }

    @Override
    public void close() {
        admin.close();
    }
}
