package io.logitstream.connector;

import io.logitstream.config.JobFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether what a job writes exactly once outlives the time between two checkpoints: the broker
 * drops a transaction that is open for longer than its timeout.
 */
final class TransactionTimeout {

    private TransactionTimeout() {}

    /**
     * Returns what is wrong, each with what to do.
     *
     * @param interval from one checkpoint to the next
     * @param most what the broker allows in milliseconds, if that is known
     */
    static List<String> faults(JobFile job, Duration interval, Optional<Long> most) {
        List<String> faults = new ArrayList<>();
        long millis = KafkaJob.transactionTimeoutMillis(job);
        if (most.isPresent() && millis > most.get()) {
            faults.add(
                    "kafka.transaction.timeout.ms: %d is more than the broker's transaction.max.timeout.ms of %d; lower the one or raise the other"
                            .formatted(millis, most.get()));
        }
        if (interval.isZero() || interval.isNegative()) {
            faults.add(
                    "flink.execution.checkpointing.interval: without checkpoints nothing that is written exactly once can ever be read; give an interval, or set delivery to at-least-once");
        } else if (interval.toMillis() >= millis) {
            faults.add(
                    "kafka.transaction.timeout.ms: %d is not more than the checkpoint interval of %d ms, so that the broker would drop what is written between two checkpoints; raise it, or shorten flink.execution.checkpointing.interval"
                            .formatted(millis, interval.toMillis()));
        }
        return faults;
    }
}
