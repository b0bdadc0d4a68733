package io.logitstream.connector;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Waits for the leaders of a topic that was just created: the controller answers before the brokers
 * have heard of it. A producer that writes sooner may see its first batch refused and a later one
 * taken, and without transactions the broker then refuses the first one for good
 * (OUT_OF_ORDER_SEQUENCE_NUMBER).
 */
public final class TopicLeaders {

    private static final Duration POLL = Duration.ofMillis(20);

    private TopicLeaders() {}

    /**
     * Returns when each partition of a topic has a leader that answers.
     *
     * @throws NoAnswerException if there is none in that time, or the user may not ask
     */
    public static void await(Admin admin, String topic, Duration patience)
            throws NoAnswerException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                TopicDescription description =
                        NoAnswerException.await(
                                admin.describeTopics(List.of(topic)).topicNameValues().get(topic),
                                patience.toMillis());
                Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
                for (TopicPartitionInfo partition : description.partitions()) {
                    ends.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest());
                }
                // Asked of the leaders, and asked again while there are none.
                NoAnswerException.await(admin.listOffsets(ends).all(), patience.toMillis());
                return;
            } catch (NoAnswerException e) {
                boolean mayCome = e.getCause() instanceof UnknownTopicOrPartitionException;
                if (!mayCome || System.nanoTime() > deadline) {
                    throw e;
                }
            }
            pause();
        }
    }

    private static void pause() throws NoAnswerException {
        try {
            Thread.sleep(POLL.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NoAnswerException(e);
        }
    }
}
