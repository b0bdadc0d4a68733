package io.logitstream.connector;

import io.logitstream.config.JobFile;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;

/** The topics of a job, as the job would create them. */
public final class JobTopics {

    private JobTopics() {}

    /** Returns what it reads, with a broker's defaults, and what it writes. */
    public static List<NewTopic> of(JobFile job) {
        return JobTopic.allOf(job).stream()
                .map(
                        topic ->
                                topic.kind() == JobTopic.Kind.INPUT
                                        ? new NewTopic(
                                                topic.name(), Optional.empty(), Optional.empty())
                                        : topic.toCreate())
                .toList();
    }
}
